"""The Cohere SDK: chat and embeddings of the second version."""

import json
from collections.abc import Iterator

import cohere
import told

client = cohere.ClientV2()
KEEP = {
    "type": "function",
    "function": {
        "name": "keep",
        "description": "Keep a text.",
        "parameters": {"type": "object", "properties": {"text": {"type": "string"}}},
    },
}


def chat(text: str) -> str:
    said = client.chat(model="command-r-plus", messages=[{"role": "user", "content": text}])
    return "".join(part.text for part in said.message.content)


def chat_streamed(text: str) -> Iterator[str]:
    for event in client.chat_stream(model="command-r-plus", messages=[{"role": "user", "content": text}]):
        if event.type == "content-delta":
            yield event.delta.message.content.text


def tool_streamed(text: str) -> Iterator[str]:
    """The call's arguments are put together from its deltas; the answer to its result is streamed, too."""
    turns = [{"role": "user", "content": text}]
    ident, arguments = "", ""
    for event in client.chat_stream(model="command-r-plus", messages=turns, tools=[KEEP]):
        if event.type == "tool-call-start":
            ident, arguments = event.delta.message.tool_calls.id, event.delta.message.tool_calls.function.arguments
        if event.type == "tool-call-delta":
            arguments += event.delta.message.tool_calls.function.arguments
    assert json.loads(arguments) == {"text": text}, arguments
    call = {"id": ident, "type": "function", "function": {"name": "keep", "arguments": arguments}}
    turns += [{"role": "assistant", "tool_calls": [call]}]
    turns += [{"role": "tool", "tool_call_id": ident, "content": f"kept {text}"}]
    for event in client.chat_stream(model="command-r-plus", messages=turns, tools=[KEEP]):
        if event.type == "content-delta":
            yield event.delta.message.content.text


def embeddings(text: str) -> str:
    done = client.embed(
        model="embed-v4.0", input_type="search_query", texts=[text], embedding_types=["float"], output_dimension=256
    )
    return f"{len(done.embeddings.float_[0])} numbers"


told.run(chat, chat_streamed, tool_streamed, embeddings)
