"""What the double answers: a `Reply` in the shapes of OpenAI's chat completions. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

type Document = dict[str, Any]

CREATED = 1_700_000_000  # fixed: two runs answer alike


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call the double makes. `arguments` is JSON text, sent as it stands."""

    name: str
    arguments: str
    id: str = "call_double_1"


@dataclass(frozen=True, slots=True)
class Reply:
    """How to answer one request.

    A `body` is sent as it stands, and so are `frames` when the client streams;
    otherwise `text` and `tool_calls` are put into the provider's shapes.
    `chunk` is the characters (of text, of arguments) per streamed delta,
    `delay` the seconds before each frame but the first, `write` the bytes per
    write to the socket, whatever the frames are. `encoding` compresses.
    `cut` breaks off after so many frames of a stream, or bytes of a body.
    `choices` > 1 streams as many choices, interleaved. `raw` goes to the
    socket in place of any HTTP, which is then closed.
    """

    text: str | None = None
    tool_calls: Sequence[ToolCall] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    raw: bytes | None = None
    frames: Sequence[bytes] | None = None
    chunk: int = 8
    delay: float = 0.0
    wait: float = 0.0
    write: int | None = None
    encoding: str | None = None
    cut: int | None = None
    choices: int = 1
    finish: str | None = None


def content_text(content: object) -> str:
    """The text of a message's content: a string, or the text parts of a list."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "\n".join(part for part in parts if isinstance(part, str))
    return ""


def last_user_text(request: Document) -> str:
    """What the user said last; "" where nobody did."""
    messages = [m for m in request.get("messages", ()) if isinstance(m, dict)]
    return next((content_text(m.get("content")) for m in reversed(messages) if m.get("role") == "user"), "")


def reply_for(request: Document, base: Reply) -> Reply:
    """The reply a model name asks for; for any other, `base`, or an echo.

    `double:text:HELLO` answers HELLO, `double:echo` what the user said and no
    more, `double:tool:NAME` calls NAME with `{"text": what the user said}`,
    or once its result is there repeats that; `double:status:500` fails.
    """
    name, said = str(request.get("model", "")), last_user_text(request)
    what, _, rest = name.removeprefix("double:").partition(":") if name.startswith("double:") else ("", "", "")
    match what:
        case "text":
            return replace(base, text=rest)
        case "echo":
            return replace(base, text=said)
        case "tool":
            last = request["messages"][-1]
            if last.get("role") == "tool":
                return replace(base, text=f"The tool said: {content_text(last.get('content'))}")
            arguments = json.dumps({"text": said}, ensure_ascii=False)
            return replace(base, text=None, tool_calls=(ToolCall(rest or "tool", arguments),))
        case "status":
            error = {"error": {"message": "as asked", "type": "server_error", "param": None, "code": None}}
            return replace(base, status=int(rest), body=json.dumps(error).encode())
    if base.text is None and not base.tool_calls and base.body is None and base.frames is None:
        return replace(base, text=f"You said: {said}")
    return base


def completion(request: Document, reply: Reply, number: int) -> Document:
    """The whole answer as one document."""
    message: Document = {"role": "assistant", "content": reply.text, "refusal": None}
    if reply.tool_calls:
        message["tool_calls"] = [_call(call) for call in reply.tool_calls]
    choice = {"message": message, "logprobs": None, "finish_reason": _finish(reply)}
    return {
        **_head(request, number, "chat.completion"),
        "choices": [{"index": n, **choice} for n in range(reply.choices)],
        "usage": _usage(request, reply),
    }


def chunks(request: Document, reply: Reply, number: int) -> Iterator[Document]:
    """The same answer as the documents of a stream; `usage` last, if the client asked for it."""
    head = _head(request, number, "chat.completion.chunk")
    wants_usage = bool((request.get("stream_options") or {}).get("include_usage"))
    if wants_usage:
        head["usage"] = None

    def chunk(index: int, delta: Document, finish: str | None = None) -> Document:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**head, "choices": [choice]}

    every = range(reply.choices)
    for index in every:
        yield chunk(index, {"role": "assistant", "content": "" if reply.text is not None else None, "refusal": None})
    for piece in cut(reply.text or "", reply.chunk):
        yield from (chunk(index, {"content": piece}) for index in every)
    for place, call in enumerate(reply.tool_calls):
        opening = {"index": place, **_call(replace(call, arguments=""))}
        yield from (chunk(index, {"tool_calls": [opening]}) for index in every)
        for piece in cut(call.arguments, reply.chunk):
            fragment = {"index": place, "function": {"arguments": piece}}
            yield from (chunk(index, {"tool_calls": [fragment]}) for index in every)
    yield from (chunk(index, {}, _finish(reply)) for index in every)
    if wants_usage:
        yield {**head, "choices": [], "usage": _usage(request, reply)}


def frames(request: Document, reply: Reply, number: int) -> Iterator[bytes]:
    """The stream's SSE frames, `[DONE]` last."""
    if reply.frames is not None:
        yield from reply.frames
        return
    for document in chunks(request, reply, number):
        yield b"data: " + json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"
    yield b"data: [DONE]\n\n"


def cut(text: str, size: int) -> Iterator[str]:
    """`text` in pieces of `size` characters."""
    return (text[at : at + size] for at in range(0, len(text), size))


def embeddings(request: Document) -> Document:
    """A vector for each input: three numbers that depend on it alone."""
    given = request.get("input", [])
    inputs = given if isinstance(given, list) else [given]
    rows = [[float(len(str(item)) % 7), float(sum(str(item).encode()) % 11), 1.0] for item in inputs]
    return {
        "object": "list",
        "data": [{"object": "embedding", "index": n, "embedding": row} for n, row in enumerate(rows)],
        "model": request.get("model", "double"),
        "usage": {"prompt_tokens": len(rows), "total_tokens": len(rows)},
    }


def models() -> Document:
    """The models the double knows."""
    names = ("double", "double:echo", "double:text:hello", "double:tool:look_up")
    return {
        "object": "list",
        "data": [{"id": name, "object": "model", "created": CREATED, "owned_by": "double"} for name in names],
    }


def _head(request: Document, number: int, kind: str) -> Document:
    model = request.get("model", "double")
    return {"id": f"chatcmpl-double-{number}", "object": kind, "created": CREATED, "model": model}


def _finish(reply: Reply) -> str:
    return reply.finish or ("tool_calls" if reply.tool_calls else "stop")


def _call(call: ToolCall) -> Document:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _usage(request: Document, reply: Reply) -> Document:
    prompt = len(json.dumps(request.get("messages", []))) // 4
    answer = (len(reply.text or "") + sum(len(call.arguments) for call in reply.tool_calls)) // 4
    return {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}
