"""What a job asks for at the exchange (RFC 8693, 2.1): a form with its token, and what the ticket is to be good for.

Whoever names an `audience` (an endpoint), a `resource` (its https URL) or a
`scope` (`endpoint:ID model:NAME from:NETWORK`) gets less than the rule lets
them have, never more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from ..errors import Malformed
from ..values import Scope
from .scope import ANY, of_words, scope_of, words

GRANT: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
TOKEN_TYPE: Final = "urn:ietf:params:oauth:token-type:jwt"  # noqa: S105 - a name of the RFC's
MOST_FIELDS: Final = 50


class Unfit(Malformed):
    """A form that asks for what is not given. `code` is the error of RFC 8693, 2.2.2, or of RFC 6749, 5.2."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.code = code


@dataclass(frozen=True, slots=True)
class Asked:
    """A job's signed token, and what its ticket is to be good for."""

    token: str = field(repr=False)
    scope: Scope = ANY


def read(body: bytes) -> Asked:
    """A form as it was sent; Unfit where it is none, or asks for what no scope is."""
    try:
        said = parse_qs(body.decode("ascii"), strict_parsing=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Unfit("invalid_request", "the body is no form") from None
    wanted = {"grant_type": [GRANT], "subject_token_type": [TOKEN_TYPE]}
    if any(said.get(name) != one for name, one in wanted.items()) or len(said.get("subject_token", [])) != 1:
        hint = "`hushgate users exchange` sends one"
        raise Unfit("invalid_request", f"this is no exchange of one {TOKEN_TYPE}", hint)
    return Asked(said["subject_token"][0], _scope(said))


def write(asked: Asked) -> bytes:
    """A form for `read`."""
    form = {"grant_type": GRANT, "subject_token": asked.token, "subject_token_type": TOKEN_TYPE}
    if asked.scope != ANY:
        form["scope"] = words([asked.scope])
    return urlencode(form).encode("ascii")


def _scope(said: Mapping[str, list[str]]) -> Scope:
    try:
        scope = of_words(" ".join(said["scope"])) if "scope" in said else ANY
    except ValueError as why:
        raise Unfit("invalid_scope", str(why)) from None
    targets = [*said.get("audience", ()), *map(_host, said.get("resource", ()))]
    if not targets:
        return scope
    if scope.endpoints is not None:
        raise Unfit("invalid_target", "endpoints are named twice: by `scope`, and by `audience` or `resource`")
    try:
        return Scope(scope_of({"endpoints": targets}).endpoints, scope.models, scope.sources)
    except ValueError as why:
        raise Unfit("invalid_target", str(why)) from None


def _host(resource: str) -> str:
    """The host of a resource; of one that names a path nobody could be held to it."""
    try:
        parts = urlsplit(resource)
        if parts.scheme == "https" and parts.hostname and parts.netloc == parts.hostname and parts.path in ("", "/"):
            return parts.hostname if not parts.query and not parts.fragment else ""
    except ValueError:
        pass
    raise Unfit("invalid_target", "a resource is written as https://HOST/")
