from __future__ import annotations

import base64
import copy
import pickle
import shlex
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hushgate import keys as module
from hushgate.errors import StateError
from hushgate.keys import PURPOSES, Keys

MASTER = bytes(range(32))


def test_made_once_and_private(tmp_path: Path) -> None:
    first = Keys.load_or_create(tmp_path)
    place = tmp_path / "keys" / "master.key"
    assert (stat.S_IMODE(place.stat().st_mode), stat.S_IMODE(place.parent.stat().st_mode)) == (0o600, 0o700)
    assert len(place.read_bytes()) == 32
    again = Keys.load_or_create(tmp_path)
    assert again.key_id == first.key_id
    assert again.derive("cache") == first.derive("cache")
    assert [path.name for path in place.parent.iterdir()] == ["master.key"]


def test_two_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = {keys.key_id for keys in pool.map(lambda _: Keys.load_or_create(tmp_path), range(8))}
    assert len(ids) == 1


def test_without_create_nothing_is_made(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o700)
    with pytest.raises(StateError, match="no master key") as caught:
        Keys.load_or_create(tmp_path, create=False)
    assert caught.value.hint
    assert list((tmp_path / "keys").iterdir()) == []
    with pytest.raises(StateError):
        Keys.load_or_create(tmp_path / "nowhere", create=False)


def test_another_folder(tmp_path: Path) -> None:
    Keys.load_or_create(tmp_path / "state", str(tmp_path / "apart"))
    assert (tmp_path / "apart" / "master.key").exists()
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    "text",
    [
        MASTER.hex(),
        MASTER.hex().upper(),
        base64.b64encode(MASTER).decode(),
        base64.urlsafe_b64encode(MASTER).decode().rstrip("="),
        f"  {MASTER.hex()}\n",
    ],
)
def test_from_the_environment_and_from_a_command(tmp_path: Path, text: str) -> None:
    wanted = Keys(MASTER).key_id
    assert Keys.load_or_create(tmp_path, "env:THE_KEY", environ={"THE_KEY": text}).key_id == wanted
    line = shlex.join([sys.executable, "-c", f"print({text!r})"])
    assert Keys.load_or_create(tmp_path, f"command:{line}").key_id == wanted
    assert list(tmp_path.iterdir()) == []


def test_url_safe_base64_with_all_its_letters() -> None:
    raw = b"\xfb\xff\xbe" * 10 + b"\xff\xff"
    text = base64.urlsafe_b64encode(raw).decode()
    assert "-" in text
    assert "_" in text
    assert Keys.load_or_create(Path(), "env:K", environ={"K": text}).key_id == Keys(raw).key_id


@pytest.mark.parametrize(
    "text", ["", "abc", MASTER.hex()[:-1], MASTER.hex() + "0", "g" * 64, "=" * 44, "\u0660" * 64, "a" * 42 + "=="]
)
def test_what_is_no_key_is_refused_and_not_told(text: str) -> None:
    with pytest.raises(StateError) as caught:
        Keys.load_or_create(Path(), "env:K", environ={"K": text})
    assert caught.value.hint
    assert not text or text not in f"{caught.value} {caught.value.hint}"


def test_a_variable_that_is_not_set() -> None:
    with pytest.raises(StateError, match="MISSING"):
        Keys.load_or_create(Path(), "env:MISSING", environ={})


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (f"{sys.executable} -c 'import sys; print(\"CANARY\", file=sys.stderr); sys.exit(3)'", "failed with code 3"),
        (f"{sys.executable} -c 'print(\"CANARY\")'", "is no master key"),
        ("/no/such/program", "cannot run"),
        ("'unbalanced", "cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_commands_that_fail(line: str, says: str) -> None:
    with pytest.raises(StateError, match=says) as caught:
        Keys.load_or_create(Path(), f"command:{line}")
    assert "CANARY" not in str(caught.value)


def test_a_command_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COMMAND_SECONDS", 0.1)
    with pytest.raises(StateError, match="did not print"):
        Keys.load_or_create(Path(), f"command:{sys.executable} -c 'import time; time.sleep(9)'")


def test_a_command_meets_no_shell(tmp_path: Path) -> None:
    with pytest.raises(StateError):
        Keys.load_or_create(tmp_path, f"command:echo x; touch {tmp_path / 'made'}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("which", "mode"), [("master.key", 0o640), ("master.key", 0o604), (".", 0o750)])
def test_loose_modes_are_refused(tmp_path: Path, which: str, mode: int) -> None:
    Keys.load_or_create(tmp_path)
    (tmp_path / "keys" / which).chmod(mode)
    with pytest.raises(StateError, match="open to other users") as caught:
        Keys.load_or_create(tmp_path)
    assert "chmod" in caught.value.hint


def test_a_damaged_key_is_not_replaced(tmp_path: Path) -> None:
    Keys.load_or_create(tmp_path)
    place = tmp_path / "keys" / "master.key"
    place.write_bytes(b"short")
    with pytest.raises(StateError, match="damaged"):
        Keys.load_or_create(tmp_path)
    assert place.read_bytes() == b"short"


def test_a_linked_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o700)
    (tmp_path / "elsewhere").write_bytes(MASTER)
    (tmp_path / "keys" / "master.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StateError):
        Keys.load_or_create(tmp_path)


def test_each_purpose_has_a_key_of_its_own() -> None:
    keys = Keys(MASTER)
    drawn = {keys.derive(purpose) for purpose in PURPOSES}
    assert len(drawn) == len(PURPOSES) == 9
    assert all(len(key) == 32 for key in drawn)
    assert len(keys.derive("cache", 64)) == 64
    assert keys.derive("cache") == keys.derive("cache")
    with pytest.raises(KeyError):
        keys.derive("anything")


def test_the_derivation_never_changes() -> None:
    """Placeholders and fingerprints of years must stay what they are."""
    wanted = HKDF(algorithm=SHA256(), length=32, salt=b"hushgate/1", info=b"placeholders").derive(MASTER)
    assert Keys(MASTER).derive("placeholders") == wanted
    assert Keys(MASTER).key_id == "c6fcb191f8a2a571"


def test_nothing_shows() -> None:
    keys = Keys(MASTER)
    keys.derive("cache")
    assert repr(keys) == f"Keys(key_id={keys.key_id!r})"
    for copying in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError):
            copying(keys)


def test_a_short_master_is_refused() -> None:
    with pytest.raises(StateError):
        Keys(b"short")
