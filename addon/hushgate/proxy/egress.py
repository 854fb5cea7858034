"""Where connections may go. Pure judgements on names, and a resolver that keeps to them.

Names are judged before a connection (`judge_connect`, `check_names`); addresses
after resolution, in the resolver itself: what it returns is what is connected
to, so no second look-up can differ (no DNS rebinding).
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ..endpoints import Endpoint, Endpoints, normal_host

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address
type Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NUMERIC: Final = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
_NAT64: Final = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_NEVER: Final[tuple[Network, ...]] = tuple(
    map(
        ipaddress.ip_network,
        (
            "100.64.0.0/10",  # shared address space, RFC 6598: carrier NAT, and some clouds' metadata
            "168.63.129.16/32",  # Azure's host: public on paper, reachable from inside only
            "192.88.99.0/24",  # 6to4 relays, RFC 7526
            "fd00:ec2::/32",  # AWS metadata over IPv6
            "fec0::/10",  # site-local, RFC 3879
            "2002::/16",  # 6to4 carries any IPv4 address
            "2001::/32",  # Teredo does, too
        ),
    )
)
_METADATA: Final = (ipaddress.ip_network("100.100.100.200/32"), ipaddress.ip_network("fd00:ec2::/32"))
_OWN: Final[tuple[Network, ...]] = tuple(
    map(
        ipaddress.ip_network,
        ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7"),
    )
)
"""Where a self-hosted model may stand without being listed: not link-local, where clouds keep credentials."""


class Passage(StrEnum):
    """What happens to a connection a client asks for."""

    GOVERN = "govern"
    PASS = "pass"  # noqa: S105 - a word, not a secret
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A passage, with the endpoint where governed, and the reason and hint where refused."""

    passage: Passage
    host: str
    endpoint: Endpoint | None = None
    reason: str = ""
    hint: str = ""


class Blocked(OSError):
    """A name that resolves to nothing it may. An OSError, as resolvers raise; the text is for the client."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"hushgate: {message}. hint: {hint}")
        self.hint = hint


def is_address(host: str) -> bool:
    """Whether a host is an IP address in any notation that a resolver would take for one.

    `inet_aton` takes one to four decimal, octal or hexadecimal numbers, so
    `2130706433`, `0x7f.1` and `0177.0.0.1` are all 127.0.0.1. No real top-level
    domain is a number (RFC 3696, 2).
    """
    name = host.strip().removesuffix(".")
    if name.startswith("[") or ":" in name:
        return True
    with contextlib.suppress(ValueError):  # full-width digits and dots read as plain ones
        name = normal_host(name)
    last = name.rpartition(".")[2]
    return bool(_NUMERIC.fullmatch(last))


def judge_connect(endpoints: Endpoints, host: str, port: int, *, other_hosts: str = "pass") -> Judgement:
    """What to do with CONNECT host:port. `other_hosts` is `pass` or `block`."""
    if is_address(host):
        return Judgement(
            Passage.REFUSE, host, None, "a tunnel to an IP address is refused", "use the host's name, not its address"
        )
    try:
        name = normal_host(host)
    except ValueError:
        return Judgement(Passage.REFUSE, "", None, "the host of CONNECT is not a name", "check the URL")
    if not 0 < port < 65536:
        return Judgement(Passage.REFUSE, name, None, "the port of CONNECT is not a port", "check the URL")
    endpoint = endpoints.find(name)
    if endpoint is None:
        return _other(name, other_hosts)
    if endpoint.scheme == "http":
        hint = f"use http://{name}, or declare scheme: https for {endpoint.id}"
        return Judgement(Passage.REFUSE, name, endpoint, f"{name} is declared to speak plain HTTP", hint)
    return Judgement(Passage.GOVERN, name, endpoint)


def judge_plain(endpoints: Endpoints, host: str, *, other_hosts: str = "pass") -> Judgement:
    """What to do with a plain-HTTP request. An address is fine only where an endpoint declares it."""
    try:
        name = normal_host(host)
    except ValueError:
        name = ""
    endpoint = endpoints.find(name) if name else None
    if endpoint is not None and endpoint.scheme == "http":
        return Judgement(Passage.GOVERN, name, endpoint)
    if is_address(host):
        return Judgement(Passage.REFUSE, host, None, "a request to an IP address is refused", "use the host's name")
    if not name:
        return Judgement(Passage.REFUSE, "", None, "the request's host is not a name", "check the URL")
    if endpoint is not None:
        hint = f"use https://{name}"
        return Judgement(Passage.REFUSE, name, endpoint, f"plain HTTP to {name} is refused", hint)
    return _other(name, other_hosts)


def _other(name: str, other_hosts: str) -> Judgement:
    if other_hosts == "pass":
        return Judgement(Passage.PASS, name)
    hint = "govern it under endpoints, or set egress.other_hosts: pass"
    return Judgement(Passage.REFUSE, name, None, f"{name} is not a governed host", hint)


def intercepts(endpoints: Endpoints, connect: str, sni: str | None) -> bool:
    """Whether to look into a tunnel: if either name it goes by is governed."""
    return any(endpoints.find(name) is not None for name in (connect, sni) if name)


def check_names(connect: str | None, sni: str | None, host: str | None) -> str | None:
    """None if all names of one connection agree, else what differs (421, RFC 9110 15.5.20).

    `connect` is the tunnel's host (None for plain HTTP), `sni` the TLS server
    name (None if the client sent none), `host` the Host header or `:authority`,
    which may carry a port. A missing Host is a difference.
    """
    if host is None:
        return "the request names no host"
    try:
        asked = normal_host(_without_port(host))
        tunnel = None if connect is None else normal_host(connect)
        server = None if sni is None else normal_host(sni)
    except ValueError:
        return "a host that is not a name"
    if tunnel is not None and server is not None and tunnel != server:
        return "the TLS server name differs from the tunnel's host"
    first = tunnel if tunnel is not None else server
    if first is not None and asked != first:
        return "the request's host differs from the connection's"
    return None


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() and port.isascii() else host


def is_inside(address: Address) -> bool:
    """Whether an address is anything but a plain public one: private, loopback, link-local,
    metadata, multicast, unspecified, shared, reserved, or a form that carries such an IPv4 address."""
    if isinstance(address, ipaddress.IPv6Address):
        carried = address.ipv4_mapped
        if carried is None and any(address in network for network in _NAT64):
            carried = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
            if address in _NAT64[1]:
                return True  # a local-use prefix says nothing certain about what it carries
        if carried is not None:
            return is_inside(carried)
    return (
        not address.is_global
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or any(address in network for network in _NEVER if network.version == address.version)
    )


@dataclass(frozen=True, slots=True)
class AddressRules:
    """Which addresses names may resolve to. `pins` are the operator's own choices and stand as they are."""

    pins: Mapping[str, tuple[str, int | None]]
    allow: tuple[Network, ...] = ()
    self_hosted: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, resolve: Mapping[str, str], allow_addresses: Iterable[str], endpoints: Endpoints | None = None
    ) -> AddressRules:
        """From `egress.resolve` (`name: ip[:port]`) and `egress.allow_addresses`; ValueError for what is neither."""
        pins = {normal_host(name): parse_pin(pin) for name, pin in resolve.items()}
        own = [h for e in (endpoints.endpoints if endpoints else ()) if e.self_hosted for h in e.hosts]
        allow = tuple(ipaddress.ip_network(n, strict=False) for n in allow_addresses)
        return cls(pins, allow, frozenset(own))

    def permits(self, host: str, address: str) -> bool:
        """Whether a host may be reached at an address it resolved to."""
        try:
            found = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        if not is_inside(found) or any(_covers(network, found) for network in self.allow):
            return True
        if not self._own(host) or any(_covers(network, found) for network in _METADATA):
            return False
        return any(_covers(network, found) for network in _OWN)

    def _own(self, host: str) -> bool:
        if host in self.self_hosted:
            return True
        return any(w.startswith("*.") and host.endswith(w[1:]) for w in self.self_hosted)


