"""The examples of the documentation do what it says they do: run in one shell, in front of the provider double."""

from __future__ import annotations

import pytest

from scripts import examples

PAGE = examples.ROOT / "docs" / "cli.md"


@pytest.mark.e2e
@pytest.mark.slow
def test_examples_print_what_the_page_says() -> None:
    with examples.stage() as shell:
        played = list(examples.played(PAGE.read_text("utf-8"), shell))
    assert len(played) > 20
    other = [(line, before, now) for line, before, now in played if not examples.same(before, now)]
    assert other == [], "if that is meant: .venv/bin/python scripts/examples.py"


def test_what_varies_is_equal_and_nothing_else() -> None:
    page = (
        "exchange xagrbqrwqrroldtpkyxoq to 127.0.0.1:8888 at 2026-01-02 03:04:05, <EMAIL_ADDRESS_k7f2qd3mxa>, 3 masked"
    )
    fresh = (
        "exchange xbbbbqrwqrroldtpkyxoq to 127.0.0.1:1234 at 2027-02-03 04:05:06, <EMAIL_ADDRESS_aaaaaaaaaa>, 3 masked"
    )
    assert examples.same(page, fresh)
    assert not examples.same(page, fresh.replace("3 masked", "4 masked"))
    assert not examples.same(page, fresh.replace("EMAIL_ADDRESS", "PERSON"))
