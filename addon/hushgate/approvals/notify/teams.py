"""A message for a Microsoft Teams Workflow ("When a Teams webhook request is received"): an Adaptive Card. Pure.

A `TextBlock` and the facts of a `FactSet` are Markdown, and know functions such as `{{DATE(...)}}`. A `TextRun` in a
`RichTextBlock` is neither (https://adaptivecards.io/explorer/TextRun.html), so that no name needs escaping.
"""

from __future__ import annotations

from typing import Any, Final

from hushgate.approvals.notify.messages import Message

CARD: Final = "application/vnd.microsoft.card.adaptive"


def payload(message: Message) -> dict[str, Any]:
    """What is sent."""
    body = [_line({"text": message.title, "weight": "bolder", "size": "medium"})]
    body += [_line({"text": f"{label}: ", "weight": "bolder"}, {"text": said}) for label, said in message.facts]
    actions = []
    if message.link is not None:
        words = "Look and decide" if message.asks else "Look"
        actions = [{"type": "Action.OpenUrl", "title": words, "url": message.link}]
    elif message.command:
        body.append(_line({"text": message.command, "fontType": "monospace"}))
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": body,
        "actions": actions,
    }
    return {"type": "message", "attachments": [{"contentType": CARD, "contentUrl": None, "content": card}]}


def _line(*runs: dict[str, str]) -> dict[str, Any]:
    return {"type": "RichTextBlock", "spacing": "small", "inlines": [{"type": "TextRun", **run} for run in runs]}
