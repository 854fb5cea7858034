"""No log line repeats traffic."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from hushgate.proxy.logs import configure


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level, raising = list(root.handlers), root.level, logging.raiseExceptions
    stream = io.StringIO()
    configure(stream)
    yield stream
    root.handlers[:], logging.raiseExceptions = handlers, raising
    root.setLevel(level)


def test_a_foreign_line_keeps_its_place_and_loses_its_text(written: io.StringIO) -> None:
    logging.getLogger("mitmproxy.proxy.server").error("bytes: %r", b"canary-bytes")
    assert "canary" not in written.getvalue()
    assert "mitmproxy.proxy.server (test_proxy_logs.py:" in written.getvalue()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("The client does not trust the proxy's certificate for canary.example (OpenSSL Error)", "does not trust"),
        ("The client may not trust the proxy's certificate for canary.example (x)", "does not trust"),
        ("Client and mitmproxy cannot agree on a TLS version to use. You may canary", "versions of TLS"),
    ],
)
def test_what_users_meet_is_said_in_words_of_our_own(written: io.StringIO, line: str, says: str) -> None:
    logging.getLogger("mitmproxy.proxy.server").warning("Client TLS handshake failed. " + line)
    assert says in written.getvalue()
    assert "hint: " in written.getvalue()
    assert "canary" not in written.getvalue()


def test_an_exception_is_named_and_not_quoted(written: io.StringIO) -> None:
    try:
        raise ValueError("canary-in-exception")
    except ValueError:
        logging.getLogger("asyncio").exception("canary-in-message")
    assert "ValueError" in written.getvalue()
    assert "canary" not in written.getvalue()


def test_our_own_lines_pass(written: io.StringIO) -> None:
    logging.getLogger("hushgate.proxy").warning("the CA ends in %d days", 3)
    assert written.getvalue() == "hushgate warning: the CA ends in 3 days\n"


def test_what_is_below_warning_is_not_written(written: io.StringIO) -> None:
    logging.getLogger("mitmproxy").info("canary")
    logging.getLogger("hushgate").info("quiet")
    assert written.getvalue() == ""
