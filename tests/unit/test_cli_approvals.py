"""What the commands print; that they do it, tests/e2e/test_approvals.py says."""

from __future__ import annotations

from typing import Any

import pytest

from hushgate.cli import approvals
from hushgate.control import told
from tests.approving import BOB, asked, desk
from tests.unit.cli_runner import Runner, run

__all__ = ["run"]


class Gate:
    """In place of the socket."""

    answer: Any = None

    def __init__(self, args: object) -> None: ...

    def __enter__(self) -> Gate:
        return self

    def __exit__(self, *error: object) -> None: ...

    def __call__(self, do: str, **said: object) -> Any:
        return Gate.answer


@pytest.fixture(autouse=True)
def gate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approvals, "Control", Gate)


async def approval() -> dict[str, Any]:
    made = desk()
    await made.ask(asked(), None)
    one, _, _, _ = made.shown(BOB, "a1")
    text = {"where": "body:/messages/0/content", "who": "user/text", "text": "to <EMAIL_ADDRESS_aaaaaaaaaa>"}
    return {**told(one), "excerpts": [text], "history": [], "waiting": 1}


async def test_lists_and_views(run: Runner) -> None:
    Gate.answer = [await approval()]
    listed = run("approvals", "list").out.splitlines()
    assert listed[0].split("\t")[0] == "id" and "a1" in listed[1] and "EMAIL_ADDRESS" in listed[1]
    Gate.answer = await approval()
    shown = run("approvals", "show", "a1").out
    assert "to <EMAIL_ADDRESS_aaaaaaaaaa>" in shown and "ask: ask waits" in shown and "1 on their connections" in shown
    assert "\nn\tentity\tlevel\twhere\theld\n0\tEMAIL_ADDRESS\t" in shown
    assert "a1 is approved by" in run("approvals", "approve", "a1").out
    assert "a1 is rejected" in run("approvals", "reject", "a1").out
    Gate.answer = []
    assert "nothing waits" in run("approvals", "list").err
    assert "no grant is open" in run("grants", "list").err


def test_a_revealed_value_cannot_command_the_terminal(run: Runner) -> None:
    Gate.answer = "value\x1b[2J"
    assert run("approvals", "reveal", "a1", "0").out == "value\ufffd[2J\n"
