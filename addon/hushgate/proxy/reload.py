"""Rules that change while the gate runs: looked at, read whole, and put in force or refused."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hushgate.app import App
from hushgate.errors import ConfigError, ConfigFault, HushgateError
from hushgate.identity.exchange import Exchange
from hushgate.identity.workloads import load_workloads
from hushgate.proxy import ca
from hushgate.proxy.egress import GuardedResolver
from hushgate.proxy.wiring import address_rules
from hushgate.rulebook import Rules, rule_files
from hushgate.settings import Settings

type Stamp = tuple[int, ...]
"""What changes with a file: which one it is, its size, and when it and its entry were changed (nanoseconds)."""
type Stamps = dict[Path, Stamp]

logger = logging.getLogger("hushgate")

WATCH_SECONDS: Final = 0.5
"""How often the rule files are looked at."""
STILL_SECONDS: Final = 0.2
"""How long they have to be as they are before they are read: what is being written is no rule yet, and many changes
are one."""
_LOOKS: Final = 25
"""How often that is waited for."""
_READINGS: Final = 5
"""How often they are read anew because they have changed meanwhile."""


@dataclass(slots=True)
class Reloading:
    """Takes up changed rule files of a running gate, one load after the other."""

    app: App
    authority: ca.Authority
    resolver: GuardedResolver
    seen: Stamps
    """The files as they were before the rules in force were read."""
    in_force: frozenset[Path] = field(init=False)
    jobs: Jobs | None = field(init=False)
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.in_force = frozenset(stamps(self.app.settings))
        self.jobs = Jobs.of(self.app)

    def ask(self) -> None:
        """Read the rules again, soon."""
        self._wanted.set()

    async def watch(self) -> None:
        """Reload when a rule file is not as it was seen, and when asked to. Never ends by itself.

        A file that goes takes rules away: that is done only when asked for.
        """
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), WATCH_SECONDS)
            asked = self._wanted.is_set()
            self._wanted.clear()
            now = await _seen(self.app.settings)
            if self.jobs is not None:
                await self.jobs.look(asked=asked)
            if now == self.seen and not asked:
                continue
            if not asked:
                now = await self._still(now)
            self.seen = now  # As before the load: what changes during it is loaded next.
            gone = self.in_force - now.keys()
            if gone and not asked:
                names = ", ".join(sorted(map(str, gone)))
                logger.error(
                    "%s is gone, its rules stay in force.\nhint: SIGHUP or a restart goes on without it", names
                )
            else:
                await self._reload()

    async def _still(self, now: Stamps) -> Stamps:
        """The files once nobody writes them."""
        for _ in range(_LOOKS):
            await asyncio.sleep(STILL_SECONDS)
            before, now = now, await _seen(self.app.settings)
            if now == before:
                break
        return now

    async def _reload(self) -> None:
        """Put new rules in force, all or none; the old ones stay where the new ones cannot be used."""
        try:
            settings, waiting, fresh, now = await self._read()
            if faults := ca.uncovered(self.authority, fresh.endpoints.intercepted()):
                raise ConfigError(faults)
            changed = await self.app.use(fresh)
            self.app.settings = settings
        except HushgateError as error:
            logger.error("the changed rules are refused, the old ones stay in force:\n%s", error)
            return
        except Exception as failure:  # its text may quote what nobody may see
            logger.error("the changed rules are refused, the old ones stay in force: %s", type(failure).__name__)
            return
        self.resolver.rules = address_rules(self.app)
        self.seen, self.in_force = now, frozenset(now)
        state = "changed rules are in force" if changed else "rules say what they said before"
        print(f"hushgate: the {state}", file=sys.stderr, flush=True)
        if waiting:
            logger.warning("these changed settings wait for a restart: %s", ", ".join(waiting))

    async def _read(self) -> tuple[Settings, list[str], Rules, Stamps]:
        """Settings, those that wait for a restart, and rules, from files that did not change while they were read."""
        for _ in range(_READINGS):
            settings, waiting = await asyncio.to_thread(self.app.reread)
            now = await _seen(settings)
            fresh = await asyncio.to_thread(Rules.load, settings)
            then = await _seen(settings)
            if now == then:
                return settings, waiting, fresh, now
            await asyncio.sleep(STILL_SECONDS)
        changing = sorted({path for path, _ in now.items() ^ then.items()})
        why, hint = "changes while it is read", "write such a file elsewhere, and move it here when it is whole"
        raise ConfigError([ConfigFault(str(path), 0, why, hint) for path in changing])


@dataclass(slots=True)
class Jobs:
    """Takes up a changed file of workloads: the new rules, all of them, or the old ones."""

    exchange: Exchange
    file: Path
    seen: Stamp | None

    @classmethod
    def of(cls, app: App) -> Jobs | None:
        """None where the gate takes no CI job's token. A path that changes waits for a restart, as settings do."""
        file = app.settings.workloads
        return None if app.exchange is None or file is None else cls(app.exchange, file, _stamp(file))

    async def look(self, *, asked: bool) -> None:
        """Read the file again where it is not as it was seen, or this is `asked`."""
        now = _stamp(self.file)
        if now == self.seen and not asked:
            return
        self.seen = now
        try:
            rules = await asyncio.to_thread(load_workloads, self.file)
        except (HushgateError, OSError) as error:
            logger.error("the changed workloads are refused, the old ones stay in force:\n%s", error)
            return
        if self.exchange.use(rules):
            print("hushgate: the changed workloads are in force", file=sys.stderr, flush=True)


def _stamp(path: Path) -> Stamp | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


async def _seen(settings: Settings) -> Stamps:
    """Looked at beside the loop: a folder may lie on another machine."""
    return await asyncio.to_thread(stamps, settings)


def stamps(settings: Settings) -> Stamps:
    """The files that the rules would be read from now."""
    found: Stamps = {}
    for path in rule_files(settings):
        if (stamp := _stamp(path)) is not None:
            found[path] = stamp
    return found
