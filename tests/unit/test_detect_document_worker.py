"""One file, one process, within bounds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hushgate.detect.document_worker import answer, contents_of, question
from hushgate.files import Contents
from tests.made_files import pdf

CONTENTS = Contents(((("page", 1), "ann\ud800"),), (((), "image", 7),))


def run(code: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-c", code], input=stdin, capture_output=True, timeout=60, check=False)


def test_contents_come_as_they_were_sent() -> None:
    assert contents_of(json.loads(answer(CONTENTS))) == CONTENTS


def test_the_process_reads_one_file_and_ends() -> None:
    done = run("import sys; sys.argv = ['x', '5']; from hushgate.detect.document_worker import main; main()",
               question("PDF", pdf("ann")))  # fmt: skip
    assert contents_of(json.loads(done.stdout)).texts == ((("page", 1), "ann"),)
    assert done.returncode == 0


def test_without_a_file_it_says_nothing() -> None:
    done = run("import sys; sys.argv = ['x', '5']; from hushgate.detect.document_worker import main; main()")
    assert (done.returncode, done.stdout) == (0, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="the bound of the address space is Linux's")
def test_memory_is_bounded() -> None:
    done = run("from hushgate.detect.document_worker import bound; bound(5); bytearray(2 << 30)")
    assert b"MemoryError" in done.stderr


def test_it_writes_no_file(tmp_path: Path) -> None:
    run(f"from hushgate.detect.document_worker import bound; bound(5); open('{tmp_path}/x', 'w').write('y' * 9)")
    assert (tmp_path / "x").read_bytes() == b""


def test_its_time_is_bounded() -> None:
    assert run("from hushgate.detect.document_worker import bound; bound(1)\nwhile True: pass").returncode < 0
