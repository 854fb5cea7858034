"""A private file that is read again whenever it changes: the one follower of users, tickets and the like.

Anything wrong with it means nothing is in it: what an earlier version of the file allowed does not live on.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .errors import StateError


class Followed[T]:
    """What `read` makes of a file, `nothing` where it is missing or unusable. For any thread."""

    def __init__(self, path: Path, read: Callable[[Path], T], nothing: T) -> None:
        self._path = path
        self._read = read
        self._nothing = nothing
        self._seen: tuple[tuple[int, ...], T, str | None] = ((), nothing, None)

    @property
    def now(self) -> T:
        """What the file says now. Costs a `stat` where it says what it said."""
        self._follow()
        return self._seen[1]

    @property
    def fault(self) -> str | None:
        """Why the file could not be used when it was last looked at, if it could not."""
        return self._seen[2]

    def _follow(self) -> None:
        stamp: tuple[int, ...] = ()
        try:
            found = self._path.stat()
            stamp = (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
            if stamp != self._seen[0]:  # it is of before the reading: what changes meanwhile is read next time
                self._seen = stamp, self._read(self._path), None
        except FileNotFoundError:
            self._seen = (), self._nothing, None
        except (StateError, OSError) as error:
            self._seen = stamp, self._nothing, str(error)  # a damaged file is read again once it changes

    def __repr__(self) -> str:
        return f"Followed({str(self._path)!r})"
