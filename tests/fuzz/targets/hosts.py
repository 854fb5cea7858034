"""endpoints, proxy.egress: however a governed host is spelled, it is governed or refused; it never passes unread.

What a spelling means is asked of Node's URL parser (WHATWG) and of Python's resolver (IDNA 2003).
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

from hushgate.endpoints import load_endpoints, normal_host
from hushgate.proxy.egress import Passage, check_names, is_address, judge_connect, judge_plain
from tests.fuzz.draw import Draw
from tests.fuzz.node import node
from tests.fuzz.target import Target

ENDPOINTS: Final = load_endpoints([Path(__file__).parents[3] / "rules" / "endpoints" / "builtin.yaml"])
GOVERNED: Final = tuple(host.replace("*.", "any.") for host in ENDPOINTS.hosts())
STOPS: Final = ("\u3002", "\uff0e", "\uff61", "%2e", "..", "\u2024", "\u00ad.", "\u200d.", ".")
AROUND: Final = (
    "",
    "",
    "",
    ".",
    "..",
    " ",
    "\t",
    "\0",
    "\u200b",
    "\u00ad",
    ":443",
    ":0",
    "@",
    "user@",
    "x.",
    "-",
    "[",
    "]",
    "%00",
    "#",
    "/",
    "\\",
    "*.",
)
TWINS: Final = {"o": "оοºⓞ０", "a": "аａª", "e": "еｅℯ", "i": "іıİｉ", "s": "ſｓѕ", "k": "K", "c": "сⅽ", "p": "рｐ"}  # noqa: RUF001


def check(data: bytes) -> str:
    draw = Draw(data)
    if draw.flag():
        host = draw.rest().decode("utf-8", "surrogateescape")
    else:
        host = draw.pick(AROUND) + _spelled(draw, draw.pick(GOVERNED)) + draw.pick(AROUND)
    judged = judge_connect(ENDPOINTS, host, 443)
    plain = judge_plain(ENDPOINTS, host)
    for meant in _meanings(host):
        if ENDPOINTS.find(meant) is not None:
            assert judged.passage is not Passage.PASS, "a governed host passes unread"
            assert plain.passage is not Passage.PASS, "a governed host passes unread, in plain HTTP"
        if is_address(meant):
            assert judged.passage is plain.passage is Passage.REFUSE, "an address passes"
    if judged.passage is Passage.GOVERN:
        assert judged.host == normal_host(judged.host) == judged.host.lower(), "two normal forms"
        assert judged.host in GOVERNED or any(
            judged.host.endswith(name[1:]) for name in ENDPOINTS.hosts() if name.startswith("*.")
        ), "a host is governed that no rule names"
    _agree(host, draw.pick(GOVERNED))
    return judged.passage.value


def _spelled(draw: Draw, host: str) -> str:
    """A host, some letters in capitals or for others that look alike, some dots for other stops."""
    how = draw.below(4)
    return "".join(
        draw.pick(STOPS) if c == "." and how == 1
        else draw.pick(TWINS.get(c, c)) if how == 2 and draw.flag()
        else c.upper() if how == 3 and draw.flag()
        else c
        for c in host
    )  # fmt: skip


def _meanings(host: str) -> list[str]:
    """What others take a host for; nothing where they refuse it."""
    found = []
    javascript = node()
    with suppress(ValueError):
        if javascript is not None:
            found.append(str(javascript.ask("host", host.encode("utf-8", "surrogateescape"))).rstrip("."))
    with suppress(UnicodeError):
        found.append(host.encode("idna").decode("ascii").lower().rstrip("."))
    return [name for name in found if name]


def _agree(host: str, governed: str) -> None:
    """Names that are said to agree are one name, to everybody."""
    for connect, sni, asked in (
        (governed, None, host),
        (host, governed, governed),
        (governed, host, f"{governed}:443"),
    ):
        if check_names(connect, sni, asked) is None:
            names = {(meant.rpartition(":")[0] or meant).removesuffix(".") for meant in _meanings(host)}
            assert names <= {governed}, "two names are said to agree"


SEEDS: Final = (
    b"\1api.openai.com", b"\1API.OpenAI.com.", b"\1api.openai.com:443", b"\1user@api.openai.com", b"\1example.org",
    "\1ａｐｉ。openai．com".encode(), "\1api.оpenai.com".encode(), b"\1xn--pi-6kc.openai.com", b"\x01127.0.0.1",
    b"\x012130706433",
    b"\x010x7f.1", b"\x01[::1]", "\1１２７.1".encode(), b"\1api.openai.com\0.example.org",
    b"\1api.openai.com%2eexample.org",
    b"\1..api.openai.com", b"\1any.openai.azure.com", b"\1openai.azure.com", b"\1b\xc3\xbccher.example", b"\1",
    b"\0\0\0\3\1\1\1\1\1\1", b"\0\0\1\1\0\1\2\3\4", b"\0\0\2\2\1\0\1\1\1\1\0\1\1\1", b"\0\x08\3\0\x0b",
)  # fmt: skip
WORDS: Final = (
    b"api.openai.com", b".", b"..", b":443", b"@", b"xn--", "。".encode(), "ß".encode(), "\u200d".encode(), b"%2e",
    b"\0", b"[", b"]",
    b"0x", b"127.0.0.1", b"::ffff:127.0.0.1", b"%", b"*", b"-", b"_",
)  # fmt: skip

TARGET: Final = Target(check, SEEDS, WORDS, short=800)
