"""The pages. Each handler runs in a thread of the console's own pool, for a visitor whose role fits."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from hushgate.console.charts import Stack, bars, columns, most_common
from hushgate.console.desk import LONGEST_VALUE, Desk, watching
from hushgate.console.views import Views
from hushgate.console.visitors import Visitor
from hushgate.identity import scope
from hushgate.ledger.overview import Overview

DAY: Final = 86400.0
SPANS: Final = {"day": (DAY, 24, "%H:%M"), "week": (7 * DAY, 7, "%a %d"), "month": (30 * DAY, 30, "%d %b")}
"""What is summed up: seconds, how many columns, and how a column is labelled."""

ROWS: Final = 50
SESSION_ROWS: Final = 200
TEXT_CHARACTERS: Final = 20_000
DONE: Final = ("passed", "masked", "stopped", "observed")


class Pages:
    """One method a page."""

    def __init__(self, desk: Desk, views: Views) -> None:
        self._desk = desk
        self._views = views

    def overview(self, request: Request) -> Response:
        """What happened lately: counts, charts, and the latest exchanges, which the script keeps up to date."""
        visitor, span = _visitor(request), _span(request)
        with self._desk.reading() as reader:
            since, drawn = summed(reader, span, visitor.sees)
            rows = reader.latest(ROWS, actor=visitor.sees)
            drawn["totals"] |= reader.totals(since, actor=visitor.sees)
        return self._views.page(request, "overview", span=span, spans=list(SPANS), rows=rows, **drawn)

    def sessions(self, request: Request) -> Response:
        """Sessions, the latest first."""
        with self._desk.reading() as reader:
            rows = reader.sessions(actor=_visitor(request).sees, limit=SESSION_ROWS)
        return self._views.page(request, "sessions", rows=rows, most=SESSION_ROWS)

    def session(self, request: Request) -> Response:
        """A session from its beginning: what was found, what was done, what is kept of the texts."""
        name, visitor = request.path_params["session"], _visitor(request)
        with self._desk.reading() as reader:
            short = reader.of_session(name, SESSION_ROWS, actor=visitor.sees)
            full = [(row, reader.exchange(row["id"])) for row in short]
        if not short:
            return missing(self._views, request, "session")
        kept, why = self._desk.kept(name, visitor.sees)
        texts = {key: told(said) for key, said in kept.items()}
        steps = [(row, x) for row, x in full if x is not None]
        return self._views.page(request, "session", name=name, steps=steps, texts=texts, why=why, most=SESSION_ROWS)

    def exchange(self, request: Request) -> Response:
        """An exchange: the decision, its reasons, what was found, and how much was read."""
        found = self._desk.exchange(request.path_params["exchange"], _visitor(request))
        if found is None:
            return missing(self._views, request, "exchange")
        return self._views.page(request, "exchange", x=found)

    def search(self, request: Request) -> Response:
        """The form of the value search."""
        return self._views.page(request, "search", rows=None, fault="")

    def searched(self, request: Request) -> Response:
        """Where a value travelled. The value comes in the body and is not given back."""
        value = str(request.scope["form"].get("value", "")).strip()
        if not value or len(value) > LONGEST_VALUE:
            fault = "Type the value to look for." if not value else f"A value has {LONGEST_VALUE} characters at most."
            return self._views.page(request, "search", 400, rows=None, fault=fault)
        rows = self._desk.look_up(value, _visitor(request))
        return self._views.page(request, "search", rows=rows, fault="")

    def policy(self, request: Request) -> Response:
        """The rules in force, how often each spoke, and how often those that only watch would have acted."""
        span, rules = _span(request, "month"), self._desk.policy()
        since = time.time() - SPANS[span][0]
        with self._desk.reading() as reader:
            spoke, warned = reader.spoke(since), reader.warned(since)
        return self._views.page(
            request, "policy", rules=rules, spoke=spoke, shadow=watching(warned), warned=warned[:ROWS], span=span,
            spans=list(SPANS),
        )  # fmt: skip

    def coverage(self, request: Request) -> Response:
        """How much was read, what could not be, and where traffic went that nobody reads."""
        span = _span(request, "month")
        since = time.time() - SPANS[span][0]
        with self._desk.reading() as reader:
            read, unread, passed = reader.coverage(since), reader.unread(since), reader.passed_by(since)
        return self._views.page(
            request, "coverage", read=read, unread=unread, passed=passed, span=span, spans=list(SPANS)
        )

    def users(self, request: Request) -> Response:
        """Who may use the gate, until when, and for what."""
        users = self._desk.users()
        limits = {user.name: scope.told([user.scope]) for user in users}
        return self._views.page(request, "users", users=users, limits=limits, now=time.time())

    def health(self, request: Request) -> Response:
        """How the gate is."""
        return self._views.page(request, "health", health=self._desk.health())


def summed(reader: Overview, span: str, actor: str | None) -> tuple[float, dict[str, Any]]:
    """Since when, and two charts with what they show: findings by entity over time, actions by destination.

    `totals` counts the values found and masked: one look at the findings is enough for both.
    """
    seconds, slots, form = SPANS[span]
    width = seconds / slots
    since = time.time() - seconds
    found = reader.entities(since, width, actor=actor)
    names = most_common([(row["entity"], row["n"]) for row in found])
    heights = [[0] * len(names) for _ in range(slots)]
    for row in found:
        series = names.index(row["entity"]) if row["entity"] in names else len(names) - 1
        heights[min(row["slot"], slots - 1)][series] += row["n"]
    labels = [time.strftime(form, time.localtime(since + (n + 1) * width)) for n in range(slots)]
    acted = reader.actions(since, actor=actor)
    where = most_common([(row["destination"], row["n"]) for row in acted], 8)
    counts = {(row["destination"] if row["destination"] in where else "others", row["done"]): 0 for row in acted}
    for row in acted:
        counts[row["destination"] if row["destination"] in where else "others", row["done"]] += row["n"]
    over_time = [Stack(label, parts) for label, parts in zip(labels, heights, strict=True)]
    by_place = [Stack(place, [counts.get((place, done), 0) for done in DONE]) for place in where]
    return since, {
        "totals": {"findings": sum(row["n"] for row in found), "masked": sum(row["masked"] for row in found)},
        "entities": columns(over_time, names, says=f"Findings by entity over the last {span}") if names else None,
        "entity_sums": _sums(names, heights),
        "actions": bars(by_place, DONE, says=f"Actions by destination over the last {span}") if where else None,
        "places": [(stack.label, stack.parts) for stack in by_place],
        "done": DONE,
    }


def told(said: dict[str, Any]) -> dict[str, Any]:
    """A transcript as it is shown: its segments (no text), or its masked text, cut where it is very long."""
    if said.get("mode") == "structure":
        return {"mode": "structure", "segments": said.get("segments", [])[:ROWS], "text": ""}
    inside = next((said[key] for key in ("body", "text", "frames") if said.get(key) is not None), None)
    text = inside if isinstance(inside, str) else json.dumps(inside, indent=2, ensure_ascii=False)
    if inside is None:
        text = str(said.get("left_out", "nothing"))
    cut = len(text) - TEXT_CHARACTERS
    shown = text[:TEXT_CHARACTERS] + (f"\n… {cut} more characters" if cut > 0 else "")
    return {"mode": "masked", "segments": [], "text": shown}


def missing(views: Views, request: Request, what: str) -> Response:
    """There is none, or it is not the visitor's: one answer for both."""
    says = f"There is no such {what} on record, or it is not yours to see."
    return views.page(request, "fault", 404, title="Not found", says=says, hint="Sessions lists what you can open.")


def _visitor(request: Request) -> Visitor:
    visitor: Visitor = request.scope["visitor"]
    return visitor


def _span(request: Request, default: str = "day") -> str:
    asked = request.query_params.get("span", default)
    return asked if asked in SPANS else default


def _sums(names: Sequence[str], heights: Sequence[Sequence[int]]) -> list[tuple[str, int]]:
    return [(name, sum(slot[n] for slot in heights)) for n, name in enumerate(names)]
