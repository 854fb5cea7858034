from __future__ import annotations

from hushgate.transform.memory import Memory


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_what_was_noted_was_issued_in_that_scope_only() -> None:
    memory = Memory(Clock())
    memory.note("alice", ["<PERSON_aaaaaaaaaa>"])
    assert memory.issued("alice", "<PERSON_aaaaaaaaaa>")
    assert not memory.issued("bob", "<PERSON_aaaaaaaaaa>")
    assert not memory.issued("alice", "<PERSON_bbbbbbbbbb>")


def test_an_entry_expires_after_it_was_last_noted() -> None:
    clock = Clock()
    memory = Memory(clock, ttl=10)
    memory.note("a", ["t"])
    clock.now += 9
    memory.note("a", ["t"])
    clock.now += 9
    assert memory.issued("a", "t")
    clock.now += 1
    assert not memory.issued("a", "t")
    memory.note("a", [])
    assert len(memory) == 0


def test_the_oldest_goes_first_when_there_are_too_many() -> None:
    memory = Memory(Clock(), entries=2)
    memory.note("a", ["1", "2"])
    memory.note("a", ["1"])
    memory.note("a", ["3"])
    assert [memory.issued("a", t) for t in "123"] == [True, False, True]


def test_size_is_bounded_as_well() -> None:
    memory = Memory(Clock(), size=5000)
    memory.note("a", [f"token-{n}" for n in range(1000)])
    assert 0 < len(memory) < 30
    assert memory.issued("a", "token-999")


def test_a_scope_can_be_forgotten() -> None:
    memory = Memory(Clock())
    memory.note("a", ["t"])
    memory.note("b", ["t"])
    memory.forget("a")
    assert not memory.issued("a", "t")
    assert memory.issued("b", "t")
