"""What is said, and to whom: names alone, on one line, however somebody is called."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hushgate.approvals.grants import Terms
from hushgate.approvals.notify.channels import Channel, Hook, Step
from hushgate.approvals.notify.messages import LONGEST, about, plain, trial, waiting
from hushgate.consent import Quorum
from hushgate.values import Level
from tests.notices import AT, approval

HOOK = Hook("slack", "env:X")


def test_who_asks_for_what_and_until_when() -> None:
    said = about(approval(), Step.OPENED, AT, "https://c.test/link/t")
    assert said.title == "alice waits for approval: EMAIL_ADDRESS to openai"
    assert dict(said.facts) == {
        "Asked by": "alice", "To": "openai", "Found": "EMAIL_ADDRESS", "Level": "confidential", "Rules": "ask-first",
        "Asked at": "2025-10-09 08:53 UTC", "Until": "2025-10-09 09:23 UTC", "Approval": "a1",
    }  # fmt: skip
    assert said.command == "hushgate approvals show a1" and said.asks


def test_what_became_of_it() -> None:
    done = approval(state="rejected", decided_by="bob", decided_at=AT)
    said = about(done, Step.REJECTED, AT)
    assert said.title == "alice, EMAIL_ADDRESS to openai: was rejected by bob" and not said.asks
    assert "Until" not in dict(said.facts)


def test_how_many_have_agreed_where_more_than_one_has_to() -> None:
    said = about(approval(wanted=2, yes=("bob",)), Step.AGREED, AT)
    assert dict(said.facts)["Agreed"] == "bob" and dict(said.facts)["Needs"] == "2 of all approvers" and said.asks
    both = (Quorum(("security",)), Quorum(("legal", "privacy"), 2))
    assert (
        dict(about(approval(quorums=both), Step.OPENED, AT).facts)["Needs"] == "1 of security and 2 of legal, privacy"
    )


def test_asked_beforehand_it_names_what_was_asked_for() -> None:
    terms = Terms("alice", None, "openai", None, ("IBAN_CODE",))
    said = about(approval(exchange=None, findings=(), reasons=(), level="", terms=terms), Step.OPENED, AT)
    assert "IBAN_CODE to openai" in said.title and "Level" not in dict(said.facts)


def test_each_step_has_a_key_of_its_own_that_a_second_try_shares() -> None:
    one = approval()
    keys = [about(a, s, t).key for a, s, t in (
        (one, Step.OPENED, AT), (one, Step.OPENED, AT + 9), (replace(one, yes=("bob",)), Step.AGREED, AT),
        (one, Step.EXPIRED, AT),
    )]  # fmt: skip
    assert keys[0] == keys[1] and len(set(keys)) == 3


def test_many_are_one_message() -> None:
    many = [approval(f"a{n}", actor=f"p{n % 2}", expires_at=AT + n) for n in range(30)]
    said = waiting(many, AT, "key", "https://c.test/approvals")
    assert said.title == "30 requests wait for approval" and dict(said.facts)["Asked by"] == "p0, p1"
    assert len(said.approvals) == 30


def test_no_reason_no_text_and_no_path_goes_out() -> None:
    said = about(approval(why="because of Grace", reason="no, Grace", model="grace-1"), Step.OPENED, AT)
    shown = json.dumps([said.title, said.facts])
    assert "Grace" not in shown and "grace" not in shown and "/messages" not in shown and "print" not in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("alice", "alice"), ("a\r\nBcc: eve@x.test", "a\ufffd\ufffdBcc: eve@x.test"), ("a\u202eb", "a\ufffdb"),
        ("a\u2028b\x00", "a\ufffdb\ufffd"), ("\ud800", "\ufffd"), ("Zoë", "Zoë"),
        ("x" * 500, "x" * (LONGEST - 1) + "\u2026"),
    ],
)  # fmt: skip
def test_names_are_on_one_line(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("channel", "step", "takes"),
    [
        (Channel("s", HOOK), Step.OPENED, True),
        (Channel("s", HOOK), Step.EXPIRED, True),
        (Channel("s", HOOK, ends=False), Step.EXPIRED, False),
        (Channel("s", HOOK, ends=False), Step.AGREED, True),
        (Channel("s", HOOK, Level.CONFIDENTIAL), Step.OPENED, True),
        (Channel("s", HOOK, Level.REGULATED), Step.OPENED, False),
        (Channel("s", HOOK, groups=("dev", "ops")), Step.OPENED, True),
        (Channel("s", HOOK, groups=("ops",)), Step.OPENED, False),
    ],
)  # fmt: skip
def test_a_channel_takes_what_it_is_for(channel: Channel, step: Step, takes: bool) -> None:
    assert channel.takes(approval(), step) is takes


def test_what_has_no_level_is_told_everywhere() -> None:
    assert Channel("s", HOOK, Level.REGULATED).takes(approval(level=""), Step.OPENED)


def test_a_test_says_that_it_is_one() -> None:
    said = trial(AT, "key", None)
    assert "tries" in said.title and not said.asks and not said.approvals
