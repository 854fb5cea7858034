"""Path, query and headers of a request."""

from __future__ import annotations

import pytest

from hushgate.errors import Malformed
from hushgate.values import Area, Kind, Location
from hushgate.wire.target import TOGETHER, edit_headers, read_target, write_target


def test_the_path_is_one_opaque_segment() -> None:
    (segment,) = read_target("/v1/files/ann%40acme.example", ()).segments
    assert segment.location == Location(Area.PATH)
    assert (segment.kind, segment.text) == (Kind.OPAQUE, "/v1/files/ann%40acme.example")


def test_query_and_headers_are_text() -> None:
    reading = read_target("/v1/x?q=ann", [("Host", "h"), ("X-Title", "Case of Ann"), ("X-Title", "two")])
    found = [(s.location.area, s.location.path, s.location.is_key, s.kind, s.text) for s in reading.segments]
    assert found == [
        (Area.PATH, (), False, Kind.OPAQUE, "/v1/x"),
        (Area.QUERY, (0, "q"), True, Kind.TEXT, "q"),
        (Area.QUERY, (0, "q"), False, Kind.TEXT, "ann"),
        (Area.HEADER, (1, "x-title"), True, Kind.OPAQUE, "x-title"),
        (Area.HEADER, (1, "x-title"), False, Kind.TEXT, "Case of Ann"),
        (Area.HEADER, (2, "x-title"), True, Kind.OPAQUE, "x-title"),
        (Area.HEADER, (2, "x-title"), False, Kind.TEXT, "two"),
    ]
    assert reading.segments[4].location.key == "x-title"


@pytest.mark.parametrize(
    "name",
    ["Authorization", "Cookie", "X-Api-Key", "api-key", "x-goog-api-key", "X-Amz-Security-Token", "Host", ":authority",
     "content-length", "transfer-encoding"],
)  # fmt: skip
def test_headers_left_out_by_name(name: str) -> None:
    assert len(read_target("/", [(name, "x@y.example")]).segments) == 1


def test_headers_of_an_aws_signature_are_left_out_where_they_are_nothing_else() -> None:
    fits = [("X-Amz-Date", "20260101T000000Z"), ("X-Amz-Content-Sha256", "0f" * 32)]
    assert read_target("/", fits).segments == read_target("/", []).segments
    (said,) = read_target("/", [("X-Amz-Date", "ann"), ("x-amz-content-sha256", "bob")]).segments[1:]
    assert (said.kind, said.text) == (Kind.OPAQUE, "x-amz-date\nann\nx-amz-content-sha256\nbob")


def test_headers_that_stay_as_they_are_are_one_opaque_segment() -> None:
    headers = [("Accept", "x@y.example"), ("x-stainless-lang", "python"), ("If-Ann", "z"), ("Host", "h"), ("te", "")]
    _, segment = read_target("/", headers).segments
    assert segment.location == TOGETHER
    assert segment.kind is Kind.OPAQUE
    assert segment.text == "accept\nx@y.example\nx-stainless-lang\npython\nif-ann\nz\nte\n"


@pytest.mark.parametrize(
    "name",
    ["X-User", "Referer", "HTTP-Referer", "X-Authorization", "authorization2", "xhost", "content-note", "X-Case",
     "User-Agent", "Proxy-Note", "x-hushgate-note"],
)  # fmt: skip
def test_other_headers_are_read(name: str) -> None:
    assert "x@y.example" in [s.text for s in read_target("/", [(name, "x@y.example")]).segments]


@pytest.mark.parametrize("target", ["/%ff", "/%00", "/a\0b", "/\ud800", "/x?%ff", "/x?q=%00"])
def test_a_broken_target_is_refused(target: str) -> None:
    with pytest.raises(Malformed):
        read_target(target, ())


@pytest.mark.parametrize("value", ["a\0", "a\r\nX: y", "a\n", "\udcff"])
@pytest.mark.parametrize("name", ["X-Case", "Authorization"])
def test_a_broken_header_is_refused(name: str, value: str) -> None:
    with pytest.raises(Malformed):
        read_target("/", [(name, value)])
    with pytest.raises(Malformed):
        read_target("/", [(name + value, "x")])


def test_a_data_url_in_a_header_is_named_unread() -> None:
    reading = read_target("/", [("X-Image", "data:image/png;base64,AA")])
    assert [(u.location.path, u.reason) for u in reading.unread] == [((0, "x-image"), "image")]


def test_edits() -> None:
    headers = (("Host", "h"), ("X-Title", "ann"), ("x-title", "ann"))
    edits = {
        Location(Area.HEADER, None, (1, "x-title")): "<X_aaaaaaaaaa>",
        Location(Area.QUERY, None, (0, "q")): "<Y_aaaaaaaaaa>",
    }
    assert write_target("/p?q=ann&r=1", headers, edits) == (
        "/p?q=%3CY_aaaaaaaaaa%3E&r=1",
        (("Host", "h"), ("X-Title", "<X_aaaaaaaaaa>"), ("x-title", "ann")),
    )
    assert write_target("/p?q=ann", headers, {}) == ("/p?q=ann", headers)


@pytest.mark.parametrize(
    "location",
    [
        Location(Area.PATH),
        Location(Area.BODY, None, (0, "x-title")),
        Location(Area.HEADER, None, (5, "x-title")),
        Location(Area.HEADER, None, (0, "other")),
        Location(Area.HEADER, None, (0, "x-title"), True),
        Location(Area.QUERY, None, (0, "q")),
    ],
)
def test_an_edit_that_finds_nothing_fails(location: Location) -> None:
    with pytest.raises(LookupError):
        write_target("/p", [("X-Title", "ann")], {location: "x"})


@pytest.mark.parametrize("text", ["a\r\nX: y", "a\0"])
def test_no_edit_splits_a_header(text: str) -> None:
    with pytest.raises(Malformed):
        edit_headers([("X-Title", "ann")], {Location(Area.HEADER, None, (0, "x-title")): text})


@pytest.mark.parametrize(
    ("target", "follows", "kept"),
    [
        ("/v1/responses/resp_1", ("resp_1",), ()),
        ("/v1/responses/resp_1/input_items?limit=5", ("resp_1",), ()),
        ("/v1/conversations/conv_1/items", (), ("conv_1",)),
        ("/v1/messages/batches/msgbatch_1/results", (), ("msgbatch_1",)),
        ("/v1beta/interactions/v1_abc?stream=true", ("v1_abc",), ()),
        ("/openai/threads/thread_1/runs", (), ("thread_1",)),
        ("/v1/responses/input_tokens", (), ()),
        ("/v1/threads/runs", (), ()),
        ("/v1/responses?x=/responses/resp_1", (), ()),
        ("/v1/files/file_1", (), ()),
    ],
)
def test_a_path_names_what_the_provider_keeps(target: str, follows: tuple[str, ...], kept: tuple[str, ...]) -> None:
    reading = read_target(target, ())
    assert (reading.follows, reading.kept) == (follows, kept)


def test_a_key_among_a_websockets_protocols_is_the_clients_way_in() -> None:
    key = "sk-" + "fake" * 10
    said = f"realtime, openai-insecure-api-key.{key}, notes-of-ann"
    reading = read_target("/v1/realtime", [("Sec-WebSocket-Protocol", said)])
    (fixed,) = [s.text for s in reading.segments if s.location.area is Area.HEADER]
    assert key not in fixed
    assert "notes-of-ann" in fixed
