"""The notifications that a gate's settings ask for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from hushgate.approvals.notify.links import Links

if TYPE_CHECKING:
    from hushgate.app import App
    from hushgate.approvals.notify.channels import Channel
    from hushgate.approvals.notify.notifier import Carry, Notifier
    from hushgate.settings import Settings


def open_notifier(app: App, environ: Mapping[str, str] = os.environ) -> Notifier | None:
    """Tells approvers of what waits, once started; None where no channel is configured. ConfigError as `carriers`."""
    if not app.settings.approvals.notify:
        return None
    from hushgate.approvals.notify.notifier import Notifier  # a start without channels does without all of it

    made = carriers(app.settings, environ)
    return Notifier(made, Links(app.keys.derive("links")), app.settings.console_url, app.ledger.append_soon)


def carriers(settings: Settings, environ: Mapping[str, str] = os.environ) -> list[tuple[Channel, Carry]]:
    """The channels, and what carries messages to each; ConfigError with every secret that is not there."""
    from hushgate.approvals.notify.opening import open_channels

    egress = settings.egress
    given = settings.approvals.notify
    return open_channels(given, environ, settings.file, ca=egress.upstream_ca, proxy=egress.upstream_proxy)
