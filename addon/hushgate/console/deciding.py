"""The pages where people decide: what waits, one approval, and grants. The gate's desk says who may do what."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hushgate.console.cards import agreed, card, covers, pieces, votes, wish
from hushgate.console.counter import Counter
from hushgate.console.views import Views
from hushgate.console.visitors import Role, Visitor
from hushgate.console.waiting import MOST_CARDS
from hushgate.errors import Unfit

LATEST: Final = 30
"""Decided approvals that the list shows."""

SPANS: Final = ((1800, "30 minutes"), (7200, "2 hours"), (86400, "a day"), (7 * 86400, "a week"))
"""How long a grant lasts: seconds, and their words."""


class Deciding:
    """One method a page or form."""

    def __init__(self, counter: Counter, views: Views) -> None:
        self._counter = counter
        self._views = views

    def listed(self, request: Request) -> Response:
        """What waits, as cards that the script keeps up to date, and what was decided lately."""
        visitor = _visitor(request)
        pending = self._counter.pending(visitor)
        places = self._counter.desk.stands_for(visitor.person)
        over = [one for one in self._counter.do(visitor, "list") if one["state"] != "pending"]
        return self._views.page(
            request, "approvals", cards=[card(one, visitor.person, places) for one in pending[:MOST_CARDS]],
            more=max(0, len(pending) - MOST_CARDS), most=MOST_CARDS, over=over[: -LATEST - 1 : -1],
            decides=visitor.may(Role.DECIDING),
        )  # fmt: skip

    def one(self, request: Request) -> Response:
        """An approval: what an approver has to know, and the forms to decide with. A link goes along with those."""
        if (link := request.query_params.get("link")) is not None:
            self._counter.follow(link)
        return self._page(request, self._counter.do(_visitor(request), "show", id=request.path_params["approval"]))

    def followed(self, request: Request) -> Response:
        """A notification's link leads to its approval, and changes nothing: anybody's program may follow links."""
        link = request.path_params["token"]
        return RedirectResponse(f"/approvals/{self._counter.follow(link)}?{urlencode({'link': link})}", 303)

    def approved(self, request: Request) -> Response:
        """Say yes, on the terms of the form."""
        try:
            terms = wish(request.scope["form"])
        except ValueError:
            raise Unfit("a number in the form is none", hint="whole numbers, from 1 on") from None
        return self._done(request, "approve", **terms)

    def rejected(self, request: Request) -> Response:
        """Say no, with the reason of the form."""
        return self._done(request, "reject", reason=request.scope["form"].get("reason", ""))

    def revealed(self, request: Request) -> Response:
        """A value, this once: it is on record before it is in the answer, and nowhere afterwards."""
        visitor, id = _visitor(request), request.path_params["approval"]
        number = request.scope["form"].get("finding", "")
        if not (number.isascii() and number.isdigit() and len(number) < 6):
            raise Unfit("there is no such finding", hint="the page numbers them")
        value = self._counter.do(visitor, "reveal", id=id, finding=int(number))
        return self._page(request, self._counter.do(visitor, "show", id=id), {int(number): value})

    def grants(self, request: Request) -> Response:
        """What was granted and can still be used."""
        found = self._counter.do(_visitor(request), "grants")
        rows = [{**one, "covers": covers(one)} for one in reversed(found)]
        return self._views.page(request, "grants", rows=rows)

    def revoked(self, request: Request) -> Response:
        """Take a grant back."""
        self._counter.do(_visitor(request), "revoke", id=request.path_params["grant"])
        return RedirectResponse("/grants", 303)

    def _done(self, request: Request, what: str, **said: Any) -> Response:
        id = request.path_params["approval"]
        self._counter.do(_visitor(request), what, id=id, link=request.scope["form"].get("link"), **said)
        return RedirectResponse(f"/approvals/{id}", 303)

    def _page(self, request: Request, said: dict[str, Any], values: dict[int, str] | None = None) -> Response:
        visitor = _visitor(request)
        terms = said["terms"]
        # Asked beforehand, a grant's end is counted from the yes, so it says a span until then.
        given = said["state"] == "approved" or (said["yes"] and said["exchange"])
        return self._views.page(
            request, "approval", a=said, spans=SPANS, values=values or {}, covers=covers(terms),
            texts=[{**one, "pieces": pieces(one["text"])} for one in said["excerpts"]],
            agreed=agreed(said) if said["yes"] else None, votes=votes(said["yes"], said["tally"]),
            may=said["state"] == "pending" and not said["refused"] and visitor.may(Role.DECIDING),
            reveals=visitor.may(Role.REVEALER) and said["waiting"] > 0 and said["state"] == "pending",
            until=terms["until"] if given else None,
            link=request.query_params.get("link") or request.scope.get("form", {}).get("link", ""),
        )  # fmt: skip


def _visitor(request: Request) -> Visitor:
    visitor: Visitor = request.scope["visitor"]
    return visitor
