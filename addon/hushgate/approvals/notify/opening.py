"""From configured channels to what carries messages there: secrets are looked up, every fault is told at once."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from hushgate.approvals.notify import generic, mail, slack, teams
from hushgate.approvals.notify.carrying import is_reference, secret
from hushgate.approvals.notify.channels import Channel, Hook, Mailbox
from hushgate.approvals.notify.messages import Message
from hushgate.approvals.notify.notifier import Carry
from hushgate.approvals.notify.places import bad_hook
from hushgate.approvals.notify.post import Poster
from hushgate.approvals.notify.signing import headers, secrets_of
from hushgate.approvals.notify.smtp import Postman
from hushgate.errors import ConfigError, ConfigFault

_PAYLOADS = {"slack": slack.payload, "teams": teams.payload, "webhook": generic.payload}


def open_channels(
    channels: Sequence[Channel], environ: Mapping[str, str], file: Path | None, *, ca: Path | None, proxy: str | None
) -> list[tuple[Channel, Carry]]:
    """What carries messages to each channel; ConfigError, of `file`, where a secret is not there or cannot be one.

    `ca` are further roots to trust, `proxy` is what leads out of the network.
    """
    tls = ssl.create_default_context()
    if ca is not None:
        tls.load_verify_locations(ca)
    made: list[tuple[Channel, Carry]] = []
    faults: list[ConfigFault] = []
    for channel in channels:
        try:
            to = channel.to
            made.append((channel, _hook(to, environ, tls, proxy) if isinstance(to, Hook) else _mail(to, environ, tls)))
        except ValueError as why:
            hint = "set it where the gate is started; docs/approvals.md has each channel's form"
            faults.append(
                ConfigFault(str(file or "settings"), channel.line, f"approvals.notify, {channel.name}: {why}", hint)
            )
    if faults:
        raise ConfigError(faults)
    return made


def _hook(to: Hook, environ: Mapping[str, str], tls: ssl.SSLContext, proxy: str | None) -> Carry:
    url = secret(to.url, environ) if is_reference(to.url) else to.url
    if (wrong := bad_hook(url)) is not None:
        raise ValueError(f"its URL {wrong}")
    try:
        keys = () if to.secret is None else secrets_of(secret(to.secret, environ))
    except ValueError as why:
        raise ValueError(f"its secret: {why}") from None
    poster, payload = Poster(tls, proxy), _PAYLOADS[to.kind]

    async def carry(message: Message) -> None:
        body = json.dumps(payload(message), ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        signed = headers(keys, message.key, int(time.time()), body) if keys else {}
        said = {"content-type": "application/json", "user-agent": "hushgate", **signed}
        await poster.post(url, body, said)

    return carry


def _mail(to: Mailbox, environ: Mapping[str, str], tls: ssl.SSLContext) -> Carry:
    password = None if to.password is None else secret(to.password, environ)
    postman = Postman(to.server, tls, to.user, password)

    async def carry(message: Message) -> None:
        await postman.send(mail.mail(message, to.sender, to.to))

    return carry
