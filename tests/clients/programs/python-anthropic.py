"""The Anthropic SDK: messages."""

from collections.abc import Iterator

import told
from anthropic import Anthropic

client = Anthropic()
KEEP = {
    "name": "keep",
    "description": "Keep a text.",
    "input_schema": {"type": "object", "properties": {"text": {"type": "string"}}},
}


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


def messages_tool_streamed(text: str) -> Iterator[str]:
    """The call's input is put together from its deltas; the answer to its result is streamed, too."""
    asked = {"model": "claude-sonnet-4-5", "max_tokens": 500, "tools": [KEEP]}
    turns = [{"role": "user", "content": text}]
    with client.messages.stream(messages=turns, **asked) as stream:
        called = stream.get_final_message()
    [call] = called.content
    assert call.input == {"text": text}, call.input
    result = {"type": "tool_result", "tool_use_id": call.id, "content": [{"type": "text", "text": f"kept {text}"}]}
    turns += [{"role": "assistant", "content": called.content}, {"role": "user", "content": [result]}]
    with client.messages.stream(messages=turns, **asked) as stream:
        yield from stream.text_stream


told.run(messages, messages_streamed, messages_tool_streamed)
