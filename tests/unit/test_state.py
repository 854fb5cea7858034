from __future__ import annotations

import os
import resource
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hushgate import state as module
from hushgate.errors import StateError
from hushgate.state import Ready, State, default_folder, private_folder, read_private, write_private

READY = Ready("http://127.0.0.1:8888", "/ca.pem", None, 42)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_a_folder_is_made_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        folder = private_folder(tmp_path / "state")
        write_private(folder / "file", b"x")
    finally:
        os.umask(before)
    assert (mode(folder), mode(folder / "file")) == (0o700, 0o600)


@pytest.mark.parametrize("loose", [0o755, 0o710, 0o701, 0o770])
def test_a_loose_folder_is_refused_and_not_repaired(tmp_path: Path, loose: int) -> None:
    tmp_path.chmod(loose)
    with pytest.raises(StateError, match="open to other users") as caught:
        State.open(tmp_path)
    assert caught.value.hint.startswith(f"chmod 700 {tmp_path}")
    assert mode(tmp_path) == loose
    tmp_path.chmod(0o700)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_somebody_elses_folder_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    os.chown(other, 12345, -1)
    with pytest.raises(StateError, match="belongs to another user"):
        State.open(other)


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "state").touch(0o600)
    with pytest.raises(StateError, match="not a folder"):
        State.open(tmp_path / "state")


def test_without_create_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(StateError):
        State.open(tmp_path / "state", create=False)
    assert list(tmp_path.iterdir()) == []


def test_places(tmp_path: Path) -> None:
    state = State.open(tmp_path / "deep" / "state")
    assert (state.ledger.name, state.users.name, state.ready.name) == ("ledger.db", "users.json", "ready.json")
    assert mode(state.folder("ca")) == 0o700


def test_private_files(tmp_path: Path) -> None:
    place = tmp_path / "file"
    with pytest.raises(FileNotFoundError):
        read_private(place)
    write_private(place, b"one")
    write_private(place, b"two")
    assert read_private(place) == b"two"
    with pytest.raises(FileExistsError):
        write_private(place, b"three", replace=False)
    assert read_private(place) == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    with pytest.raises(StateError, match="larger"):
        read_private(place, limit=2)


def test_files_that_are_not_private(tmp_path: Path) -> None:
    place = tmp_path / "file"
    write_private(place, b"one")
    place.chmod(0o640)
    with pytest.raises(StateError, match="0640"):
        read_private(place)
    (tmp_path / "link").symlink_to(place)
    with pytest.raises(StateError):
        read_private(tmp_path / "link")
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(StateError, match="not a regular file"):
        read_private(tmp_path / "pipe")
    with pytest.raises(StateError):
        read_private(tmp_path)


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    place = tmp_path / "file"
    write_private(place, b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(StateError, match="cannot write"):
            write_private(place, b"x" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert read_private(place) == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_one_gate_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOCK_PATIENCE", 0.0)
    state = State.open(tmp_path)
    assert not state.locked()
    with state.lock():
        assert state.locked()
        with pytest.raises(StateError, match=f"pid {os.getpid()}") as caught:
            state.lock()
        assert "--state" in caught.value.hint
    assert not state.locked()
    lock = state.lock()
    lock.release()
    lock.release()


def test_a_glance_at_the_lock_is_waited_for(tmp_path: Path) -> None:
    state = State.open(tmp_path)
    glance = state.lock()
    threading.Timer(0.2, glance.release).start()
    state.lock().release()


def test_the_lock_goes_with_its_process(tmp_path: Path) -> None:
    state = State.open(tmp_path)
    code = (
        "import os, sys; from pathlib import Path; from hushgate.state import *\n"
        "state = State.open(Path(sys.argv[1])); lock = state.lock()\n"
        "state.write_ready(Ready('http://127.0.0.1:1', '/ca', None, os.getpid())); os.kill(os.getpid(), 9)"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "addon")},
        check=False,
    )
    assert state.ready.exists()
    assert state.read_ready() is None
    state.lock().release()


def test_ready(tmp_path: Path) -> None:
    state = State.open(tmp_path)
    assert state.read_ready() is None
    with state.lock():
        state.write_ready(READY)
        assert state.read_ready() == READY
        assert mode(state.ready) == 0o600
        state.ready.write_text("{}")
        with pytest.raises(StateError, match="damaged"):
            state.read_ready()
    state.remove_ready()
    state.remove_ready()
    assert state.read_ready() is None


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, Path.home() / ".local/state/hushgate"),
        ({"XDG_STATE_HOME": "/x"}, Path("/x/hushgate")),
        ({"XDG_STATE_HOME": "relative"}, Path.home() / ".local/state/hushgate"),
    ],
)
def test_the_default_folder(environ: dict[str, str], expected: Path) -> None:
    assert default_folder(environ) == expected
