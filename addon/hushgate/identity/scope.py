"""Scopes of tokens: how they are written, and what they keep a token from. A scope beside another only narrows.

On the command line, in a file of workloads and in an exchange (RFC 8693) they
are the same words: endpoints by id, provider or host (`*.` before a host: what
is below it), models (`*` at the end: any rest), and networks.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ..endpoints import Endpoint, normal_host
from ..values import Scope

ENDPOINT: Final = r"(\*\.)?[A-Za-z0-9_][A-Za-z0-9._-]{0,252}"
MODEL: Final = r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}\*?"
KEYS: Final = {"endpoints": "endpoints", "models": "models", "from": "sources"}
"""What a scope's parts are called where they are written, and in `Scope`."""
MOST: Final = 100
ANY: Final = Scope()


def scope_of(said: Mapping[str, Any]) -> Scope:
    """A scope as it is written: `{"endpoints": ["openai"], "from": ["10.0.0.0/8"]}`. ValueError with what is wrong.

    What is not named is not limited; an empty list is no limit that anybody means.
    """
    parts: dict[str, tuple[str, ...]] = {}
    for key, words in said.items():
        if key not in KEYS:
            raise ValueError(f"a scope has no {key}")
        if not isinstance(words, list | tuple) or not 0 < len(words) <= MOST or not all(type(w) is str for w in words):
            raise ValueError(f"`{key}` of a scope are up to {MOST} texts")
        parts[KEYS[key]] = tuple(dict.fromkeys(_READ[key](word) for word in words))
    return Scope(**parts)


def written(scope: Scope) -> dict[str, list[str]]:
    """The scope as `scope_of` reads it."""
    parts = {key: getattr(scope, name) for key, name in KEYS.items()}
    return {key: list(words) for key, words in parts.items() if words is not None}


def told(scopes: Iterable[Scope]) -> str:
    """What scopes let through, in words: `for openai, from 10.0.0.0/8`; "" for no limit."""
    words = {"endpoints": "for ", "models": "with models ", "from": "from "}
    said = (f"{words[key]}{' or '.join(part)}" for scope in scopes for key, part in written(scope).items())
    return ", ".join(dict.fromkeys(said))


def beyond(limit: Scope, asked: Scope) -> str | None:
    """What is asked for that a limit does not have, in words; None where it only narrows.

    A host is let be, since its endpoint is known elsewhere: both scopes hold of what is given.
    """
    for key, name in KEYS.items():
        have, wanted = getattr(limit, name), getattr(asked, name)
        if have is not None and (more := [one for one in wanted or () if not _within_limit(key, one, have)]):
            return f"{' and '.join(more)}: there is {' or '.join(have)}"
    return None


def words(scopes: Iterable[Scope]) -> str:
    """Scopes as an exchange tells them (RFC 6749, 3.3): `endpoint:openai from:10.0.0.0/8`."""
    said = (f"{key.removesuffix('s')}:{word}" for one in scopes for key, part in written(one).items() for word in part)
    return " ".join(dict.fromkeys(said))


def of_words(text: str) -> Scope:
    """The scope that `words` tells; ValueError for anything else."""
    parts: dict[str, list[str]] = {}
    for word in text.split(" "):
        kind, _, value = word.partition(":")
        key = next((key for key in KEYS if key.removesuffix("s") == kind), None)
        if key is None:
            raise ValueError("a scope is made of endpoint:ID, model:NAME and from:NETWORK")
        parts.setdefault(key, []).append(value)
    return scope_of(parts)


def outside(scopes: Sequence[Scope], endpoint: Endpoint | None, host: str, address: str) -> str | None:
    """Why a token with these scopes does not reach a host from an address; None where it does.

    `host` is a normal name. What nobody can tell, as an address without one, is outside.
    """
    names = {host} if endpoint is None else {host, endpoint.id, endpoint.provider}
    for scope in scopes:
        if scope.sources is not None and not any(_within(network, address) for network in scope.sources):
            return "this token is not for the address it comes from"
        if scope.endpoints is not None and not any(_names(one, names, host) for one in scope.endpoints):
            return f"this token is not for {host}"
    return None


def lets_model(scopes: Sequence[Scope], model: str | None) -> bool:
    """Whether a token with these scopes may ask this LLM; none that is limited asks one that has no name."""
    limits = [scope.models for scope in scopes if scope.models is not None]
    return all(model is not None and any(_is_model(one, model) for one in models) for models in limits)


def _is_model(limit: str, model: str) -> bool:
    return model.startswith(limit[:-1]) if limit.endswith("*") else model == limit


def _within_limit(key: str, asked: str, have: Sequence[str]) -> bool:
    if key == "endpoints":
        return asked in have or "." in asked
    if key == "models":
        return any(asked.startswith(one[:-1]) if one.endswith("*") else asked == one for one in have)
    network = ipaddress.ip_network(asked)
    return any(network.version == (one := ipaddress.ip_network(n)).version and network.subnet_of(one) for n in have)  # type: ignore[arg-type]


def _names(limit: str, names: set[str], host: str) -> bool:
    return host.endswith(limit[1:]) if limit.startswith("*.") else limit in names


def _within(network: str, address: str) -> bool:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found) in ipaddress.ip_network(network)


def _endpoint(word: str) -> str:
    if not re.fullmatch(ENDPOINT, word):
        raise ValueError(f"{word!r} is no endpoint: write its id, a provider or a host")
    return "*." * word.startswith("*.") + normal_host(word.removeprefix("*."))


def _model(word: str) -> str:
    if not re.fullmatch(MODEL, word):
        raise ValueError(f"{word!r} is no model's name: write it out, or its beginning and *")
    return word


def _network(word: str) -> str:
    try:
        return str(ipaddress.ip_network(word))
    except ValueError:
        raise ValueError(f"{word!r} is no network: write one such as 10.0.0.0/8 or 192.0.2.7") from None


_READ: Final = {"endpoints": _endpoint, "models": _model, "from": _network}
