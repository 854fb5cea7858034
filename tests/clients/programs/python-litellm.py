"""LiteLLM, with two providers."""

from collections.abc import Iterator

import litellm
import told

litellm.suppress_debug_info = True
# Its first stream of all takes so long to get going that the provider is done meanwhile: one without a provider.
list(litellm.completion("openai/gpt-4o", messages=[], stream=True, mock_response="ready"))


def openai(text: str) -> str:
    turn = {"role": "user", "content": text}
    return litellm.completion("openai/gpt-4o", messages=[turn]).choices[0].message.content


def openai_streamed(text: str) -> Iterator[str]:
    turn = {"role": "user", "content": text}
    for chunk in litellm.completion("openai/gpt-4o", messages=[turn], stream=True):
        yield chunk.choices[0].delta.content or ""


def anthropic(text: str) -> str:
    turn = {"role": "user", "content": text}
    return litellm.completion("anthropic/claude-sonnet-4-5", messages=[turn]).choices[0].message.content


def anthropic_streamed(text: str) -> Iterator[str]:
    turn = {"role": "user", "content": text}
    for chunk in litellm.completion("anthropic/claude-sonnet-4-5", messages=[turn], stream=True):
        yield chunk.choices[0].delta.content or ""


told.run(openai, openai_streamed, anthropic, anthropic_streamed)
