"""Documents are read in processes that may die, hang or be too few; none of that is ever clean."""

from __future__ import annotations

import asyncio
import io
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from hushgate.detect import documents
from hushgate.detect.documents import MAX_FILES, Documents
from hushgate.files import Document
from tests.made_files import docx, encrypted_pdf, pdf

PDF = Document("PDF", "a.pdf", pdf("ann"))


@asynccontextmanager
async def reader(**how: Any) -> AsyncIterator[Documents]:
    made = Documents(**how)
    try:
        yield made
    finally:
        await made.close()


async def test_files_are_read_in_their_order() -> None:
    async with reader() as made:
        first, second, third = await made.read(
            [PDF, Document("DOCX", "b.docx", docx("bob")), Document("PDF", "c.pdf", encrypted_pdf("x"))],
            scope="a",
        )
    assert first.texts == ((("page", 1), "ann"),)
    assert ((1, "text"), "bob") in second.texts
    assert [reason for _, reason, _ in third.unread] == ["it is encrypted"]
    assert {first.fault, second.fault, third.fault} == {None}


async def test_one_that_takes_too_long_is_a_fault() -> None:
    async with reader(seconds=0.01) as made:
        (contents,) = await made.read([PDF], scope="a")
    assert contents.fault == "reading it took longer than 0.01 s"
    assert (contents.texts, contents.unread) == ((), ())


async def test_one_whose_process_dies_is_a_fault_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    async with reader() as made:
        started = made._started

        async def killed() -> Any:
            process = await started()
            os.kill(process.pid, signal.SIGKILL)
            return process

        monkeypatch.setattr(made, "_started", killed)
        assert [c.fault for c in await made.read([PDF], scope="a")] == ["the process that read it died"]
        monkeypatch.undo()
        assert [c.fault for c in await made.read([PDF], scope="a")] == [None]


async def test_a_spare_that_died_is_replaced() -> None:
    async with reader() as made:
        await made.read([PDF], scope="a")
        assert made._spare is not None
        spare = await made._spare
        spare.kill()
        await spare.wait()
        assert [c.fault for c in await made.read([PDF], scope="b")] == [None]


async def test_where_none_can_be_started_it_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: Any, **__: Any) -> Any:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", refuse)
    async with reader() as made:
        (contents,) = await made.read([PDF], scope="a")
    assert contents.fault == "no process can be started for it (Cannot allocate memory)"


async def test_too_many_wait_for_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "QUEUE", 1)
    async with reader(most=1) as made:
        faults = [
            contents.fault
            for contents in await made.read([Document("PDF", "", pdf(f"{n}")) for n in range(4)], scope="a")
        ]
    assert faults.count("too many files wait to be read") >= 1
    assert faults.count(None) >= 1


async def test_more_files_than_are_read_stay_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_FILES", 1)
    async with reader() as made:
        contents = await made.read([PDF, PDF], scope="a")
    assert [reason for _, reason, _ in contents[1].unread] == ["more files than are read of one request"]
    assert MAX_FILES > 1


async def test_closed_it_reads_nothing_and_no_process_is_left() -> None:
    made = Documents()
    await made.read([PDF], scope="a")
    assert made._spare is not None
    spare = await made._spare
    await made.close()
    assert spare.returncode is not None
    assert [c.fault for c in await made.read([PDF], scope="b")] == ["the gate closes"]


async def test_a_process_has_no_part_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    launch = asyncio.create_subprocess_exec

    async def look(*args: Any, **how: Any) -> Any:
        seen.update(how["env"])
        return await launch(*args, **how)

    monkeypatch.setenv("HUSHGATE_KEY", "fake")
    monkeypatch.setattr(asyncio, "create_subprocess_exec", look)
    async with reader() as made:
        await made.read([PDF], scope="a")
    assert set(seen) == {"PYTHONPATH", "PATH"}


async def test_who_leaves_early_leaves_no_process() -> None:
    async with reader() as made:
        launched: list[Any] = []
        launch = made._launch

        async def keep() -> Any:
            launched.append(await launch())
            return launched[-1]

        made._launch = keep  # type: ignore[method-assign]
        waiting = asyncio.ensure_future(made.read([PDF], scope="a"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert [process.returncode is None for process in launched] == [False]


async def test_a_file_is_read_once_for_each_actor(monkeypatch: pytest.MonkeyPatch) -> None:
    async with reader() as made:
        read: list[str] = []
        once = made._read

        async def count(file: Document) -> Any:
            read.append(file.filename)
            return await once(file)

        monkeypatch.setattr(made, "_read", count)
        first = await made.read([PDF], scope="a")
        assert await made.read([PDF], scope="a") == first
        assert await made.read([PDF], scope="b") == first
    assert len(read) == 2


async def test_a_fault_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    async with reader() as made:
        made._seconds = 0.01
        assert [c.fault is None for c in await made.read([PDF], scope="a")] == [False]
        made._seconds = 10
        assert [c.fault is None for c in await made.read([PDF], scope="a")] == [True]


async def test_what_a_process_has_started_ends_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "tesseract"
    program.write_text(f"#!/bin/sh\nmkdir {tmp_path}/pid-$$\nexec sleep 60\n")  # It may write no file.
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    image, out = Image.new("L", (9, 9)), io.BytesIO()
    image.save(out, "PNG")
    async with reader(seconds=20, ocr=True) as made:
        reading = asyncio.ensure_future(made.read([Document("image", "", out.getvalue())], scope="a"))
        for _ in range(400):
            if here := list(tmp_path.glob("pid-*")):
                break
            await asyncio.sleep(0.05)
        started = int(here[0].name.removeprefix("pid-"))
        os.kill(started, 0)
        await made.close()
        assert [contents.fault for contents in await reading] == ["the process that read it died"]
        for _ in range(100):
            if not _alive(started):
                return
            await asyncio.sleep(0.05)
    raise AssertionError("it lives on")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat")
        return not state.exists() or state.read_text().split(") ")[1][0] != "Z"
    except OSError:
        return False
