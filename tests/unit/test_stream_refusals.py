"""A stream that is refused in the middle, as OpenAI's own library reads it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

import httpx2
import openai
import pytest

from hushgate.framing.registry import open_framing
from hushgate.wire.base import Refusal
from hushgate.wire.registry import dialect

REFUSAL: Final = Refusal(400, "policy_violation", "policy_violation", "hushgate stopped the reply. hint: ask", "d-1")
TEXT = {"type": "response.output_text.delta", "item_id": "m", "output_index": 0, "content_index": 0, "delta": "Hi",
        "sequence_number": 1, "logprobs": []}  # fmt: skip
CHOICE = {"index": 0, "text": "Hi", "finish_reason": None, "logprobs": None}
BLOCK = {"index": 0, "type": "text", "text": {"value": "Hi"}}
SAID = {"id": "m", "object": "thread.message.delta", "delta": {"content": [BLOCK]}}


def _asked(client: openai.OpenAI, form: str) -> Iterable[Any]:
    match form:
        case "openai-chat":
            return client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}], stream=True)
        case "openai-completions":
            return client.completions.create(model="m", prompt="x", stream=True)
        case "openai-responses":
            return client.responses.create(model="m", input="x", stream=True)
    return client.beta.threads.create_and_run(assistant_id="a", stream=True)


@pytest.mark.filterwarnings("ignore:The Assistants API:DeprecationWarning")
@pytest.mark.parametrize(
    ("form", "first", "heard"),
    [
        ("openai-chat", {"choices": [{"index": 0, "delta": {"content": "Hi"}}]}, lambda e: e.choices[0].delta.content),
        ("openai-completions", {"choices": [CHOICE]}, lambda e: e.choices[0].text),
        ("openai-responses", TEXT, lambda e: e.delta),
        ("openai", SAID, lambda e: e.data.delta.content[0].text.value),
    ],
)
def test_the_library_gives_what_came_and_then_raises_with_our_message(
    form: str, first: object, heard: Callable[[Any], str]
) -> None:
    spoken, framing = dialect(form), open_framing("sse")
    frames = [framing.frame(json.dumps(doc), spoken.event_name(doc)) for doc in (first, spoken.refusal_frame(REFUSAL))]
    answer = httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=b"".join(frames))
    transport = httpx2.MockTransport(lambda _: answer)
    client = openai.OpenAI(api_key="sk-fake", max_retries=0, http_client=httpx2.Client(transport=transport))
    events = iter(_asked(client, form))
    assert heard(next(events)) == "Hi"
    with pytest.raises(openai.APIError, match="hushgate stopped the reply") as raised:
        next(events)
    assert raised.value.code == "policy_violation"
