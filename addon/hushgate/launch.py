"""The environment a program needs to speak through the gate and to trust it.

Every client reads other variables, and most of those for certificates
*replace* the roots, hence the one bundle of the system's roots and ours.
docs/clients.md says which client reads what.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from .endpoints import Endpoints, normal_host
from .errors import StateError

PROXY_VARIABLES: Final = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
CA_VARIABLES: Final = (
    "SSL_CERT_FILE",  # OpenSSL, Python's ssl, httpx, Go on Linux, Rust's native certificates
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "AWS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "CODEX_CA_CERTIFICATE",
    "DENO_CERT",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
    "GIT_SSL_CAINFO",
    "PIP_CERT",
    "HTTPLIB2_CA_CERTS",
    "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE",
    "NIX_SSL_CERT_FILE",
    "CARGO_HTTP_CAINFO",
    "npm_config_cafile",
)
NO_PROXY_VARIABLES: Final = ("NO_PROXY", "no_proxy")
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")

JOBS_TOKEN: Final = "HUSHGATE_ID_TOKEN"  # noqa: S105 - the name of a variable
APPROVERS_TOKEN: Final = "HUSHGATE_TOKEN"  # noqa: S105 - the name of a variable

_USER: Final = "local"
_NO_TOKEN: Final = "-"  # noqa: S105 - Node sends no credentials at all without a password


def child_environ(
    base: Mapping[str, str], *, proxy: str, bundle: str, endpoints: Endpoints, session: str | None = None
) -> dict[str, str]:
    """`base`, changed so that its programs go through `proxy` and believe `bundle`.

    What NO_PROXY exempts stays exempt, except governed hosts. ALL_PROXY goes,
    since some clients prefer it; so do the token that approvals are given with, and a CI job's.
    """
    environ = {k: v for k, v in base.items() if k.upper() not in ("ALL_PROXY", APPROVERS_TOKEN, JOBS_TOKEN)}
    url = proxy_url(proxy, session)
    past = ",".join(exempt(base, endpoints))
    return (
        environ
        | dict.fromkeys(PROXY_VARIABLES, url)
        | dict.fromkeys(NO_PROXY_VARIABLES, past)
        | dict.fromkeys(CA_VARIABLES, bundle)
        | {"NODE_USE_ENV_PROXY": "1"}
    )


def proxy_url(proxy: str, session: str | None = None) -> str:
    """The gate's URL with the session in its user name: `http://local%3Bsession%3Dnightly:-@127.0.0.1:8888`.

    Credentials the URL has already are kept. StateError for what is no proxy URL.
    """
    parts = urlsplit(proxy)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme not in ("http", "https") or not parts.hostname or not port or parts.path not in ("", "/"):
        raise StateError("the gate's URL cannot be used", "write it as http://[NAME:TOKEN@]HOST:PORT, or https://")
    if session is None:
        return urlunsplit((parts.scheme, parts.netloc, "", "", ""))
    if not session.isprintable() or not 0 < len(session) <= 64 or any(c in session for c in ";:=%"):
        raise StateError("the session's name cannot be used", "use up to 64 characters without ; : = and %")
    name = unquote(parts.username or _USER).partition(";")[0]
    token = unquote(parts.password or _NO_TOKEN)
    user = quote(f"{name};session={session}", safe="")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{user}:{quote(token, safe='')}@{host}:{port}"


def exempt(base: Mapping[str, str], endpoints: Endpoints) -> list[str]:
    """What NO_PROXY is to hold: loopback and the user's own exemptions, but no governed host."""
    own = (item.strip() for name in NO_PROXY_VARIABLES for item in base.get(name, "").split(","))
    wanted = dict.fromkeys([*LOOPBACK, *(item for item in own if item)])
    return [item for item in wanted if not _exempts_governed(item, endpoints.hosts())]


def _exempts_governed(item: str, hosts: Iterable[str]) -> bool:
    """Whether a NO_PROXY item, read in the widest way any client reads it, covers one of the hosts."""
    if item == "*":
        return True
    name = item.removeprefix("*").removeprefix(".").partition("/")[0]
    try:
        name = normal_host(_without_port(name))
    except ValueError:
        return True  # nobody knows what it covers
    for host in hosts:
        governed = host.removeprefix("*.")
        below = host.startswith("*.") and name.endswith("." + governed)
        if name == governed or governed.endswith("." + name) or below or _in_network(item, governed):
            return True
    return False


def _in_network(item: str, host: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(item, strict=False)
    except ValueError:
        return False


def _without_port(name: str) -> str:
    head, colon, tail = name.rpartition(":")
    return head if colon and tail.isdecimal() and ":" not in head else name
