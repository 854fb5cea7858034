from __future__ import annotations

import pytest
from jinja2 import UndefinedError

from hushgate.console.views import PAGES, done, environment, many, moment, plain, stamp
from hushgate.console.visitors import Role


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ({"stopped": 1, "gate": "block", "masked": 2, "enforced": 1}, "stopped"),
        ({"stopped": 0, "gate": "block", "masked": 0, "enforced": 0}, "observed"),
        ({"stopped": 0, "gate": "allow", "masked": 2, "enforced": 1}, "masked"),
        ({"stopped": 0, "gate": "allow", "masked": 2, "enforced": 0}, "passed"),
        ({"stopped": 0, "gate": "allow", "masked": 0, "enforced": 1}, "passed"),
    ],
)
def test_what_became_of_an_exchange(row: dict[str, object], word: str) -> None:
    assert done(row) == word


def test_how_things_are_written() -> None:
    assert (moment(None), stamp(None), stamp(0.0)) == ("–", "", "1970-01-01T00:00:00Z")
    assert [many(n, "value") for n in (0, 1, 2000)] == ["0 values", "1 value", "2,000 values"]
    assert [plain(text) for text in (None, "", "a\u202eb\x1b", "a\nb", 7)] == ["–", "–", "a\ufffdb\ufffd", "a\nb", "7"]


def test_templates_escape_and_miss_nothing() -> None:
    made = environment()
    assert made.from_string("{{ x }}").render(x="<i>") == "&lt;i&gt;"
    with pytest.raises(UndefinedError):
        made.from_string("{{ missing }}").render()


def test_the_menu_has_a_way_to_see_everything() -> None:
    assert {role for _, _, role in PAGES} == {Role.DEVELOPER, Role.AUDITOR, Role.ADMIN}
