"""The composition root: reads files, wires objects. The only place that names concrete parts."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import time
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from weakref import WeakSet

import hushgate
from hushgate import holding
from hushgate.approvals import desk
from hushgate.approvals.book import Book
from hushgate.approvals.desk import Desk
from hushgate.approvals.notify.links import Links
from hushgate.approvals.signatures import Signer as ApprovalSigner
from hushgate.detect.documents import Documents
from hushgate.detect.engine import Engine, open_engine
from hushgate.detect.pool import REPAIR
from hushgate.detect.reading.picture import lacking
from hushgate.detect.worker_process import Broken
from hushgate.doorkeeper import Doorkeeper
from hushgate.errors import ConfigError, ConfigFault, StateError
from hushgate.identity.exchange import Exchange, open_exchange
from hushgate.identity.tickets import TicketBook
from hushgate.identity.uses import Uses
from hushgate.keys import Keys
from hushgate.ledger.query import Reader as LedgerReader
from hushgate.ledger.sqlite import SqliteLedger
from hushgate.pipeline import Pipeline
from hushgate.requests.aws import Wallet
from hushgate.requests.inbound import Reader
from hushgate.requests.signing import Signer
from hushgate.rulebook import Rules
from hushgate.settings import Settings, changed, load_settings
from hushgate.state import State
from hushgate.transform.placeholders import Placeholders
from hushgate.users import UserBook

logger = logging.getLogger("hushgate")

TAKEN_UP: Final = ("rules", "catalog", "endpoints", "policy")
"""The settings that a running gate takes up; all others wait for a restart."""

RETIRE_SECONDS: Final = 10.0
"""How long workers of earlier rules stay, for requests that came before the change; then each is there for a job."""


@dataclass(slots=True)
class App:
    """A wired gate, without its proxy. `rules` change whole on a reload."""

    settings: Settings
    state: State
    keys: Keys
    ledger: SqliteLedger
    rules: Rules
    engine: Engine
    documents: Documents
    pipeline: Pipeline
    users: Doorkeeper
    desk: Desk
    exchange: Exchange | None
    as_read: Settings
    """What the file and the environment said at the start, without flags."""
    _farewell: asyncio.TimerHandle | None = None
    _leaving: WeakSet[Engine] = field(default_factory=WeakSet)
    """Those that are no more in force, and that exchanges may be under way with."""

    @classmethod
    def open(cls, settings: Settings, *, environ: Mapping[str, str] = os.environ) -> App:
        """Read everything and wire it; ConfigError, StateError or LedgerError if any of it cannot be used."""
        rules = Rules.load(settings)
        ocr = reads_images(settings)
        as_read = settings if settings.file is None else load_settings(settings.file, environ, {})
        state = State.open(settings.state)
        keys = Keys.load_or_create(state.path, settings.keys, environ=environ)
        tokens, ca = keys.derive("tokens"), settings.egress.upstream_ca
        exchange = open_exchange(settings.workloads, state.tickets, tokens, ca)
        door = Doorkeeper(
            UserBook(state.users, tokens, TicketBook(state.tickets, tokens)),
            state.users,
            always=exchange is not None or settings.clients.ca is not None or not settings.listens_on_loopback,
            uses=Uses(state.uses),
            names=settings.clients.names,
        )
        ledger = SqliteLedger.open(
            state.ledger,
            signing_seed=keys.derive("checkpoints"),
            transcript_key=keys.derive("transcripts"),
            key_id=keys.key_id,
            transcripts=settings.transcripts,
            about={"release": hushgate.__version__, "policy": rules.policy.revision},
        )
        engine = make_engine(settings, rules, keys)
        documents = Documents(ocr=ocr)
        approvals = open_desk(settings, keys, ledger, door, state.ledger)
        pipeline = Pipeline(
            reader=Reader(keys.derive("cache"), settings.limits.decoded_bytes, settings.limits.segments, ocr),
            detector=engine,
            ledger=ledger,
            rules=rules.policy,
            placeholders=Placeholders(keys.derive("placeholders")),
            documents=documents,
            enforce=settings.enforce,
            transcripts=settings.transcripts,
            strict_replies=settings.replies == "strict",
            most_findings=settings.limits.findings,
            signer=Signer(Wallet(settings.aws.profiles), settings.aws.resign),
            destinations=rules.destination,
            approvals=approvals,
        )
        approvals.asks = lambda entities: holding.quorums(pipeline.rules, entities)
        return cls(
            settings, state, keys, ledger, rules, engine, documents, pipeline, door, approvals, exchange, as_read
        )

    def reread(self) -> tuple[Settings, list[str]]:
        """The settings with what of their file is taken up now, and which others have changed and wait for a restart.

        ConfigError if the file cannot be used any more.
        """
        if self.settings.file is None:
            return self.settings, []
        now = load_settings(self.settings.file, os.environ, {})
        waiting = [name for name in changed(self.as_read, now) if name not in TAKEN_UP]
        taken = {name: getattr(now, name) for name in TAKEN_UP}
        return replace(self.settings, **taken), waiting

    async def use(self, fresh: Rules) -> bool:
        """Put other rules in force; False where they say what is in force already, and nothing is replaced.

        ConfigError, StateError where they cannot be used. Exchanges under way end under the rules they began with.
        """
        intact = self.engine.intact
        if fresh.says == self.rules.says and intact:
            return False
        engine = self.engine
        if (fresh.detect, fresh.catalog) != (self.rules.detect, self.rules.catalog) or not intact:
            engine = await self._engine(fresh)
        self._switch(fresh, engine)
        self.ledger.append_soon(
            "config-changed",
            {
                "at": time.time(),
                "policy": fresh.policy.revision,
                "detect": self.engine.revision,
                "endpoints": fresh.endpoints.revision,
            },
        )
        return True

    async def _engine(self, fresh: Rules) -> Engine:
        """The engine of other rules, able to do all that the one in force does."""
        engine = await asyncio.to_thread(make_engine, self.settings, fresh, self.keys)
        try:
            await engine.take_over()
        except BaseException as why:
            await engine.close()
            if isinstance(why, Broken):
                raise StateError(f"a detection worker cannot be set up with them: {why}", hint=REPAIR) from None
            raise
        return engine

    def _switch(self, fresh: Rules, engine: Engine) -> None:
        """All at once: an exchange begins under the old ones or the new ones."""
        self.rules, self.pipeline.rules, self.pipeline.destinations = fresh, fresh.policy, fresh.destination
        if engine is self.engine:
            return
        for earlier in self._leaving:
            earlier.let_go()
        if self._farewell is not None:
            self._farewell.cancel()  # it would hold the earlier one
        self._leaving.add(self.engine)
        self._farewell = asyncio.get_running_loop().call_later(RETIRE_SECONDS, self.engine.let_go)
        self.engine = self.pipeline.detector = engine

    async def close(self) -> None:
        """End the workers, then the record."""
        await self.documents.close()
        for engine in (self.engine, *self._leaving):
            await engine.close()
        await self.ledger.aclose()


def open_desk(settings: Settings, keys: Keys, ledger: SqliteLedger, door: Doorkeeper, place: Path) -> Desk:
    """Where held requests are decided on, with what an earlier gate left pending or granted."""
    content, seed = keys.derive("approvals"), keys.derive("approvals", 64)[32:]
    book = Book(ledger, ApprovalSigner(seed), links=Links(keys.derive("links")))
    with LedgerReader(place) as reader:
        forged = book.restore(reader.approvals(), reader.grants(time.time()), reader.deputies())
    if forged:
        logger.warning("approvals and grants not signed by this gate are left out: %d\nhint: hushgate verify", forged)
    given = settings.approvals
    rules = desk.Rules(given.hold_seconds, given.expire_minutes * 60, given.minimum, given.groups)
    return Desk(book, door, rules, time.time, named_id, content)


def make_engine(settings: Settings, rules: Rules, keys: Keys) -> Engine:
    """The detection engine that the settings ask for; ConfigError where a file of the catalog cannot be used."""
    return open_engine(
        rules.detect,
        fingerprint_key=keys.derive("fingerprints"),
        cache_key=keys.derive("cache"),
        ner=settings.detect.ner,
        languages=settings.detect.languages,
        recognizers=settings.detect.recognizers,
        deadline=settings.detect.deadline_ms / 1000,
        catalog=replace(rules.catalog, key=keys.derive("catalog")) if rules.catalog.files else None,
    )


def reads_images(settings: Settings) -> bool:
    """Whether texts in images are read; ConfigError where they should be and what reads them is not installed."""
    if settings.detect.ocr == "off":
        return False
    if (hint := lacking()) is not None:
        where = str(settings.file or "detect.ocr")
        raise ConfigError([ConfigFault(where, 0, "detect.ocr: what reads images is not installed", hint)])
    return True


async def probe_worker(engine: Engine) -> float:
    """Set a detection worker up as the gate would; the seconds that took. StateError where it cannot be."""
    try:
        return await engine.probe()
    except Broken as why:
        raise StateError(f"a worker cannot be set up: {why}", hint=REPAIR) from None


def new_id() -> str:
    """An exchange's id."""
    return named_id("x")


def named_id(kind: str) -> str:
    """An id behind a letter: sorts by time (48 bits of milliseconds), 48 random bits; 20 characters of base32."""
    stamp = int(time.time() * 1000).to_bytes(6, "big") + secrets.token_bytes(6)
    return kind + b32encode(stamp).decode("ascii").rstrip("=").lower()
