from __future__ import annotations

import pytest

from hushgate.detect.boundary import bounded
from hushgate.detect.page import Page


@pytest.mark.parametrize(
    ("boundary", "before", "after", "stands"),
    [
        ("word", " ", ".", True),
        ("word", "-", "-", True),
        ("word", "_", " ", False),
        ("word", " ", "é", False),
        ("word", "是", "了", True),
        ("token", " ", "-", False),
        ("digit", "a", "b", True),
        ("digit", "1", "", False),
        ("digit", "", ".5", False),
        ("digit", "", ".00", True),
        ("none", "a", "b", True),
    ],
)
def test_what_may_stand_beside_a_value(boundary: str, before: str, after: str, stands: bool) -> None:
    page = Page([f"{before}123{after}"])
    start, size = len(before.encode()), len(page.data)
    assert bounded(boundary, page, start, start + 3, 0, size) is stands
