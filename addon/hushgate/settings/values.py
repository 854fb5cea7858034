"""What a gate is told, checked and frozen."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ..approvals.notify.channels import Channel


@dataclass(frozen=True, slots=True)
class DetectSettings:
    """`deadline_ms` in milliseconds, for one request. `ner`: `builtin`, `off`, a package, or an absolute folder.
    `recognizers`: `package.module:Class`.
    """

    ner: str
    ocr: Literal["off", "tesseract"]
    languages: tuple[str, ...]
    deadline_ms: int
    recognizers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EgressSettings:
    """`resolve` is name -> `ip` or `ip:port`; `allow_addresses` are networks in CIDR form."""

    other_hosts: Literal["pass", "block"]
    resolve: Mapping[str, str]
    allow_addresses: tuple[str, ...]
    upstream_ca: Path | None
    upstream_proxy: str | None


@dataclass(frozen=True, slots=True)
class Approvals:
    """How long a hold waits, and an approval lives; how many approvers agree, and of which groups (none: of any)."""

    hold_seconds: int
    expire_minutes: int
    minimum: int
    groups: tuple[str, ...]
    notify: tuple[Channel, ...] = ()


@dataclass(frozen=True, slots=True)
class CaSettings:
    """Names the CA may sign for beside the built-in endpoints' hosts."""

    permitted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes: of a body as sent, and with its compression undone. Counts of a request's texts and findings."""

    body_bytes: int
    decoded_bytes: int
    segments: int
    findings: int


@dataclass(frozen=True, slots=True)
class AwsSettings:
    """`profiles` is an access key's id or an account's twelve digits -> a profile of the AWS configuration."""

    profiles: Mapping[str, str]
    resign: Literal["block", "pass-if-clean"]


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """TLS to clients, with `certificate`; certificates of theirs, with `ca`. `key` None: it is in the same file."""

    certificate: Path | None = None
    key: Path | None = None
    ca: Path | None = None
    require: bool = True
    names: Literal["san", "cn"] = "san"


@dataclass(frozen=True, slots=True)
class Settings:
    """A gate's settings, checked. Paths are absolute; so are the patterns of `endpoints`, `rules` and `catalog`.

    `listen` and `console` are (address, port), IPv6 without brackets; port 0 takes any free one.
    `policy` is `builtin` or a file; `keys` is None, a folder, `env:...` or `command:...`.
    """

    file: Path | None
    listen: tuple[str, int]
    console: tuple[str, int] | None
    state: Path
    endpoints: tuple[str, ...]
    rules: tuple[str, ...]
    catalog: tuple[str, ...]
    policy: str
    enforce: bool
    detect: DetectSettings
    replies: Literal["stream", "strict"]
    egress: EgressSettings
    ledger: Literal["sqlite"]
    transcripts: Literal["structure", "masked", "none"]
    keys: str | None = field(repr=False)
    approvals: Approvals
    ca: CaSettings
    limits: Limits
    aws: AwsSettings
    workloads: Path | None = None
    clients: ClientSettings = field(default_factory=ClientSettings)
    console_url: str | None = None
    login: Path | None = None

    @property
    def listens_on_loopback(self) -> bool:
        """Whether only this machine can connect."""
        return ipaddress.ip_address(self.listen[0]).is_loopback
