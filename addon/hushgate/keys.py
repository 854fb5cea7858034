"""One master key, and a separate key for each purpose drawn from it.

The master key is 32 random bytes. It lives in `keys/master.key` of the state
folder, or, apart from the state, in another folder, an environment variable
(`env:NAME`) or a command's output (`command:...`); the last two as 64 hex
digits or base64. Purposes get HKDF-SHA256 keys (RFC 5869), so that none tells
anything of another.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
import shlex
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hushgate.errors import StateError
from hushgate.state import private_folder, read_private, write_private

MASTER_SIZE: Final = 32
PURPOSES: Final = frozenset(
    {"placeholders", "fingerprints", "cache", "tokens", "approvals", "transcripts", "checkpoints", "catalog", "links"}
)
COMMAND_SECONDS: Final = 30.0

_SALT: Final = b"hushgate/1"
_HEX: Final = re.compile(r"[0-9a-fA-F]{64}\Z", re.ASCII)
_BASE64: Final = re.compile(r"[0-9A-Za-z+/_-]{43}=?\Z", re.ASCII)


class Keys:
    """The keys of one state folder. Nothing of them shows in a repr."""

    __slots__ = ("_drawn", "_master", "key_id")

    def __init__(self, master: bytes) -> None:
        if len(master) != MASTER_SIZE:
            raise StateError(f"a master key has {MASTER_SIZE} bytes", hint="make one with: openssl rand -hex 32")
        self._master = master
        self._drawn: dict[tuple[str, int], bytes] = {}
        self.key_id = self._draw("key-id", 8).hex()
        """Names the master key without telling it: 16 hex digits."""

    @classmethod
    def load_or_create(
        cls, state: Path, spec: str | None = None, *, create: bool = True, environ: Mapping[str, str] | None = None
    ) -> Keys:
        """The keys that `spec` names: None, a folder, `env:NAME` or `command:...`.

        Only a folder's key is ever made, and only with `create`. StateError for anything unusable.
        """
        if spec is not None and spec.startswith("env:"):
            return cls(_from_environment(spec[4:], os.environ if environ is None else environ))
        if spec is not None and spec.startswith("command:"):
            return cls(_from_command(spec[8:]))
        folder = state / "keys" if spec is None else Path(spec).expanduser()
        return cls(_from_folder(folder, create=create))

    def derive(self, purpose: str, length: int = 32) -> bytes:
        """The key for one of PURPOSES; KeyError for any other."""
        if purpose not in PURPOSES:
            raise KeyError(purpose)
        wanted = (purpose, length)
        if wanted not in self._drawn:
            self._drawn[wanted] = self._draw(purpose, length)
        return self._drawn[wanted]

    def _draw(self, info: str, length: int) -> bytes:
        return HKDF(algorithm=SHA256(), length=length, salt=_SALT, info=info.encode("ascii")).derive(self._master)

    def __repr__(self) -> str:
        return f"Keys(key_id={self.key_id!r})"

    def __reduce__(self) -> str:
        raise TypeError("keys do not travel")


def _from_folder(folder: Path, *, create: bool) -> bytes:
    private_folder(folder, create=create)
    place = folder / "master.key"
    try:
        return _whole(place, read_private(place, limit=4096))
    except FileNotFoundError:
        if not create:
            raise StateError(
                f"there is no master key in {folder}", hint="start the gate once, or name its keys with `keys:`"
            ) from None
    with suppress(FileExistsError):  # another process was first: its key counts
        write_private(place, secrets.token_bytes(MASTER_SIZE), replace=False)
    return _whole(place, read_private(place, limit=4096))


def _whole(place: Path, raw: bytes) -> bytes:
    if len(raw) != MASTER_SIZE:
        raise StateError(
            f"{place} is damaged: {len(raw)} bytes instead of {MASTER_SIZE}", hint="restore it from a backup"
        )
    return raw


def _from_environment(name: str, environ: Mapping[str, str]) -> bytes:
    text = environ.get(name, "")
    if not text:
        raise StateError(f"the environment variable {name} holds no master key", hint="set it to 64 hex digits")
    return _decoded(text, f"the environment variable {name}")


def _from_command(line: str) -> bytes:
    try:
        words = shlex.split(line)
    except ValueError:
        words = []
    if not words:
        raise StateError("the command for the master key cannot be read", hint="write keys: 'command:PROGRAM ARG ...'")
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command, without a shell
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise StateError(f"{words[0]} did not print the master key in {COMMAND_SECONDS:.0f} seconds") from None
    except OSError as error:
        raise StateError(f"cannot run {words[0]} for the master key: {error.strerror}") from None
    if done.returncode != 0:
        raise StateError(f"{words[0]} failed with code {done.returncode} instead of printing the master key")
    return _decoded(done.stdout.decode("ascii", "replace"), f"the output of {words[0]}")


def _decoded(text: str, source: str) -> bytes:
    text = text.strip()
    if _HEX.match(text):
        return bytes.fromhex(text)
    if _BASE64.match(text):
        try:
            raw = base64.b64decode(text.rstrip("=").translate(str.maketrans("-_", "+/")) + "=", validate=True)
        except binascii.Error:
            raw = b""
        if len(raw) == MASTER_SIZE:
            return raw
    raise StateError(
        f"{source} is no master key", hint="give 32 bytes as 64 hex digits or base64: openssl rand -hex 32"
    )
