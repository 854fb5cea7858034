"""A message in each channel's form; nothing in a name is markup in any of them."""

from __future__ import annotations

import json
from email import message_from_bytes, policy
from typing import Any

import pytest

from hushgate.approvals.notify import generic, mail, slack, teams
from hushgate.approvals.notify.channels import Step
from hushgate.approvals.notify.messages import Message, about, waiting
from tests.notices import AT, approval

LINK = "https://console.test/link/a1.0.1.seal"
NASTY = "<!channel> <https://x.test|me> & *b* _i_ [l](https://x.test) {{DATE(1)}} </table><script>"
OPENED = about(approval(), Step.OPENED, AT, LINK)


def texts(said: Any) -> list[str]:
    """Every string in a payload."""
    if isinstance(said, dict):
        return [text for each in said.values() for text in texts(each)]
    if isinstance(said, list):
        return [text for each in said for text in texts(each)]
    return [said] if isinstance(said, str) else []


def nasty() -> Message:
    return about(approval(actor=NASTY, destination=NASTY), Step.OPENED, AT, LINK)


def test_slack_has_blocks_and_a_button() -> None:
    said = slack.payload(OPENED)
    assert said["text"] == OPENED.title
    header, section, actions = said["blocks"]
    assert header["type"] == "header" and section["type"] == "section" and actions["type"] == "actions"
    assert {"type": "plain_text", "text": "Asked by: alice", "emoji": False} in section["fields"]
    assert len(section["fields"]) <= slack.FIELDS
    (button,) = actions["elements"]
    assert button["url"] == LINK and button["style"] == "primary"


def test_slack_reads_no_markup() -> None:
    said = slack.payload(nasty())
    assert all("<" not in text and ">" not in text for text in texts(said))
    assert "mrkdwn" not in json.dumps(said)
    assert len(said["blocks"][0]["text"]["text"]) <= slack.HEADER


@pytest.mark.parametrize("text", ["&" * 400, "<&" * 200, "a" * 149 + "&"])
def test_slack_cuts_no_escape_in_two(text: str) -> None:
    shown = slack.payload(Message("k", Step.OPENED, AT, text))["blocks"][0]["text"]["text"]
    assert len(shown) <= slack.HEADER
    assert "&" not in shown.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")


def test_without_a_console_the_command_is_named() -> None:
    said = about(approval(), Step.OPENED, AT)
    for payload in (slack.payload(said), teams.payload(said), generic.payload(said)):
        assert "hushgate approvals show a1" in texts(payload) and "http" not in json.dumps(payload).replace(
            "http://adaptivecards.io", ""
        )
    shown = mail.mail(said, "gate@acme.test", ("bob@acme.test",)).as_string()
    assert "hushgate approvals show a1" in shown and "http" not in shown


def test_teams_has_a_card_that_opens_the_link() -> None:
    said = teams.payload(OPENED)
    assert said["type"] == "message"
    (attachment,) = said["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": "Look and decide", "url": LINK}]
    assert "alice" in texts(card["body"])


def test_teams_has_names_only_where_there_is_no_markdown() -> None:
    card = teams.payload(nasty())["attachments"][0]["content"]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert {run["type"] for block in card["body"] for run in block["inlines"]} == {"TextRun"}


def test_generic_is_told_in_a_form_with_a_version() -> None:
    said = generic.payload(OPENED)
    assert (said["type"], said["version"], said["timestamp"]) == ("approval.opened", 1, "2025-10-09T08:53:20Z")
    assert said["data"]["link"] == LINK
    assert said["data"]["approval"] == {
        "id": "a1", "state": "pending", "actor": "alice", "destination": "openai", "level": "confidential",
        "entities": ["EMAIL_ADDRESS"], "rules": ["ask-first"], "exchange": "x1", "asked_at": "2025-10-09T08:53:20Z",
        "expires_at": "2025-10-09T09:23:20Z", "needs": [{"approvers": 1, "groups": []}], "agreed": [],
        "decided_by": None,
    }  # fmt: skip


def test_generic_counts_where_there_are_many() -> None:
    said = generic.payload(waiting([approval(f"a{n}") for n in range(500)], AT, "k", LINK))
    assert said["type"] == "approvals.waiting" and said["data"]["count"] == 500
    assert len(said["data"]["approvals"]) == 20


def test_a_mail_has_two_forms_and_keeps_an_approval_together() -> None:
    first = mail.mail(OPENED, "gate@acme.test", ("bob@acme.test", "carol@acme.test"))
    assert first["Message-ID"] == "<a1.opened.0@acme.test>" and first["In-Reply-To"] is None
    assert first["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in first.walk()][1:] == ["text/plain", "text/html"]
    assert all(LINK in part.get_content() for part in list(first.walk())[1:])
    done = approval(state="approved", yes=("bob",), decided_by="bob")
    then = mail.mail(about(done, Step.APPROVED, AT), "gate@acme.test", ("bob@acme.test",))
    assert then["In-Reply-To"] == then["References"] == "<a1.opened.0@acme.test>"
    assert then["Message-ID"] == "<a1.approved.1@acme.test>"


def test_a_mail_is_the_same_at_a_second_try() -> None:
    one, two = (mail.mail(OPENED, "gate@acme.test", ("bob@acme.test",)) for _ in range(2))
    assert one["Message-ID"] == two["Message-ID"] and one["Date"] == two["Date"]


@pytest.mark.parametrize("actor", ["eve\r\nBcc: all@x.test", "eve\nBcc: all@x.test", "eve\rBcc: x", "eve\u2028Bcc: x"])
def test_nobody_writes_headers_of_a_mail(actor: str) -> None:
    made = mail.mail(about(approval(actor=actor), Step.OPENED, AT), "gate@acme.test", ("bob@acme.test",))
    read = message_from_bytes(made.as_bytes(), policy=policy.default)
    assert read["Bcc"] is None and "Bcc: " in read["Subject"]


def test_nothing_in_a_mail_is_markup() -> None:
    html = list(mail.mail(nasty(), "gate@acme.test", ("bob@acme.test",)).walk())[2].get_content()
    assert "<script>" not in html and "&lt;script&gt;" in html and html.count("</table>") == 1


def test_a_link_that_is_no_markup_either() -> None:
    said = about(approval(), Step.OPENED, AT, 'https://c.test/"><b>')
    html = list(mail.mail(said, "gate@acme.test", ("bob@acme.test",)).walk())[2].get_content()
    assert "<b>" not in html
