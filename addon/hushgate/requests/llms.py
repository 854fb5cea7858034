"""Every LLM that a request names, wherever a provider may take it from.

Azure takes the path's and lets the body say what it likes, a WebSocket's stands in its query, and an aggregator goes
on to others where the first does not answer (`models` and `fallbacks`; `tools` that draw have one of their own).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from hushgate.errors import Malformed, OutOfScope
from hushgate.identity.scope import lets_model, told

if TYPE_CHECKING:
    from hushgate.requests.inbound import Inbound

_IN_QUERY: Final = frozenset({"model", "deployment"})
_LISTS: Final = ("models", "fallbacks", "tools")


def named(inbound: Inbound, document: object, model: str | None) -> tuple[str, ...]:
    """Every LLM, once: of the path, the body, the query, and of lists in the body.

    `model` is the one that the body names, as its dialect reads it.
    """
    return tuple(dict.fromkeys(_named(inbound, document, model)))


def check_llms(inbound: Inbound, names: Collection[str]) -> None:
    """OutOfScope where the token of who asks is for other LLMs. A look at a list, that names none, is fine."""
    scopes = inbound.actor.scopes
    if all(scope.models is None for scope in scopes):
        return
    looks = not inbound.body and inbound.route.method in ("GET", "HEAD") and inbound.header("upgrade") is None
    if all(lets_model(scopes, name) for name in names) and (names or looks):
        return
    raise OutOfScope(
        f"its token is {told(scopes)}, and it asks for another, or for none that it names",
        hint="ask for a token with `hushgate users ticket NAME --model MODEL`",
    )


def _named(inbound: Inbound, document: object, model: str | None) -> Iterator[str]:
    try:
        query = parse_qsl(urlsplit(inbound.target).query, max_num_fields=1000)
    except ValueError:
        raise Malformed("its query has too many fields") from None
    yield from (name for name in (inbound.route.model, model) if name is not None)
    yield from (value for name, value in query if name in _IN_QUERY)
    if not isinstance(document, dict):
        return
    for key in _LISTS:
        for one in entries if isinstance(entries := document.get(key), list) else [entries]:
            name = one.get("model") if isinstance(one, dict) else one if key != "tools" else None
            if isinstance(name, str):
                yield name
