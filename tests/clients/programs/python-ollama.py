"""The Ollama SDK, with Ollama's cloud: chat, generate, embeddings."""

from collections.abc import Iterator

import told
from ollama import Client

client = Client(host="https://ollama.com")
MODEL = "gpt-oss:120b"


def chat(text: str) -> str | None:
    return client.chat(MODEL, messages=[{"role": "user", "content": text}]).message.content


def chat_streamed(text: str) -> Iterator[str]:
    for part in client.chat(MODEL, messages=[{"role": "user", "content": text}], stream=True):
        yield part.message.content or ""


def tool_streamed(text: str) -> Iterator[str]:
    turns = [{"role": "user", "content": text}]
    calls = [c for part in client.chat(MODEL, turns, tools=[keep], stream=True) for c in part.message.tool_calls or ()]
    assert [call.function.arguments for call in calls] == [{"text": text}], calls
    turns += [{"role": "assistant", "tool_calls": calls}, {"role": "tool", "tool_name": "keep", "content": keep(text)}]
    for part in client.chat(MODEL, turns, tools=[keep], stream=True):
        yield part.message.content or ""


def keep(text: str) -> str:
    """Keep a text."""
    return f"kept {text}"


def generate(text: str) -> str:
    return client.generate(MODEL, text).response


def generate_streamed(text: str) -> Iterator[str]:
    yield from (part.response for part in client.generate(MODEL, text, stream=True))


def embeddings(text: str) -> str:
    return f"{len(client.embeddings(MODEL, text).embedding)} numbers"


told.run(chat, chat_streamed, tool_streamed, generate, generate_streamed, embeddings)
