"""A full disk: nothing leaves that could not be recorded, and it heals."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import chat

URL = "https://api.openai.com/v1/chat/completions"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m,mode=700", "tmpfs", str(place)]
    if not sys.platform.startswith("linux") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a tmpfs")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


async def test_nothing_leaves_unrecorded_when_the_disk_is_full(
    start_gate: Start, provider: Provider, small_disk: Path
) -> None:
    gate = await start_gate(state=small_disk / "state")
    filler = small_disk / "filler"
    with filler.open("wb") as out:
        try:
            while True:
                out.write(b"\0" * 4096)
                out.flush()
        except OSError:
            pass
    refused = None
    async with gate.client() as client:
        for turn in range(400):
            before = provider.journal.count
            answer = await client.post(URL, json=chat(f"turn {turn}"))
            if answer.status_code != 200:
                refused = answer
                assert provider.journal.count == before, "refused, yet forwarded"
                break
        assert refused is not None, "the disk never filled up"
        assert refused.status_code == 503
        assert refused.json()["error"]["code"] == "ledger_unavailable"
        forwarded = provider.journal.count
        for _ in range(3):
            assert (await client.post(URL, json=chat("again"))).status_code == 503
        assert provider.journal.count == forwarded

        filler.unlink()
        assert (await client.post(URL, json=chat("healed"))).status_code == 200
    gate.stop()
    shown = gate.run("export").stdout.count('"id"')
    assert shown >= provider.journal.count
