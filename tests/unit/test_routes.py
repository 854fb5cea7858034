"""Paths that servers of OpenAI's API share."""

from __future__ import annotations

import pytest

from hushgate.routes import OPENAI, PathFormat, openai_routes, plain
from hushgate.wire.registry import FORMATS


def spoken(bases: list[str], path: str, method: str = "POST") -> str | None:
    return next((route.format for route in openai_routes(bases) if route.matches(method, path)), None)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/v1/chat/completions", "openai-chat"),
        ("/v1/completions", "openai-completions"),
        ("/v1/responses", "openai-responses"),
        ("/v1/responses/resp_1", "openai-responses"),
        ("/v1/responses/resp_1/input_items", "openai-responses"),
        ("/v1/responses/input_tokens", "openai-responses"),
        ("/v1/conversations/conv_1/items", "openai-responses"),
        ("/v1/embeddings", "openai"),
        ("/v1/images/generations", "openai"),
        ("/v1/threads/thread_1/runs", "openai"),
        ("/v1/messages", "anthropic-messages"),
        ("/v1/messages/count_tokens", "anthropic-messages"),
        ("/v1//responses/", "openai-responses"),
        ("/v2/responses", None),
        ("/v1", None),
        ("/responses", None),
    ],
)
def test_what_is_spoken_below_a_base(path: str, form: str | None) -> None:
    assert spoken(["/v1"], path) == form


def test_a_method_that_is_not_a_routes_own() -> None:
    assert spoken(["/v1"], "/v1/chat/completions", "GET") == "openai"
    assert spoken(["/v1"], "/v1/responses/resp_1", "GET") == "openai-responses"


def test_what_is_known_of_any_base_goes_before_the_rest_of_all() -> None:
    bases = ["/openai", "/openai/v1/", "/", "/api/projects/*/openai"]
    assert spoken(bases, "/openai/v1/responses") == "openai-responses"
    assert spoken(bases, "/openai/assistants") == "openai"
    assert spoken(bases, "/api/projects/p/openai/responses") == "openai-responses"
    assert spoken(bases, "/chat/completions") == "openai-chat"
    assert spoken(bases, "/models") is None


def test_formats_are_known() -> None:
    assert {form for _, _, form in OPENAI} | {"openai"} <= FORMATS
    assert openai_routes(()) == ()


def test_plain_paths() -> None:
    assert [plain(path) for path in ("/a//b/?q", "", "/")] == ["/a/b", "/", "/"]
    assert PathFormat("/a", "generic", "GET").match("POST", "/a") is None
