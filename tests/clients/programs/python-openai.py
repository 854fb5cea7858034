"""The OpenAI SDK: chat completions, Responses, embeddings."""

import json
from collections.abc import Iterator

import told
from openai import OpenAI

client = OpenAI()
KEEP = {
    "type": "function",
    "function": {
        "name": "keep",
        "description": "Keep a text.",
        "parameters": {"type": "object", "properties": {"text": {"type": "string"}}},
    },
}


def chat(text: str) -> str | None:
    turn = {"role": "user", "content": text}
    return client.chat.completions.create(model="gpt-4o", messages=[turn]).choices[0].message.content


def chat_streamed(text: str) -> Iterator[str]:
    turn = {"role": "user", "content": text}
    for chunk in client.chat.completions.create(model="gpt-4o", messages=[turn], stream=True):
        yield from (choice.delta.content or "" for choice in chunk.choices)


def tool_streamed(text: str) -> Iterator[str]:
    """The call is put together from its deltas; the answer to its result is streamed, too."""
    turns = [{"role": "user", "content": text}]
    with client.chat.completions.stream(model="gpt-4o", messages=turns, tools=[KEEP]) as stream:
        called = stream.get_final_completion().choices[0].message
    [call] = called.tool_calls
    assert json.loads(call.function.arguments) == {"text": text}, call.function.arguments
    turns += [called.to_dict(), {"role": "tool", "tool_call_id": call.id, "content": f"kept {text}"}]
    for chunk in client.chat.completions.create(model="gpt-4o", messages=turns, tools=[KEEP], stream=True):
        yield from (choice.delta.content or "" for choice in chunk.choices)


def responses(text: str) -> str:
    return client.responses.create(model="gpt-4o", input=text).output_text


def responses_streamed(text: str) -> Iterator[str]:
    """The deltas, which have to agree with every event that tells the text once more."""
    said, repeated = "", []
    for event in client.responses.create(model="gpt-4o", input=text, stream=True):
        match event.type:
            case "response.output_text.delta":
                said += event.delta
                yield event.delta
            case "response.output_text.done":
                repeated.append(event.text)
            case "response.content_part.done":
                repeated.append(event.part.text)
            case "response.completed":
                repeated.append(event.response.output_text)
    assert repeated == [said] * 3, repeated


def responses_tool_streamed(text: str) -> Iterator[str]:
    asked = {"model": "gpt-4o", "tools": [{"type": "function", **KEEP["function"]}], "stream": True}
    arguments, calls = "", []
    for event in client.responses.create(input=text, **asked):
        match event.type:
            case "response.function_call_arguments.delta":
                arguments += event.delta
            case "response.function_call_arguments.done":
                assert event.arguments == arguments, event.arguments
            case "response.completed":
                calls = [item.to_dict() for item in event.response.output]
    assert [json.loads(each) for each in (arguments, calls[0]["arguments"])] == [{"text": text}] * 2
    result = {"type": "function_call_output", "call_id": calls[0]["call_id"], "output": f"kept {text}"}
    for event in client.responses.create(input=[{"role": "user", "content": text}, *calls, result], **asked):
        if event.type == "response.output_text.delta":
            yield event.delta


class Failed(Exception):
    """What came over a WebSocket in place of an answer."""


def responses_socket_streamed(text: str) -> Iterator[str]:
    """As Codex does: over a WebSocket."""
    with client.responses.connect() as socket:
        socket.response.create(model="gpt-4o", input=text)
        for event in socket:
            match event.type:
                case "response.output_text.delta":
                    yield event.delta
                case "response.failed":
                    raise Failed(event.response.error.message)
                case "response.completed":
                    return


def realtime_streamed(text: str) -> Iterator[str]:
    with client.realtime.connect(model="gpt-realtime") as socket:
        socket.session.update(session={"type": "realtime", "output_modalities": ["text"]})
        said = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
        socket.conversation.item.create(item=said)
        socket.response.create()
        for event in socket:
            match event.type:
                case "response.output_text.delta":
                    yield event.delta
                case "error":
                    raise Failed(event.error.message)
                case "response.done":
                    return


def embeddings(text: str) -> str:
    done = client.embeddings.create(model="text-embedding-3-small", input=[text, "more"])
    return f"{len(done.data[1].embedding)} numbers"


told.run(
    chat,
    chat_streamed,
    tool_streamed,
    responses,
    responses_streamed,
    responses_tool_streamed,
    responses_socket_streamed,
    realtime_streamed,
    embeddings,
)
