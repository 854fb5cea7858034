"""Every transcript is what the gate makes of it, whole, byte by byte and in pieces.

`python -m tests.transcripts` writes them anew, for `git diff` to show what has changed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.transcripts.transcript import FOLDER, Transcript, cases, played


@pytest.mark.parametrize("path", cases(), ids=lambda path: str(path.relative_to(FOLDER).with_suffix("")))
async def test_transcript(path: Path) -> None:
    given = Transcript.read(path)
    assert (await played(given)).text() == given.text()


def test_there_are_transcripts() -> None:
    assert len(cases()) >= 4
