"""Which hosts are governed, and what each of their paths speaks: `rules/endpoints/*.yaml`.

    version: 1
    endpoints:
      - id: acme-llm
        provider: acme                # the id, where left out
        hosts: [llm.acme.example, "*.models.acme.example"]
        self_hosted: false            # true: an own model; `scheme: http` and private addresses are allowed
        scheme: https                 # or http, for a self-hosted one
        routes: [{path: "/v1/deployments/{model}/chat/completions", method: POST, format: openai-chat}]
        openai: [/v1]                 # below these paths it speaks OpenAI's API: chat, responses, embeddings, ...
    likely_llm: ["*.acme.example"]    # reported when a tunnel goes there ungoverned

In a path `*` stands for a step, or a part of one, `{model}` for one that names
the model, and `**` at the end for any rest. A path that no route names is
`generic`: read in full, with less knowledge of roles.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import unquote

from .errors import ConfigError, ConfigFault
from .routes import PathFormat, openai_routes, plain
from .schema_check import check
from .wire.registry import FORMATS
from .yaml_source import Source, load_yaml

GENERIC: Final = "generic"

_HOST: Final = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")

SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "hushgate endpoints",
    "type": "object",
    "additionalProperties": False,
    "required": ["version"],
    "properties": {
        "version": {"const": 1},
        "likely_llm": {"type": "array", "items": {"type": "string", "minLength": 1}},
        "endpoints": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "hosts"],
                "properties": {
                    "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$"},
                    "provider": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$"},
                    "hosts": {"type": "array", "minItems": 1, "items": {"type": "string"}},
                    "self_hosted": {"type": "boolean"},
                    "scheme": {"enum": ["https", "http"]},
                    "token": {"type": "string", "pattern": "^env:[A-Za-z_][A-Za-z0-9_]*$"},
                    "openai": {"type": "array", "items": {"type": "string", "pattern": "^/[^?#]*$"}},
                    "routes": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["path", "format"],
                            "properties": {
                                "path": {"type": "string", "pattern": "^/[^?#]*$"},
                                "method": {"type": "string", "pattern": "^[A-Z]+$"},
                                "format": {"enum": sorted(FORMATS)},
                            },
                        },
                    },
                },
            },
        },
    },
}
"""JSON schema of an endpoints file."""


def normal_host(host: str) -> str:
    """One spelling for a host: lower case, A-labels (IDNA), no trailing dot, IP addresses canonical.

    IPv6 comes without brackets. ValueError for what cannot be a host.
    """
    if host.startswith("[") and host.endswith("]"):
        return str(ipaddress.IPv6Address(host[1:-1]))
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    name = host.removesuffix(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            raise ValueError("not a host name") from None
    name = name.lower()
    if len(name) > 253 or not _HOST.fullmatch(name):
        raise ValueError("not a host name")
    return name


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A provider's hosts. `hosts` are normal names, or `*.name`; `scheme` is https, or http too.

    `routes` begin with those that are written, and end with those of OpenAI's API below the paths `openai`.
    `token`: where the key is found that requests bear which a policy sends here, `env:NAME`.
    """

    id: str
    provider: str
    hosts: tuple[str, ...]
    self_hosted: bool
    scheme: str
    routes: tuple[PathFormat, ...]
    file: str
    line: int
    openai: tuple[str, ...] = ()
    token: str | None = None

    @property
    def host(self) -> str | None:
        """The host that a request goes to which names none of them: the first that is no pattern."""
        return next((host for host in self.hosts if not host.startswith("*.")), None)

    def path_of(self, format: str, method: str, path: str) -> str | None:
        """Where it speaks a format: at the same path, or at the first that is written out; None if nowhere."""
        if format != GENERIC and self.format_of(method, path) == format:
            return path
        return next(
            (
                r.path
                for r in self.routes
                if r.format == format and r.method in (None, method) and not {"*", "{"} & set(r.path)
            ),
            None,
        )

    def format_of(self, method: str, path: str) -> str:
        """The format of a path (its query is ignored); the first route that matches, else generic."""
        return self.speaks(method, path)[0]

    def speaks(self, method: str, path: str) -> tuple[str, str | None]:
        """The format of a path, and the model that it names, if any."""
        for route in self.routes:
            if (found := route.match(method, path)) is not None:
                named = found.groupdict().get("model")
                return route.format, unquote(named) if named else None
        return GENERIC, None


