"""What people come to a gate for beside the traffic: its control socket, word of what waits, and what has its time."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Final

from hushgate.app import App
from hushgate.control import NAME, Control
from hushgate.errors import LedgerError, StateError
from hushgate.notifying import open_notifier
from hushgate.proxy.names import Names

EXPIRE_SECONDS: Final = 1.0
"""How often approvals are looked at that may have run out."""

USES_SECONDS: Final = 30.0
"""How often it is written down which tokens were used."""


class Reception:
    """Serves the approvals of one gate; `names` mask what people write. ConfigError where approvers cannot be told.

    A gate that plays a session `tells` nobody.
    """

    def __init__(self, app: App, names: Names, *, tells: bool = True) -> None:
        self._app = app
        app.desk.clean = names.free_text
        self._control = Control(app.desk, app.users.person, app.state.path / NAME)
        self._notifier = open_notifier(app) if tells else None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> Path:
        """Open the control socket, tell approvers, end approvals that run out, note uses of tokens; where it is."""
        if self._notifier is not None:
            self._notifier.start()
            self._app.desk.book.hears = self._notifier.hear
        self._tasks = [asyncio.create_task(self._expire()), asyncio.create_task(self._note_uses())]
        return await self._control.start()

    async def stop(self) -> None:
        """Let go of everything."""
        self.leave()
        await self._save_uses()

    def leave(self) -> None:
        """Hear nobody any more, at once."""
        for task in self._tasks:
            task.cancel()
        self._control.stop()
        if self._notifier is not None:
            self._notifier.stop()

    async def _expire(self) -> None:
        while True:
            with contextlib.suppress(LedgerError):  # The next time it may go on record.
                await self._app.desk.expire()
            await asyncio.sleep(EXPIRE_SECONDS)

    async def _note_uses(self) -> None:
        while True:
            await asyncio.sleep(USES_SECONDS)
            await self._save_uses()

    async def _save_uses(self) -> None:
        """Write down which tokens were used. Never a reason to stop anything."""
        if (uses := self._app.users.uses) is not None:
            with contextlib.suppress(StateError):
                await asyncio.to_thread(uses.save)
