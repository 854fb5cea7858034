"""POSTs against a real sink: what counts as taken, what is tried again, and what nobody gets."""

from __future__ import annotations

import asyncio
import ssl
import time
from pathlib import Path

import pytest

from hushgate.approvals.notify.carrying import Undelivered
from hushgate.approvals.notify.places import bad_console, bad_hook, bad_server
from hushgate.approvals.notify.post import LONGEST_WAIT, Poster
from tests.doubles.pki import Authority
from tests.notices import Sink

PLAIN = ssl.create_default_context()


async def posted(sink: Sink, poster: Poster | None = None) -> int:
    return await (poster or Poster(PLAIN)).post(sink.url, b'{"a":1}', {"x-one": "1"})


async def test_what_is_taken() -> None:
    async with Sink() as sink:
        assert await posted(sink) == 204
    (got,) = sink.got
    assert got.target == "/hook?x=1" and got.body == b'{"a":1}'
    assert got.headers["x-one"] == "1" and got.headers["host"] == f"127.0.0.1:{sink.port}"


@pytest.mark.parametrize(
    ("status", "headers", "again", "after"),
    [
        (500, {}, True, 0), (503, {"Retry-After": "7"}, True, 7), (429, {"Retry-After": "86400"}, True, LONGEST_WAIT),
        (429, {"Retry-After": "Fri, 27 Nov 2026 04:00:00 GMT"}, True, 0), (408, {}, True, 0), (404, {}, False, 0),
        (400, {}, False, 0), (410, {}, False, 0), (0, {}, True, 0),
    ],
)  # fmt: skip
async def test_what_is_tried_again(status: int, headers: dict[str, str], again: bool, after: float) -> None:
    async with Sink(says=[(status, headers)]) as sink:
        with pytest.raises(Undelivered) as why:
            await posted(sink)
    assert (why.value.again, why.value.after) == (again, after)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(status: int) -> None:
    async with Sink() as other, Sink(says=[(status, {"Location": other.url})]) as sink:
        with pytest.raises(Undelivered, match="redirects are not followed") as why:
            await posted(sink)
    assert not why.value.again and other.got == []


async def test_nobody_there() -> None:
    async with Sink() as sink:
        pass
    with pytest.raises(Undelivered, match="cannot be reached") as why:
        await posted(sink)
    assert why.value.again


async def test_one_that_never_answers() -> None:
    async with Sink(delay=30) as sink:
        began = time.monotonic()
        with pytest.raises(Undelivered, match=r"no answer within 0\.3 s") as why:
            await posted(sink, Poster(PLAIN, seconds=0.3))
    assert why.value.again and time.monotonic() - began < 3


async def test_one_that_says_no_end_of_it() -> None:
    """A head that goes on and on is given up at its bound."""

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nx: ")
        while not writer.is_closing():
            writer.write(b"a" * 65536)
            try:
                await writer.drain()
            except ConnectionError:
                return

    server = await asyncio.start_server(endless, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(Undelivered, match="breaks off") as why:
        await Poster(PLAIN).post(f"http://127.0.0.1:{port}/", b"", {})
    assert why.value.again
    server.close()


async def test_tls_is_verified(tmp_path: Path) -> None:
    authority = Authority.create(tmp_path)
    async with Sink(authority.server_context("127.0.0.1")) as sink:
        assert await posted(sink, Poster(authority.client_context())) == 204
        with pytest.raises(Undelivered, match="not to be trusted") as why:
            await posted(sink)
    assert not why.value.again and len(sink.got) == 1
    async with Sink(authority.server_context("other.test")) as wrong:
        with pytest.raises(Undelivered, match="not to be trusted"):
            await posted(wrong, Poster(authority.client_context()))
    assert wrong.got == []


async def test_a_proxy_in_front_is_used_for_what_is_elsewhere(tmp_path: Path) -> None:
    """The tunnel is asked for by name, and TLS is with the receiver, not with the proxy."""
    authority, asked = Authority.create(tmp_path), []
    async with Sink(authority.server_context("hooks.test", "127.0.0.1")) as sink:

        async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            there, away = await asyncio.open_connection("127.0.0.1", sink.port)

            async def pump(source: asyncio.StreamReader, into: asyncio.StreamWriter) -> None:
                while data := await source.read(65536):
                    into.write(data)
                into.close()

            await asyncio.gather(pump(reader, away), pump(there, writer), return_exceptions=True)

        server = await asyncio.start_server(proxy, "127.0.0.1", 0)
        via = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        poster = Poster(authority.client_context(), via)
        assert await poster.post("https://hooks.test/x", b"{}", {}) == 204
        assert asked == [b"CONNECT hooks.test:443 HTTP/1.1"]
        await posted(sink, poster)
        assert len(asked) == 1, "what is on this machine needs no proxy"
        server.close()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://hooks.slack.com/services/T/B/x", None), ("http://127.0.0.1:80/x", None), ("http://[::1]:9/x", None),
        ("http://localhost/x", None), ("https://[::1]:9/x", None), ("http://hooks.test/x", "is not https"),
        ("https://a:b@hooks.test/x", "holds credentials"), ("ftp://hooks.test", "no URL"), ("", "no URL"),
        ("https://", "no URL"), ("https://h.test:99999/", "no URL"), ("https://h.test/a\r\nx: y", "no URL"),
        ("https://h.test/\u00fc", "no URL"), ("https://[::1/x", "no URL"),
    ],
)  # fmt: skip
def test_urls_of_receivers(url: str, says: str | None) -> None:
    wrong = bad_hook(url)
    assert wrong is None if says is None else says in (wrong or "")


@pytest.mark.parametrize(
    ("server", "fine"),
    [
        ("smtp://mail.test:587", True), ("smtps://mail.test", True), ("smtp://[::1]:25", True), ("mail.test:25", False),
        ("http://mail.test", False), ("smtp://u:p@mail.test", False), ("smtp://mail.test/x", False), ("smtp://", False),
        ("smtp://mail.test:99999", False), ("smtp://mail\r\n.test", False),
    ],
)  # fmt: skip
def test_mail_servers(server: str, fine: bool) -> None:
    assert (bad_server(server) is None) is fine


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://gate.test", True), ("https://gate.test/", True), ("http://127.0.0.1:8889", True),
        ("https://gate.test/console", False), ("https://gate.test/?x", False), ("http://gate.test", False),
    ],
)  # fmt: skip
def test_where_the_console_is(url: str, fine: bool) -> None:
    assert (bad_console(url) is None) is fine
