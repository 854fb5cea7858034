"""Google's Live API as the `socket` of the provider double: what the user said last comes back, in pieces.

As Google does it: JSON in binary messages, in camel case whatever the client writes, and each turn's end told.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.doubles.chat import cut
from tests.doubles.socket import Socket

CHUNK = 9
PAUSE = 0.045
"""Seconds between two pieces."""


async def live(socket: Socket) -> None:
    """One connection, from its setup on."""
    await socket.accept()
    async for message in socket.messages():
        asked: dict[str, Any] = json.loads(message)
        if "setup" in asked:
            await _say(socket, {"setupComplete": {}})
            continue
        turns = (asked.get("client_content") or asked["clientContent"])["turns"]
        for piece in cut("".join(part["text"] for part in turns[-1]["parts"]), CHUNK):
            await _say(socket, {"serverContent": {"modelTurn": {"parts": [{"text": piece}]}}})
            await asyncio.sleep(PAUSE)
        await _say(socket, {"serverContent": {"turnComplete": True}, "usageMetadata": {"totalTokenCount": 2}})


async def _say(socket: Socket, document: object) -> None:
    await socket.say(json.dumps(document, ensure_ascii=False).encode())
