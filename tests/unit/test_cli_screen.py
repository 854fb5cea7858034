"""The live view, without a terminal: keys in, screens out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from rich.cells import cell_len

from hushgate.cli.screen import KEYS, RAW, SHORT, Screen, left, told
from hushgate.errors import Refused


def pending(id: str, **changes: Any) -> dict[str, Any]:
    return {"id": id, "at": 0.0, "actor": "alice\x1b[31m", "destination": "openai", "level": "regulated",
            "entities": ["US_SSN"], "reasons": [],
            "state": "pending", "expires_at": 1800.0, "decided_by": None, **changes}  # fmt: skip


@dataclass
class Gate:
    did: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refuses: str = ""
    state: str = "approved"
    changes: dict[str, Any] = field(default_factory=dict)

    def __call__(self, do: str, **said: Any) -> Any:
        self.did.append((do, said))
        if self.refuses:
            raise Refused(self.refuses)
        if do == "show":
            text = {"who": "user/text", "text": "my number is\n<US_SSN_aaaaaaaaaa>"}
            return {**pending(said["id"]), "groups": [], "model": None, "why": "", "unmaskable": False, "exchange": "x",
                    "tally": ["0 of 1"], "yes": [], "refused": "", "history": [], "excerpts": [text],
                    "reasons": [{"rule": "ask", "says": "it waits"}], **self.changes}  # fmt: skip
        return {"state": self.state}

    @property
    def decided(self) -> list[tuple[str, dict[str, Any]]]:
        return [one for one in self.did if one[0] != "show"]


def lines(screen: Screen, width: int = 80, height: int = 24) -> list[str]:
    return screen.drawn(width, height, 60.0).plain.split("\n")


def seen(gate: Gate, *ids: str, screen: Screen | None = None) -> Screen:
    """A screen that shows the first of these."""
    screen = screen or Screen()
    screen.update([pending(id) for id in ids])
    screen.look(gate)
    lines(screen)
    return screen


def press(screen: Screen, gate: Gate, keys: str) -> bool:
    """Press keys, each on what the screen shows by then; whether it goes on."""
    for key in keys:
        if not screen.press(key, gate):
            return False
        screen.look(gate)
        lines(screen)
    return True


def test_keys_choose_and_decide() -> None:
    gate = Gate()
    screen = seen(gate, "a1", "a2", "a3")
    assert press(screen, gate, "jjjk") and screen.at == "a2"
    assert press(screen, gate, "a") and screen.said == "a2 is approved"
    assert press(screen, gate, "jr too\x7f\x7f\x7fno \r") and screen.said == "a3 is rejected"
    assert gate.decided == [("approve", {"id": "a2"}), ("reject", {"id": "a3", "reason": "no"})]
    assert not press(screen, gate, "q")


def test_as_it_is_takes_two_keys() -> None:
    gate = Gate()
    screen = seen(gate, "a1", "a2")
    press(screen, gate, "w")
    assert screen.said == RAW
    press(screen, gate, "jw")
    assert gate.decided == [], "another one, and once each"
    press(screen, gate, "w")
    assert gate.decided == [("approve", {"id": "a2", "raw": []})]


def test_a_reason_can_be_left() -> None:
    gate = Gate()
    screen = seen(gate, "a1")
    press(screen, gate, "rqa")
    assert screen.reason == "qa" and "qa_" in lines(screen)[-2]
    press(screen, gate, "\x1b")
    assert screen.reason is None and gate.decided == []
    press(screen, gate, "r" + "x" * 600 + "\r")
    assert len(gate.decided[0][1]["reason"]) == 500


def test_a_reason_is_not_for_what_came_in_its_place() -> None:
    gate = Gate()
    screen = seen(gate, "a1")
    press(screen, gate, "rno")
    screen.update([pending("a2")])
    screen.press("\r", gate)
    assert gate.decided == [] and "decided already" in screen.said


def test_what_is_chosen_stays_chosen() -> None:
    gate = Gate()
    screen = seen(gate, "a1", "a2")
    press(screen, gate, "j")
    seen(gate, "a0", "a1", "a2", screen=screen)
    assert screen.at == "a2"
    seen(gate, "a0", screen=screen)
    assert screen.at == "a0"
    screen.update([])
    assert screen.at is None and screen.press("a", gate)


def test_what_is_not_on_the_screen_is_not_decided_on() -> None:
    gate = Gate()
    screen = seen(gate, "a1", "a2")
    for key in "arw":
        screen.update([pending("a2")])
        assert screen.press(key, gate)
        assert "look at this one first" in screen.said
    assert gate.decided == []
    assert press(seen(gate, "a2", screen=screen), gate, "a") and gate.decided == [("approve", {"id": "a2"})]


def test_what_is_drawn() -> None:
    gate = Gate()
    assert lines(Screen())[0] == "nothing waits for approval"
    text = lines(seen(gate, "a1"))
    assert text[0] == "1 waits for approval" and text[-1] == KEYS
    assert text[1].split() == [">", "29m", "alice\ufffd[31m", "openai", "regulated", "US_SSN"]
    assert "user/text  my number is \u21b5 <US_SSN_aaaaaaaaaa>" in text and "because  ask: it waits" in text
    assert not any("\x1b" in line for line in text)


@pytest.mark.parametrize(("width", "height"), [(80, 24), (200, 60), (40, 10), (20, 5), (10, 3)])
@pytest.mark.parametrize("count", [0, 1, 40])
def test_it_fits(width: int, height: int, count: int) -> None:
    long = {"who": "tool/tool_result", "text": "\u65e5\u672c\u8a9e and more " * 300}
    gate = Gate(changes={"excerpts": [long] * 3})
    screen = seen(gate, *(f"a{n}" for n in range(count)))
    press(screen, gate, "j" * 30)
    for _ in range(5):
        shown = lines(screen, width, height)
        assert len(shown) == height and max(map(cell_len, shown)) <= width
        assert shown[-1] in (KEYS, SHORT) or width < len(SHORT)
        assert not count or height < 5 or any(line.startswith("> ") for line in shown)
        screen.press(" ", gate)


def test_pages_come_round() -> None:
    gate = Gate(changes={"excerpts": [{"who": "w", "text": f"{n} " + "x" * 70} for n in range(30)]})
    screen = seen(gate, "a1")
    first = lines(screen)
    assert "--- a1 (1 of 2) " in "\n".join(first)
    press(screen, gate, " ")
    assert lines(screen) != first
    press(screen, gate, " ")
    assert lines(screen) == first


def test_what_the_gate_says_is_said() -> None:
    gate = Gate(state="pending")
    screen = seen(gate, "a1")
    press(screen, gate, "a")
    assert screen.said == "a1 waits for others to agree"
    screen.press("a", Gate(refuses="nobody decides on his own"))
    assert screen.said == "nobody decides on his own"


def test_all_that_there_is_to_know() -> None:
    terms = {"uses": 3, "raw": True, "entities": ["US_SSN"], "until": 7200.0}
    past = {"id": "a0", "state": "rejected", "entities": ["US_SSN"], "destination": "openai"}
    gate = Gate(
        changes={"groups": ["dev"], "model": "m", "why": "a migration", "unmaskable": True, "exchange": None,
                 "terms": terms, "tally": ["1 of 2"], "yes": ["bob"], "refused": "no approver", "history": [past]}
    )  # fmt: skip
    assert [name for name, _ in told(gate("show", id="a1"))] == [
        "who", "to", "says", "because", "note", "asks", "agreed", "you", "user/text", "before"
    ]  # fmt: skip
    assert dict(told(gate("show", id="a1")))["asks"] == "for 2h from the yes, 3 times, US_SSN as it is"


@pytest.mark.parametrize(
    ("seconds", "says"),
    [(-3, "0s"), (0.5, "0s"), (59, "59s"), (60, "1m"), (7199, "119m"), (7200, "2h"), (200_000, "2d")],
)
def test_time_left(seconds: float, says: str) -> None:
    assert left(seconds) == says
