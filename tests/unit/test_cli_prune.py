from __future__ import annotations

import getpass
import io
import json
import sys
import time

import pytest

from tests.ledger_cases import closed, opened
from tests.unit.cli_runner import Runner, record, run
from tests.unit.test_cli_ledger import events

__all__ = ["run"]


@pytest.fixture
def kept(run: Runner) -> Runner:
    """Two exchanges of alice, one of them old, and one of bob."""
    now = time.time()
    for name, actor, at in (("x1", "canaryalice", now - 9 * 86400), ("x2", "canaryalice", now), ("x3", "bob", now)):
        record(run, "opened", opened(name, session=actor, actor=actor, at=at))
        record(run, "closed", closed(name))
    return run


def left(run: Runner) -> list[str]:
    return sorted(row["id"] for line in run("export").out.splitlines() for row in [json.loads(line)])


def test_what_is_old_goes(kept: Runner) -> None:
    assert kept("prune", "--older", "7d", "--dry-run").out == "would erase exchanges: 1, approvals: 0, events: 2\n"
    assert left(kept) == ["x1", "x2", "x3"]
    assert kept("prune", "--older", "7d", "--yes").out == "erased exchanges: 1, approvals: 0, events: 2\n"
    assert left(kept) == ["x2", "x3"]
    assert kept("verify").code == 0
    assert kept("prune", "--older", "7d").out.startswith("erased exchanges: 0"), "nobody is asked for nothing"


def test_an_actor_goes_without_a_trace_and_it_is_on_record_who_did_it(kept: Runner) -> None:
    told = json.loads(kept("prune", "--actor", "canaryalice", "--yes", "--json").out)
    assert told == {"exchanges": 2, "approvals": 0, "events": 4, "erased": True}
    assert not any(b"canaryalice" in file.read_bytes() for file in kept.state.rglob("*") if file.is_file())
    assert events(kept, "pruned")[0]["by"] == getpass.getuser()
    assert kept("verify").code == 0


def test_conditions_join(kept: Runner) -> None:
    told = json.loads(kept("prune", "--actor", "bob", "--older", "7d", "--dry-run", "--json").out)
    assert (told["exchanges"], told["erased"]) == (0, False)
    assert json.loads(kept("prune", "--session", "bob", "--dry-run", "--json").out)["exchanges"] == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "nothing says what to erase\nhint: hushgate prune --older 90d"),
        (("--older", "90"), "no span of time"),
        (("--actor", "bob"), "nobody is here to say yes, so nothing is erased\nhint: --yes erases"),
    ],
)
def test_nothing_is_erased_by_mistake(kept: Runner, words: tuple[str, ...], says: str) -> None:
    done = kept("prune", *words, stdin=b"yes\n")
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert left(kept) == ["x1", "x2", "x3"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "code", "ids"), [("yes\n", 0, ["x1", "x2"]), ("y\n", 2, ["x1", "x2", "x3"])])
def test_a_person_is_asked(
    kept: Runner, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, ids: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    done = kept("prune", "--actor", "bob")
    assert done.code == code
    assert "exchanges: 1, approvals: 0, events: 2: erase them, for good?" in done.err
    assert left(kept) == ids
