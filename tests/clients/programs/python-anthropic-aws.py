"""The Anthropic SDK for Claude Platform on AWS: Anthropic's own API, signed for AWS."""

from collections.abc import Iterator

import told
from anthropic import AnthropicAWS

client = AnthropicAWS()


def messages(text: str) -> str:
    turn = {"role": "user", "content": text}
    said = client.messages.create(model="claude-sonnet-4-5", max_tokens=500, messages=[turn])
    return "".join(block.text for block in said.content)


def messages_streamed(text: str) -> Iterator[str]:
    turn = {"role": "user", "content": text}
    with client.messages.stream(model="claude-sonnet-4-5", max_tokens=500, messages=[turn]) as stream:
        yield from stream.text_stream


told.run(messages, messages_streamed)
