"""A message for Slack's incoming webhooks, in Block Kit: https://docs.slack.dev/reference/block-kit. Pure.

Every text is a `plain_text` object, in which Slack reads no markup, but for `text`, the line that a notification shows.
`&`, `<` and `>` are escaped in all of them, as Slack asks for: `<!channel>` calls nobody, `<URL|words>` is no link.
"""

from __future__ import annotations

from typing import Any, Final

from hushgate.approvals.notify.messages import Message

HEADER: Final = 150
FIELD: Final = 2000
FIELDS: Final = 10
"""Limits of Slack's: characters of a header and a field, and fields of a section."""


def escaped(text: str) -> str:
    """A text in which nothing is a link, a mention or a command."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def payload(message: Message) -> dict[str, Any]:
    """What is sent."""
    blocks: list[dict[str, Any]] = [{"type": "header", "text": _text(message.title, HEADER)}]
    if message.facts:
        fields = [_text(f"{label}: {said}", FIELD) for label, said in message.facts[:FIELDS]]
        blocks.append({"type": "section", "fields": fields})
    if message.link is not None:
        words = "Look and decide" if message.asks else "Look"
        button: dict[str, Any] = {"type": "button", "text": _text(words, 75), "url": message.link, "action_id": "open"}
        blocks.append({"type": "actions", "elements": [button | ({"style": "primary"} if message.asks else {})]})
    elif message.command:
        blocks.append({"type": "context", "elements": [_text(message.command, FIELD)]})
    return {"text": escaped(message.title), "blocks": blocks}


def _text(text: str, most: int) -> dict[str, Any]:
    """At most so many characters once escaped; an escape is not cut in two."""
    shown = escaped(text)
    while len(shown) > most:
        text = text[: len(text) - max(1, (len(shown) - most) // 5)]
        shown = escaped(text) + "\u2026"
    return {"type": "plain_text", "text": shown, "emoji": False}
