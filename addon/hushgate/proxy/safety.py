"""The mitmproxy options a gate runs with: with any other value something could pass unread."""

from __future__ import annotations

import os
from typing import Any, Final

from mitmproxy import options

from hushgate.errors import StateError
from hushgate.proxy import ca, trust
from hushgate.settings import Settings

SAFE: Final[dict[str, Any]] = {
    "stream_large_bodies": None,  # would send a body before it is read
    "store_streamed_bodies": False,
    "validate_inbound_headers": True,
    "rawtcp": False,  # would tunnel what is not HTTP
    "websocket": True,  # off, it makes an unread tunnel; on, `proxy.websocket` reads each message
    "upstream_cert": False,  # a name copied from upstream falls outside the CA's constraints
    "connection_strategy": "lazy",
    "ssl_insecure": False,
    "show_ignored_hosts": False,
    "allow_hosts": [],
    "ignore_hosts": [],
    "tcp_hosts": [],
    "udp_hosts": [],
    "certs": [],
    "http3": False,
    "keep_host_header": False,
    "add_upstream_certs_to_client_chain": False,
}
"""The options the gate depends on, with the only values it runs with."""


def unsafe(opts: options.Options, *, scripts: bool = False) -> list[str]:
    """Every option whose value would let something pass unread, as sentences. `scripts`: one script is expected."""
    wrong = [
        f"{name} is {getattr(opts, name)!r}, it has to be {value!r}"
        for name, value in SAFE.items()
        if name in opts and getattr(opts, name) != value
    ]
    if not opts.body_size_limit:
        wrong.append("body_size_limit is not set")
    wrong += [
        f"{name} is set, it would keep or change traffic"
        for name in ("save_stream_file", "rfile", "hardump", "server_replay", "client_replay",
                     "map_remote", "map_local", "modify_body", "modify_headers", "intercept")
        if name in opts and getattr(opts, name)
    ]  # fmt: skip
    if "scripts" in opts and len(opts.scripts) > scripts:
        wrong.append("another script is loaded")
    return wrong


def refuse_unsafe(opts: options.Options, *, scripts: bool = False) -> None:
    """StateError unless every option is safe."""
    if wrong := unsafe(opts, scripts=scripts):
        raise StateError("mitmproxy is set up unsafely: " + "; ".join(wrong), hint="leave these options alone")


HARMLESS: Final = frozenset({"scripts", "flow_detail", "termlog_verbosity", "dumper_filter"})
"""What may be given to a mitmdump that runs the gate: it changes nothing that the gate depends on."""


def refuse_given(opts: options.Options) -> None:
    """StateError for any option that somebody set: all that matter are the gate's to set."""
    if given := [name for name in sorted(opts.keys()) if name not in HARMLESS and opts.has_changed(name)]:
        raise StateError(
            f"mitmproxy was started with {', '.join(given)}: hushgate does not run with options of others",
            hint="leave them out, of mitmproxy's config.yaml too; hushgate.yaml says what the gate does",
        )


def wanted(settings: Settings, authority: ca.Authority) -> dict[str, Any]:
    """Every option a gate sets, those of mitmproxy's addons among them."""
    egress = settings.egress
    host, port = settings.listen
    roots = trust.upstream_roots(authority.folder, egress.upstream_ca, os.environ, own=authority.roots)
    return SAFE | {
        "listen_host": host,
        "listen_port": port,
        "confdir": str(authority.folder),
        "mode": [f"upstream:{egress.upstream_proxy}" if egress.upstream_proxy else "regular"],
        "http2": True,
        "body_size_limit": str(settings.limits.body_bytes),
        "ssl_verify_upstream_trusted_ca": str(roots),
    }


def apply(opts: options.Options, values: dict[str, Any], *, scripts: bool = False) -> None:
    """Set those of the options that exist, then refuse to go on unless all are safe."""
    opts.update(**{name: value for name, value in values.items() if name in opts})
    refuse_unsafe(opts, scripts=scripts)
