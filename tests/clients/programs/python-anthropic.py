"""The Anthropic SDK: messages."""

from collections.abc import Iterator

import told
from anthropic import Anthropic

client = Anthropic()


def messages(text: str) -> str:
    turn = {"role": "user", "content": text}
    said = client.messages.create(model="claude-sonnet-4-5", max_tokens=500, messages=[turn])
    return "".join(block.text for block in said.content)


def messages_streamed(text: str) -> Iterator[str]:
    """The deltas, which have to agree with the message that the SDK puts together."""
    said = ""
    turn = {"role": "user", "content": [{"type": "text", "text": text}]}
    with client.messages.stream(model="claude-sonnet-4-5", max_tokens=500, messages=[turn]) as stream:
        for piece in stream.text_stream:
            said += piece
            yield piece
        assert stream.get_final_text() == said


told.run(messages, messages_streamed)
