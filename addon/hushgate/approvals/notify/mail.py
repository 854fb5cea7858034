"""A message as an e-mail (RFC 5322): plain text and HTML, and headers by which mail programs keep an approval together.

Pure: a message has the same bytes whenever it is made, so that a second try is the same mail. What stands in a header
has no line end: `messages.plain` leaves none, and the e-mail package refuses any.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Final

from hushgate.approvals.notify.channels import Step
from hushgate.approvals.notify.messages import Message

SUBJECT: Final = 150
_NOTE: Final = "The link leads to the console, where an approver logs in and decides. Following it decides nothing."


def mail(message: Message, sender: str, to: tuple[str, ...]) -> EmailMessage:
    """What is sent. `sender` and `to` are plain addresses; ValueError for one that is none."""
    domain = Address(addr_spec=sender).domain
    made = EmailMessage(SMTP)
    made["From"] = Address("hushgate", addr_spec=sender)
    made["To"] = [Address(addr_spec=one) for one in to]
    made["Subject"] = f"[hushgate] {message.title}"[:SUBJECT]
    made["Date"] = format_datetime(datetime.fromtimestamp(int(message.at), UTC))
    made["Message-ID"] = f"<{message.key}@{domain}>"
    if message.approvals and message.step is not Step.WAITING:
        first = f"<{message.approvals[0].id}.{Step.OPENED}.0@{domain}>"
        if made["Message-ID"] != first:
            made["In-Reply-To"] = made["References"] = first
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers this
    made["X-Auto-Response-Suppress"] = "All"
    made.set_content(_text(message))
    made.add_alternative(_html(message), subtype="html")
    return made


def _text(message: Message) -> str:
    lines = [message.title, "", *(f"{label}: {said}" for label, said in message.facts)]
    if message.link is not None:
        lines += ["", message.link, *(["", _NOTE] if message.asks else [])]
    elif message.command:
        lines += ["", message.command]
    return "\n".join(lines) + "\n"


def _html(message: Message) -> str:
    rows = "".join(
        f'<tr><th align="left" valign="top">{escape(label)}</th><td>{escape(said)}</td></tr>'
        for label, said in message.facts
    )
    end = ""
    if message.link is not None:
        words = "Look and decide" if message.asks else "Look"
        note = f"<p>{escape(_NOTE)}</p>" if message.asks else ""
        end = f'<p><a href="{escape(message.link)}">{words}</a></p>{note}'
    elif message.command:
        end = f"<p><code>{escape(message.command)}</code></p>"
    title = escape(message.title)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><p><strong>{title}</strong></p><table>{rows}</table>{end}</body></html>\n"
    )
