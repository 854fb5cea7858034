"""The live view, without a terminal: keys in, screens out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from rich.console import Console

from hushgate.cli.control import Control
from hushgate.cli.watch import KEYS, Screen
from hushgate.errors import Refused


def pending(id: str) -> dict[str, Any]:
    return {"id": id, "at": 0.0, "actor": "alice\x1b[31m", "destination": "openai", "level": "regulated",
            "entities": ["US_SSN"], "reasons": [],
            "state": "pending", "expires_at": 9.0, "decided_by": None}  # fmt: skip


@dataclass
class Gate:
    did: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refuses: str = ""

    def __call__(self, do: str, **said: Any) -> Any:
        self.did.append((do, said))
        if self.refuses:
            raise Refused(self.refuses)
        if do == "show":
            text = {"who": "user/text", "text": "my number is <US_SSN_aaaaaaaaaa>"}
            return {"id": said["id"], "reasons": [{"rule": "ask", "says": "it waits"}], "excerpts": [text]}
        return None


def shown(screen: Screen) -> str:
    console = Console(width=120)
    with console.capture() as said:
        console.print(screen.drawn())
    return said.get()


def look(screen: Screen, gate: Gate) -> None:
    screen.look(cast(Control, gate))
    shown(screen)


def test_keys_choose_and_decide() -> None:
    screen, gate = Screen(), Gate()
    ask = cast(Control, gate)
    screen.update([pending("a1"), pending("a2"), pending("a3")])
    for key in "jjjk":
        assert screen.press(key, ask)
    assert screen.at == "a2"
    look(screen, gate)
    assert screen.press("a", ask) and screen.press("j", ask)
    look(screen, gate)
    assert screen.press("r", ask)
    assert [one for one in gate.did if one[0] != "show"] == [
        ("approve", {"id": "a2"}), ("reject", {"id": "a3", "reason": ""})
    ]  # fmt: skip
    assert screen.said == "a3 is rejected"
    assert not screen.press("q", ask)


def test_what_is_chosen_stays_chosen() -> None:
    screen = Screen()
    screen.update([pending("a1"), pending("a2")])
    screen.press("j", cast(Control, Gate()))
    screen.update([pending("a0"), pending("a1"), pending("a2")])
    assert screen.at == "a2"
    screen.update([pending("a0")])
    assert screen.at == "a0"
    screen.update([])
    assert screen.at is None and screen.press("a", cast(Control, Gate()))


def test_what_is_not_on_the_screen_is_not_decided_on() -> None:
    screen, gate = Screen(), Gate()
    screen.update([pending("a1"), pending("a2")])
    look(screen, gate)
    screen.update([pending("a2")])
    for key in "ar":
        assert screen.press(key, cast(Control, gate))
    assert "look at this one first" in screen.said and gate.did == [("show", {"id": "a1"})]
    look(screen, gate)
    assert screen.press("a", cast(Control, gate)) and gate.did[-1] == ("approve", {"id": "a2"})


def test_what_is_drawn() -> None:
    screen, gate = Screen(), Gate()
    assert "0 wait" in shown(screen)
    screen.update([pending("a1")])
    screen.look(cast(Control, gate))
    screen.look(cast(Control, gate))
    assert len(gate.did) == 1, "it is asked for once"
    text = shown(screen)
    assert "US_SSN" in text and "my number is <US_SSN_aaaaaaaaaa>" in text and "it waits" in text and KEYS in text
    assert "\x1b[31m" not in text


def test_a_refusal_is_said() -> None:
    screen = Screen()
    screen.update([pending("a1")])
    look(screen, Gate())
    assert screen.press("a", cast(Control, Gate(refuses="nobody decides on his own")))
    assert screen.said == "nobody decides on his own"