class Endpoints:
    """All governed hosts. An exact name goes before a wildcard, a longer wildcard before a shorter."""

    def __init__(self, endpoints: Iterable[Endpoint], likely_llm: Iterable[str] = ()) -> None:
        self.endpoints = tuple(endpoints)
        self.likely = tuple(likely_llm)
        self._by_host = {host: endpoint for endpoint in self.endpoints for host in endpoint.hosts}
        self._by_id = {endpoint.id: endpoint for endpoint in self.endpoints}
        shape = [(e.id, e.provider, e.hosts, e.self_hosted, e.scheme, e.routes, e.token) for e in self.endpoints]
        self.revision = sha256(repr((shape, self.likely)).encode()).hexdigest()[:16]

    def find(self, host: str) -> Endpoint | None:
        """The endpoint that governs a host, however the host is spelled."""
        try:
            name = normal_host(host)
        except ValueError:
            return None
        if name in self._by_host:
            return self._by_host[name]
        while "." in name:
            name = name.partition(".")[2]
            if (found := self._by_host.get("*." + name)) is not None:
                return found
        return None

    def named(self, endpoint_id: str) -> Endpoint | None:
        """The endpoint with this id."""
        return self._by_id.get(endpoint_id)

    def hosts(self) -> tuple[str, ...]:
        """Every governed name, wildcards as they are written."""
        return tuple(self._by_host)

    def intercepted(self) -> tuple[tuple[str, str, int], ...]:
        """`(host, file, line)` of every name that TLS is spoken to: what the CA has to cover."""
        return tuple((h, e.file, e.line) for e in self.endpoints if e.scheme == "https" for h in e.hosts)

    def likely_llm(self, host: str) -> bool:
        """Whether an ungoverned host's name looks like an LLM's."""
        name = host.lower().removesuffix(".")
        return self.find(host) is None and any(fnmatchcase(name, pattern) for pattern in self.likely)


def load_endpoints(sources: Sequence[Path]) -> Endpoints:
    """Read endpoint files; ConfigError with every fault in all of them."""
    faults: list[ConfigFault] = []
    endpoints: list[Endpoint] = []
    likely: list[str] = []
    for path in sources:
        try:
            source = load_yaml(path)
        except ConfigError as error:
            faults += error.faults
            continue
        wrong = check(source, SCHEMA)
        faults += wrong
        if wrong:
            continue
        root = cast(dict[str, Any], source.data)
        likely += [pattern.lower() for pattern in root.get("likely_llm", ())]
        for index, entry in enumerate(root.get("endpoints", ())):
            endpoints.append(_endpoint(source, index, entry, faults))
    faults += _clashes(endpoints)
    if not endpoints and not faults:
        faults.append(ConfigFault("endpoints", 0, "no host is governed", "add `builtin` to endpoints"))
    if faults:
        raise ConfigError(faults)
    return Endpoints(endpoints, likely)


def _endpoint(source: Source, index: int, entry: dict[str, Any], faults: list[ConfigFault]) -> Endpoint:
    at = ("endpoints", index)
    self_hosted = bool(entry.get("self_hosted", False))
    scheme = entry.get("scheme", "https")
    if scheme == "http" and not self_hosted:
        line = source.line(*at, "scheme")
        hint = "set self_hosted: true, or use https"
        faults.append(ConfigFault(source.file, line, "plain HTTP is for self-hosted models", hint))
    hosts = []
    for number, written in enumerate(entry["hosts"]):
        host, fault = _host(written, scheme)
        if fault:
            faults.append(ConfigFault(source.file, source.line(*at, "hosts", number), *fault))
        else:
            hosts.append(host)
    routes = tuple(PathFormat(plain(r["path"]), r["format"], r.get("method")) for r in entry.get("routes", ()))
    openai = tuple(entry.get("openai", ()))
    return Endpoint(
        id=entry["id"],
        provider=entry.get("provider", entry["id"]),
        hosts=tuple(hosts),
        self_hosted=self_hosted,
        scheme=scheme,
        routes=routes + openai_routes(openai),
        file=source.file,
        line=source.line(*at),
        openai=openai,
        token=entry.get("token"),
    )


def _host(written: str, scheme: str) -> tuple[str, tuple[str, str] | None]:
    """A host as written in a file, normal; or what is wrong with it and a hint."""
    wildcard = written.startswith("*.")
    try:
        name = normal_host(written.removeprefix("*."))
    except ValueError:
        hint = "write a name without scheme, port or path; `*` only as the whole first step"
        return "", (f"{written!r} is not a host", hint)
    try:
        ipaddress.ip_address(name)
    except ValueError:
        pass
    else:
        if wildcard or scheme != "http":
            hint = "the CA signs for names only: give the host a name, and pin it under egress.resolve"
            return "", (f"{written!r} is an address", hint)
        return name, None
    if wildcard and "." not in name:
        return "", (f"{written!r} covers a whole top-level domain", "name at least two steps after `*.`")
    return ("*." + name if wildcard else name), None


def _clashes(endpoints: Sequence[Endpoint]) -> list[ConfigFault]:
    """Faults for ids and hosts that are taken twice."""
    faults = []
    ids: dict[str, Endpoint] = {}
    hosts: dict[str, Endpoint] = {}
    for endpoint in endpoints:
        first = ids.setdefault(endpoint.id, endpoint)
        if first is not endpoint:
            message = f"the id {endpoint.id} is taken in {first.file}:{first.line}"
            faults.append(ConfigFault(endpoint.file, endpoint.line, message, "choose another id"))
        for host in endpoint.hosts:
            other = hosts.setdefault(host, endpoint)
            if other is not endpoint:
                message = f"{host} belongs to {other.id} ({other.file}:{other.line}) already"
                faults.append(ConfigFault(endpoint.file, endpoint.line, message, "govern a host in one place"))
    return faults
