"""A request that policy sends to another endpoint: whether it can go there, and in what form.

It goes without what it bore for the first one: that key is nobody else's business. What it says is what was scanned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlsplit

from hushgate.endpoints import Endpoint, Endpoints
from hushgate.errors import ConfigFault, Unroutable
from hushgate.requests.inbound import Inbound, ReadRequest, Written
from hushgate.values import Area, Exchange, Location, Route

_KEPT: Final = frozenset({
    "content-type", "content-encoding", "content-length", "transfer-encoding", "host", "accept", "accept-encoding",
    "user-agent", "anthropic-version", "anthropic-beta",
})  # fmt: skip
"""Headers that say what the request is. Any other may authenticate, or name the account that pays."""
MODEL: Final = Location(Area.BODY, None, ("model",))
"""Where a body says which LLM is asked."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a request goes in place of the host it named. `token` is what it bears there, `model` the LLM that it asks
    for in place of the one it named.
    """

    endpoint: Endpoint
    host: str
    token: str | None = field(default=None, repr=False)
    model: str | None = None


type Destinations = Callable[[str], Destination | None]
"""An endpoint's id to where it is, in force now."""


def destination(endpoints: Endpoints, name: str, environ: Mapping[str, str]) -> Destination | None:
    """An endpoint, by its id, as one that requests are sent to; None where it is none that it can be."""
    end = endpoints.named(name)
    if end is None or end.host is None:
        return None
    token = None if end.token is None else environ.get(end.token.removeprefix("env:"), "")
    return Destination(end, end.host, token)


def wrong(endpoints: Endpoints, named: Iterable[tuple[str, str, int]], environ: Mapping[str, str]) -> list[ConfigFault]:
    """What is wrong with the endpoints that a policy names, each with the file and line that does."""
    faults = []
    for name, file, line in named:
        end = endpoints.named(name)
        if end is None:
            message, hint = f"routes to {name}, and no endpoint is called so", "name the id of one in `endpoints`"
        elif end.host is None:
            message, hint = f"routes to {name}, which has no host but patterns", "give it a host that is written out"
        elif end.token is not None and not environ.get(variable := end.token.removeprefix("env:")):
            message, hint = f"routes to {name}, and {variable} is not set", f"set {variable} where the gate runs"
        else:
            continue
        faults.append(ConfigFault(file, line, message, hint))
    return faults


def there(read: ReadRequest, name: str, destinations: Destinations) -> Route:
    """The route of a request at another endpoint; Unroutable where it cannot go there."""
    to, inbound, route = destinations(name), read.inbound, read.exchange.route
    if to is None:
        raise Unroutable("what is said on a WebSocket stays there, and else no endpoint is called so")
    if to.token == "":
        raise Unroutable("its token is not set")
    if inbound.header("upgrade") is not None:
        raise Unroutable("a WebSocket stays where it was asked for")
    if (inbound.header("authorization") or "").startswith("AWS4") or "X-Amz-Signature=" in inbound.target:
        raise Unroutable("it is signed for AWS")
    if read.follows or read.kept:
        raise Unroutable("it goes on from what the provider keeps")
    path = to.endpoint.path_of(route.format, route.method, route.path)
    if path is None:
        raise Unroutable(f"{name} does not speak {route.format}", hint="name its path under `routes`")
    if path != route.path and _names_model(read):
        raise Unroutable("its path names the LLM, and no path there does")
    end = to.endpoint
    return Route(end.id, end.provider, to.host, path, route.format, route.method, route.model, end.self_hosted)


def sent(out: Written, inbound: Inbound, route: Route, to: Destination) -> Written:
    """What goes out, as it goes there: its path, no query but its own form's, no key but that endpoint's."""
    headers = inbound.headers if out.headers is None else out.headers
    kept = [(name, value) for name, value in headers if name.lower() in _KEPT]
    if to.token is not None:
        kept.append(("authorization", f"Bearer {to.token}"))
        if route.format.startswith("anthropic"):
            kept.append(("x-api-key", to.token))
    target = inbound.target if out.target is None else out.target
    query = urlsplit(target).query
    form = "?alt=sse" if "alt=sse" in query.split("&") else ""
    return replace(out, target=route.path + form, headers=tuple(kept))


def moved(read: ReadRequest, exchange: Exchange, destinations: Destinations) -> tuple[ReadRequest, Destination | None]:
    """A request as the exchange that it has become, and where that is; the request itself where it stays.

    What was judged for another place goes nowhere else: Unroutable.
    """
    if exchange is read.exchange:
        return read, None
    to, model = destinations(exchange.route.endpoint), exchange.route.model
    if to is None:
        raise Unroutable("no endpoint is called so any more")
    other = model if model != read.exchange.route.model else None
    return replace(read, exchange=exchange), replace(to, model=other)


def asks_for(read: ReadRequest, model: str) -> dict[Location, str]:
    """The edit that makes a request ask for another LLM; Unroutable where it is not the body that says which."""
    in_body = isinstance(read.document, dict) and isinstance(read.document.get("model"), str)
    if _names_model(read) or not in_body:
        raise Unroutable("it does not name its LLM in its body, so that another could be named")
    return {MODEL: model}


def _names_model(read: ReadRequest) -> bool:
    return read.inbound.route.model is not None