def _covers(network: Network, address: Address) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address) in network


def parse_pin(pin: str) -> tuple[str, int | None]:
    """`127.0.0.1`, `127.0.0.1:8443`, `::1`, `[::1]:8443` as (address, port or None); ValueError otherwise."""
    if pin.startswith("["):
        address, bracket, rest = pin[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise ValueError("not an address with a port")
        port = rest[1:] if rest else None
    elif pin.count(":") == 1:
        address, _, port = pin.partition(":")
    else:
        address, port = pin, None
    if port is not None and not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError("not a port")
    return str(ipaddress.ip_address(address)), None if port is None else int(port)


class GuardedResolver:
    """Stands in for one event loop's `getaddrinfo`: pins names, and keeps back addresses inside.

    Every connection that asyncio opens by name goes through it, whoever asks.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, rules: AddressRules) -> None:
        self._loop = loop
        self._ask: Any = loop.getaddrinfo
        self.rules = rules

    def install(self) -> None:
        """Take the loop's resolver over."""
        self._loop.getaddrinfo = self.getaddrinfo  # type: ignore[method-assign, assignment]

    def remove(self) -> None:
        """Give it back."""
        self._loop.getaddrinfo = self._ask  # type: ignore[method-assign]

    async def getaddrinfo(
        self, host: Any, port: Any, *, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0
    ) -> Sequence[tuple[Any, ...]]:
        """`loop.getaddrinfo`, of which only permitted addresses are left; Blocked if none is."""
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        if name is None or flags & socket.AI_PASSIVE:  # to listen, not to connect
            return await self._ask(host, port, family=family, type=type, proto=proto, flags=flags)  # type: ignore[no-any-return]
        try:
            name = normal_host(name)
        except ValueError:
            raise Blocked("the host is not a name", "check the URL") from None
        if name in self.rules.pins:
            address, pinned = self.rules.pins[name]
            # A pin is the operator's word: it is not filtered, whatever it points to.
            return await self._ask(  # type: ignore[no-any-return]
                address,
                port if pinned is None else pinned,
                family=family,
                type=type,
                proto=proto,
                flags=flags | socket.AI_NUMERICHOST,
            )
        found = await self._ask(host, port, family=family, type=type, proto=proto, flags=flags)
        kept = [info for info in found if self.rules.permits(name, info[4][0])]
        if found and not kept:
            raise Blocked(
                f"{name} resolves to a private, loopback or metadata address",
                "list the range under egress.allow_addresses, or pin the name under egress.resolve",
            )
        return kept
