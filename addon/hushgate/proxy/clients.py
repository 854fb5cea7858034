"""Who is at the other end of a client connection: actor, session, and where its tunnel leads."""

from __future__ import annotations

import base64
import binascii
import os
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import unquote

from mitmproxy import http

from hushgate.endpoints import Endpoint, Endpoints
from hushgate.identity.badge import Badge
from hushgate.identity.scope import outside
from hushgate.proxy.tunnel import Traffic
from hushgate.values import Actor

ANYONE: Final = "local"
"""The actor where no users are configured and the client names none."""

LONGEST_NAME: Final = 64

_NO_TOKEN: Final = ("", "-")
"""What stands for no token, where a name is said for a session's sake."""

_IN_JOB: Final = os.environ.get("CI", "").lower() not in ("", "0", "false")
"""Whether the gate runs in a job of a CI system, all of which say so."""


class Users(Protocol):
    """The users of this gate."""

    @property
    def any(self) -> bool: ...

    def verify(self, name: str, token: str) -> Actor | None: ...

    def certified(self, badge: Badge) -> Actor | None: ...


@dataclass(frozen=True, slots=True)
class Identity:
    """An actor, and the session its client named, if it did."""

    actor: Actor
    session: str | None = None

    @property
    def source(self) -> str:
        """What kind of client it is: "ci" for whoever is of the group `ci`, and where the gate itself runs in a job."""
        return "ci" if "ci" in self.actor.groups or _IN_JOB else "person"


@dataclass(slots=True)
class Client:
    """One client connection, from `address`. `traffic` is set for a tunnel that is not looked into.

    `credentials` are asked about anew for each request: a user may be revoked meanwhile.
    """

    identity: Identity
    host: str = ""
    endpoint: Endpoint | None = None
    traffic: Traffic | None = None
    credentials: str | None = field(default=None, repr=False)
    address: str = ""
    badge: Badge | None = None


def identify(credentials: str | None, users: Users, badge: Badge | None = None) -> Identity | None:
    """Read a Proxy-Authorization header (RFC 7617); None where it is needed and not good.

    Whoever shows a certificate (`badge`) needs none; what it shows all the same has to be of the same user.

    The user name may carry a session: `alice;session=nightly`. Without users
    configured the name is taken as it is and the password is not looked at.
    Some clients send what stands in the proxy's URL, percent-encoded still
    (Python's websockets); no user's name and no session's holds a `%`.
    """
    name, session, token = _basic(credentials)
    if not users.any:
        return Identity(Actor(name or ANYONE), session)
    actor = users.verify(name, token) if name else None
    if badge is not None:
        certified = users.certified(badge)
        if certified is None or (
            actor is None and (name not in ("", ANYONE, certified.name) or token not in _NO_TOKEN)
        ):
            return None
        if actor is not None and actor.name != certified.name:
            return None
        actor = actor or certified
    return Identity(actor, session) if actor is not None else None


def name_in(credentials: str | None) -> str:
    """The name that credentials are for; "" where they have none."""
    return _basic(credentials)[0]


def address_of(flow: http.HTTPFlow) -> str:
    """Where a client connects from; "" where nobody knows."""
    return str(flow.client_conn.peername[0]) if flow.client_conn.peername else ""


def no_longer(client: Client | None, users: Users, endpoints: Endpoints) -> str | None:
    """Why a client may say and hear nothing more; None where it may, or where nobody governs it."""
    if client is None:
        return None
    identity = identify(client.credentials, users, client.badge)
    if identity is None:
        return "this user is no longer let in"
    if why := outside(identity.actor.scopes, client.endpoint, client.host, client.address):
        return why
    return None if endpoints.find(client.host) is not None else "the endpoint is no longer governed"


def _basic(credentials: str | None) -> tuple[str, str | None, str]:
    scheme, _, encoded = (credentials or "").partition(" ")
    if scheme.lower() != "basic":
        return "", None, ""
    try:
        plain = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return "", None, ""
    user, _, token = plain.partition(":")
    name, *options = unquote(user).split(";")
    session = next((o.partition("=")[2] for o in options if o.startswith("session=")), None)
    return _name(name), _name(session or "") or None, token


def _name(name: str) -> str:
    return name[:LONGEST_NAME] if name.isprintable() else ""
