"""Transcripts against the digests that the chain names."""

from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.ledger.chain import Signer
from hushgate.ledger.prune import prune
from hushgate.ledger.verify import verify
from tests.ledger_cases import SEED, TRANSCRIPT_KEY, closed, opened, rows, start

MODES = pytest.mark.parametrize("mode", ["structure", "masked"])


async def fill(folder: Path, mode: str) -> None:
    ledger = start(folder, transcripts=mode)
    for n in range(3):
        await ledger.append("opened", opened(f"x{n}", session=f"s{n}"), b'{"n": %d}' % n)
        await ledger.append("closed", closed(f"x{n}"), b'{"reply": %d}' % n)
    await ledger.append("opened", opened("bare", session="s0"))
    await ledger.aclose()


def flaws(folder: Path) -> list[str]:
    report = verify(folder / "ledger.db", Signer(SEED).public_key, transcript_key=TRANSCRIPT_KEY)
    return [flaw.says for flaw in report.flaws]


@MODES
async def test_untouched_and_pruned_ones_are_fine(tmp_path: Path, mode: str) -> None:
    await fill(tmp_path, mode)
    assert flaws(tmp_path) == []
    ledger = start(tmp_path)
    prune(tmp_path / "ledger.db", ledger, session="s1")
    ledger.close()
    assert rows(tmp_path, "SELECT count(*) FROM transcripts") == [(4,)]
    assert flaws(tmp_path) == []


BOTH = {
    "DELETE FROM transcripts WHERE exchange = 'x1' AND direction = 'reply'":
        "the reply transcript of x1 is gone, and nobody pruned it",
    "UPDATE transcripts SET session = 's2' WHERE exchange = 'x1' AND direction = 'request'":
        "the request transcript of x1 is filed under another session",
    "INSERT INTO transcripts SELECT 'bare', direction, session, actor, at, mode, body FROM transcripts"
    " WHERE exchange = 'x0' AND direction = 'request'": "the request transcript of bare is not of this record",
    "INSERT INTO transcripts SELECT 'none', direction, session, actor, at, mode, body FROM transcripts"
    " WHERE exchange = 'x0' AND direction = 'reply'": "the reply transcript of none is not of this record",
    "UPDATE transcripts SET direction = 'other' WHERE exchange = 'x1' AND direction = 'reply'":
        "the reply transcript of x1 is gone, and nobody pruned it",
    "UPDATE transcripts SET mode = 'none' WHERE exchange = 'x1' AND direction = 'reply'":
        "the reply transcript of x1 cannot be read under its session's key",
}  # fmt: skip
STRUCTURE = {
    "UPDATE transcripts SET body = '{}' WHERE exchange = 'x1' AND direction = 'reply'":
        "the reply transcript of x1 was edited",
}  # fmt: skip
UNREADABLE = "the request transcript of x1 cannot be read under its session's key"
MASKED = {
    "UPDATE transcripts SET body = zeroblob(40) WHERE exchange = 'x1' AND direction = 'request'": UNREADABLE,
    "UPDATE transcripts SET body = '{}' WHERE exchange = 'x1' AND direction = 'request'": UNREADABLE,
    "UPDATE transcripts SET body = (SELECT body FROM transcripts WHERE exchange = 'x2' AND direction = 'request')"
    " WHERE exchange = 'x1' AND direction = 'request'": UNREADABLE,
    "DELETE FROM session_keys WHERE session = 's1'": UNREADABLE,
}


@pytest.mark.parametrize(
    ("mode", "change", "says"),
    [
        *(("structure", *case) for case in (BOTH | STRUCTURE).items()),
        *(("masked", *case) for case in (BOTH | MASKED).items()),
    ],
)
async def test_tampering_shows(tmp_path: Path, mode: str, change: str, says: str) -> None:
    await fill(tmp_path, mode)
    rows(tmp_path, change)
    assert says in flaws(tmp_path)
