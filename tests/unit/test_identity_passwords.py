from __future__ import annotations

import time
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from hushgate.consent import Person
from hushgate.errors import StateError
from hushgate.identity.passwords import Passwords, unfit
from hushgate.users import UserBook, Users, read_users

KEY = bytes(range(32))
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
WORDS = "turnip lantern orbit quill"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "users.json"


@pytest.fixture
def users(path: Path) -> Users:
    made = Users(path, KEY)
    made.enrol("carol", ("eu",), ("approver", "developer"))
    made.enrol("dave")
    return made


def passwords(users: Users, path: Path, hasher: PasswordHasher = QUICK, key: bytes = KEY) -> Passwords:
    return Passwords(users, UserBook(path, key), key, hasher)


def test_a_password_opens_for_its_name_alone(users: Users, path: Path) -> None:
    book = passwords(users, path)
    book.keep("carol", WORDS)
    assert book.check("carol", WORDS) == Person("carol", ("eu",), ("developer", "approver"))
    for name, said in [("dave", WORDS), ("nobody", WORDS), ("carol", WORDS + " "), ("carol", ""), ("", "")]:
        assert book.check(name, said) is None
    book.keep("dave", WORDS)
    assert book.check("dave", WORDS)
    carol, dave = read_users(path)
    assert carol.password != dave.password


def test_what_is_kept_is_argon2id_and_nothing_without_the_key(users: Users, path: Path) -> None:
    Passwords(users, UserBook(path, KEY), KEY).keep("carol", WORDS)
    kept = read_users(path)[0].password
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$"), "RFC 9106, 4"
    assert WORDS not in path.read_text() and kept not in repr(read_users(path)[0])
    assert passwords(users, path, key=bytes(32)).check("carol", WORDS) is None
    with pytest.raises(Exception, match="does not match"):
        PasswordHasher().verify(kept, WORDS)


def test_nobody_takes_as_long_as_somebody(users: Users, path: Path) -> None:
    """The same work, seen by processor time: 20 ms and more each at these parameters."""
    book = passwords(users, path, PasswordHasher(time_cost=2, memory_cost=16 * 1024, parallelism=1))
    book.keep("carol", WORDS)

    def takes(name: str) -> float:
        best = 9.0
        for _ in range(5):
            begun = time.process_time()
            assert book.check(name, "another password than that") is None
            best = min(best, time.process_time() - begun)
        return best

    somebody = takes("carol")
    for name in ("nobody", "dave"):
        assert somebody / 2 < takes(name) < somebody * 2


def test_other_parameters_are_taken_up_with_the_next_log_in(users: Users, path: Path) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    passwords(users, path, old).keep("carol", WORDS)
    before = read_users(path)[0].password
    book = passwords(users, path)
    assert book.check("carol", "a wrong one, said at length") is None
    assert read_users(path)[0].password == before
    assert book.check("carol", WORDS)
    assert not QUICK.check_needs_rehash(read_users(path)[0].password)
    assert book.check("carol", WORDS)


def test_a_hash_that_was_changed_meanwhile_is_not_put_back(users: Users, path: Path) -> None:
    book = passwords(users, path)
    book.keep("carol", WORDS)
    kept = read_users(path)[0].password
    users.keep_password("carol", "$argon2id$another", instead_of="$argon2id$not this")
    assert read_users(path)[0].password == kept
    users.keep_password("carol", "", instead_of=kept)
    assert book.check("carol", WORDS) is None


def test_a_damaged_hash_opens_to_nobody(users: Users, path: Path) -> None:
    users.keep_password("carol", "$argon2id$damaged")
    assert passwords(users, path).check("carol", WORDS) is None


def test_one_password_however_it_is_typed(users: Users, path: Path) -> None:
    book = passwords(users, path)
    book.keep("carol", "Gru\u0308ne Ru\u0308be im Ofen")
    assert book.check("carol", "Gr\u00fcne R\u00fcbe\u00a0im Ofen")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("turnip lantern", "15 characters"),
        ("", "15 characters"),
        ("turnip lantern " * 20, "longer"),
        ("hga_turnip lantern orbit", "as tokens do"),
        ("turnip\0lantern orbit", "typed again"),
        ("turnip\tlantern orbit", "typed again"),
        ("aaaaaaaaaaaaaaaaaaaa", "little is left"),
        ("password password password", "little is left"),
        ("Passw0rd-Hushgate-2026!", "little is left"),
        ("123456789012345678", "little is left"),
        ("abcdefghijklmnopqrstuvwxyz", "little is left"),
        ("Correct Horse Battery Staple", "little is left"),
        ("carol.smith carol smith", "little is left"),
        ("carol.smith@example.com 12", "little is left"),
    ],
)
def test_what_cannot_be_a_password(users: Users, path: Path, password: str, why: str) -> None:
    assert why in str(unfit("carol.smith@example.com", password))
    with pytest.raises(StateError, match=why):
        passwords(users, path).keep("carol.smith@example.com", password)
    assert not any(user.password for user in read_users(path))


RAIN = "\u96e8\u306e\u65e5\u306f\u5bb6\u3067\u672c\u3092\u8aad\u3080\u306e\u304c\u597d\u304d\u3060"


@pytest.mark.parametrize("password", [WORDS, "x7!kQ2@mN9#pL4$", "dddf8Hq2LmZ0pRtW5", RAIN, (WORDS + " ") * 9])
def test_what_can_be_one(password: str) -> None:
    assert unfit("carol", password) is None


def test_its_repr_tells_nothing(users: Users, path: Path) -> None:
    assert repr(passwords(users, path)) == "Passwords()"
