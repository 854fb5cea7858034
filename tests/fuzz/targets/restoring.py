"""transform.restore: chunks never matter, what is held is bounded, no token of ours is left where it may come back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from hushgate.transform.restore import Restorer
from tests.fuzz.draw import Draw
from tests.fuzz.target import Target
from tests.properties.test_transform_restore import CLOSES, OPENS, OTHER, TABLE

KNOWN: Final = Restorer(TABLE)
TOKENS: Final = tuple(TABLE)
OF_URLS: Final = frozenset(":/.=(")
PIECES: Final = (*OTHER, *OPENS, *CLOSES, *TOKENS, *(token.strip("<>") for token in TOKENS))
FORMS: Final[tuple[Callable[[str], str], ...]] = (
    lambda token: token,
    lambda token: token.lower(),
    lambda token: token.strip("<>"),
    lambda token: f"&lt;{token[1:-1]}&gt;",
    lambda token: token.replace("_", "\\_"),
    lambda token: f"\\u003c{token[1:-1]}\\u003e",
)


def check(data: bytes) -> str:
    draw = Draw(data)
    cuts = Draw(bytes(draw.byte() for _ in range(10)))
    json_string = draw.flag()
    kind = draw.below(4)
    if kind == 0:
        text = draw.rest().decode("utf-8", "surrogateescape")
    else:
        text = "".join(draw.some(lambda: draw.pick(PIECES) if draw.flag() else draw.text(4), 12))
    if kind == 3:  # one token that stands where it may come back
        token = draw.pick(TOKENS)
        form = draw.pick(FORMS)(token)
        before = "".join(c for c in text if c not in OF_URLS and c not in '"\\')
        before += "\\\\" if form == token and draw.flag() else " "  # a path, as it is spelled in JSON
        text = f"{before}{form} and"
    whole = KNOWN.whole(text, json_string=json_string)
    if kind == 3:
        original = json.dumps(TABLE[token], ensure_ascii=False)[1:-1] if json_string else TABLE[token]
        assert whole.endswith(f"{before[-1]}{original} and"), "a token of ours is left, or more is gone"
    stream = KNOWN.stream(json_string=json_string)
    out, fed = "", 0
    for piece in cuts.cut(text):
        out += stream.feed(piece)
        fed += len(piece)
        assert len(stream._held) <= min(KNOWN.bound, fed), "too much is held"
    assert out + stream.flush() == whole, "chunks matter"
    if not any(suffix.rpartition("_")[2].strip(">") in text.lower() for suffix in TOKENS):
        assert whole == text, "something changed that holds no token"
    return "as it was" if whole == text else "restored"


_CUTS: Final = b"\3" + b"\0" * 9
_ONE, _TWO, _THREE = (token.encode() for token in TOKENS)
SEEDS: Final = (
    _CUTS + b"\x00\x00Dear " + _ONE + b", see https://x.example/?a=" + _TWO + b" and " + _THREE.lower(),
    _CUTS + b'\x01\x00{"to": "' + _TWO + b'", "j": "{\\"a\\": \\"' + _TWO + b'\\"}", "u": "x\\n' + _THREE + b'"}',
    _CUTS + b"\x00\x00&lt;" + _ONE[1:-1] + b"&gt; \\<" + _TWO[1:-1].replace(b"_", b"\\_") + b"\\> ![x](" + _ONE + b")",
    _CUTS + b"\x01\x03\x05\x01\x02\x01\x10\x00\x03abc\x00\x01",
    _CUTS + b"\x00\x03\x03\x00\x04\x80\x81ab\x01\x09\x01\x03",
    _CUTS + b"\x00\x02\x0a\x01\x30\x01\x28\x01\x33\x01\x12\x01\x31\x01\x05",
    _CUTS + b"\x00\x00nothing of ours <PERSON_aaaaaaaaaa>",
)  # fmt: skip
WORDS: Final = (
    _ONE, _TWO, _THREE, _ONE[1:-1], b"<", b">", b"&lt;", b"&gt;", b"&#60;", b"\\u003c", b"\\u003e", b"\\", b"\\\\",
    b"_",
    b"\\_", b"https://", b"](", b'href="', b"www.", b"mailto:", b'"', b'\\"', b"\n", b"\\n", b" ", b"`", b"'",
)  # fmt: skip

TARGET: Final = Target(check, SEEDS, WORDS, short=1500)
