"""The state folder: who may read it, who holds it, and files that appear whole or not at all.

Everything the gate keeps lives here: ledger, CA, keys, users. The folder is
0700 and its files 0600, owned by the user who runs the gate; anything looser
is refused, not repaired, since what it held may have been read already.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import secrets
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from hushgate.errors import StateError

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600
LOCK_PATIENCE: Final = 1.0
"""Seconds to wait for the lock: someone may just be looking whether a gate runs."""


def default_folder(environ: Mapping[str, str]) -> Path:
    """The user's state folder (XDG Base Directory): `~/.local/state/hushgate`."""
    base = environ.get("XDG_STATE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "state") / "hushgate"


def private_folder(path: Path, *, create: bool = True) -> Path:
    """`path` as a folder that only its owner can enter; StateError if it is not."""
    try:
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                path.mkdir(mode=FOLDER_MODE)
                path.chmod(FOLDER_MODE)  # whatever the umask took away
            except FileExistsError:
                pass
        found = path.stat()
    except OSError as error:
        raise StateError(f"cannot use the folder {path}: {_why(error)}", hint=_remedy(error)) from None
    if not stat.S_ISDIR(found.st_mode):
        raise StateError(f"{path} is not a folder", hint="choose another with --state")
    _owned_and_closed(path, found)
    return path


def read_private(path: Path, *, limit: int = 1 << 24) -> bytes:
    """The content of a file that only its owner can read; StateError otherwise.

    FileNotFoundError passes through, since a missing file means something else to each caller.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StateError(f"cannot read {path}: {_why(error)}", hint=_remedy(error)) from None
    try:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode):
            raise StateError(f"{path} is not a regular file")
        _owned_and_closed(path, found)
        with os.fdopen(fd, "rb", closefd=False) as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise StateError(f"cannot read {path}: {_why(error)}") from None
    finally:
        os.close(fd)
    if len(content) > limit:
        raise StateError(f"{path} is larger than {limit} bytes")
    return content


@contextmanager
def changing(path: Path) -> Iterator[None]:
    """While nobody else changes the file; the lock is beside it, `NAME.lock`. StateError if it cannot be had."""
    try:
        fd = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    except OSError as error:
        raise StateError(f"cannot change {path}: {_why(error)}", hint=_remedy(error)) from None
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def write_private(path: Path, content: bytes, *, replace: bool = True) -> None:
    """Write a 0600 file so that it is there whole, on disk, or not at all.

    Without `replace` an existing file is left alone and FileExistsError raised.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
        try:
            with os.fdopen(fd, "wb") as file:
                os.fchmod(fd, FILE_MODE)
                file.write(content)
                file.flush()
                os.fsync(fd)
            if replace:
                draft.replace(path)
            else:
                path.hardlink_to(draft)
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise StateError(f"cannot write {path}: {_why(error)}", hint=_remedy(error)) from None


@dataclass(frozen=True, slots=True)
class Ready:
    """What a running gate tells other commands: `ready.json`."""

    proxy: str
    ca: str
    console: str | None
    pid: int
    control: str | None = None


class Lock:
    """Held for as long as a gate uses the folder; the kernel lets go when the process ends."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def release(self) -> None:
        """Let go; a second call does nothing."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()


@dataclass(frozen=True, slots=True)
class State:
    """An opened state folder and the places in it."""

    path: Path

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> State:
        """Check the folder (and make it, 0700, with `create`); StateError if it cannot be trusted."""
        place = path.expanduser().absolute()
        if not create and not place.exists():
            raise StateError(f"there is no state folder {place}", hint="run the gate first, or name it with --state")
        return cls(private_folder(place, create=create))

    @property
    def ledger(self) -> Path:
        return self.path / "ledger.db"

    @property
    def users(self) -> Path:
        return self.path / "users.json"

    @property
    def tickets(self) -> Path:
        return self.path / "tickets.json"

    @property
    def uses(self) -> Path:
        return self.path / "uses.json"

    @property
    def ready(self) -> Path:
        return self.path / "ready.json"

    def folder(self, name: str) -> Path:
        """A 0700 folder inside, made if missing."""
        return private_folder(self.path / name)

    def lock(self) -> Lock:
        """Take the folder for one gate; StateError when another has it."""
        fd = self._lock_file()
        deadline = time.monotonic() + LOCK_PATIENCE
        while not _take(fd):
            if time.monotonic() > deadline:
                holder = os.pread(fd, 32, 0).decode("ascii", "replace").strip() or "unknown"
                os.close(fd)
                raise StateError(
                    f"another gate (pid {holder}) uses the state folder {self.path}",
                    hint="`hushgate run -- CMD` joins it; or give this one another --state",
                )
            time.sleep(0.05)
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode("ascii"), 0)
        return Lock(fd)

    def locked(self) -> bool:
        """Whether a gate holds the folder now."""
        fd = self._lock_file()
        try:
            return not _take(fd)
        finally:
            os.close(fd)

    def write_ready(self, ready: Ready) -> None:
        """Tell other commands where the gate listens."""
        write_private(self.ready, json.dumps(asdict(ready)).encode() + b"\n")

    def read_ready(self) -> Ready | None:
        """The gate that runs on this folder, if one does: a file left by a killed one does not count."""
        try:
            raw = read_private(self.ready)
        except FileNotFoundError:
            return None
        if not self.locked():
            return None
        try:
            said = json.loads(raw)
            ready = Ready(said["proxy"], said["ca"], said["console"], said["pid"], said.get("control"))
        except (ValueError, TypeError, KeyError):
            raise StateError(f"{self.ready} is damaged", hint="restart the gate") from None
        return ready

    def remove_ready(self) -> None:
        """Take the notice away, at exit."""
        self.ready.unlink(missing_ok=True)

    def _lock_file(self) -> int:
        place = self.path / "gate.lock"
        try:
            return os.open(place, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
        except OSError as error:
            raise StateError(f"cannot open {place}: {_why(error)}", hint=_remedy(error)) from None


def _take(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise StateError(
            f"cannot lock the state folder: {_why(error)}", hint="keep the state on a local file system"
        ) from None
    return True


def _owned_and_closed(path: Path, found: os.stat_result) -> None:
    if found.st_uid != os.geteuid():
        raise StateError(
            f"{path} belongs to another user (uid {found.st_uid})", hint="run as its owner, or move it away"
        )
    loose = stat.S_IMODE(found.st_mode) & 0o077
    if loose:
        mode = "700" if stat.S_ISDIR(found.st_mode) else "600"
        raise StateError(
            f"{path} is open to other users (mode {stat.S_IMODE(found.st_mode):04o})",
            hint=f"chmod {mode} {path}; replace what it holds if someone else could have read it",
        )


def _sync_folder(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _remedy(error: OSError) -> str:
    return {
        errno.ENOSPC: "free some disk space",
        errno.EDQUOT: "free some disk space",
        errno.EACCES: "check the folder's owner and mode",
        errno.EROFS: "choose a writable folder with --state",
        errno.ELOOP: "replace the symbolic link by the file itself",
    }.get(error.errno or 0, "")
