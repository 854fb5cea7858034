"""One mitmproxy master with the few addons a proxy needs, and the gate in it, guarded."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from mitmproxy import master, options
from mitmproxy.addons import core, disable_h2c, proxyserver, tlsconfig, upstream_auth

from hushgate.app import App, new_id
from hushgate.errors import ConfigError, StateError
from hushgate.proxy import ca, failures, handler, http_layers, issuing, listener, safety, websocket
from hushgate.proxy.addon import Gate
from hushgate.proxy.egress import AddressRules, GuardedResolver
from hushgate.proxy.guard import GuardedDispatch, install
from hushgate.proxy.player import Player
from hushgate.proxy.tunnel import Layers
from hushgate.rulebook import permitted

logger = logging.getLogger("hushgate")


class GateMaster(master.Master):
    """mitmproxy's master with what a proxy needs: no dumper, savers, scripts, replay or web app."""

    def __init__(self) -> None:
        super().__init__(options.Options(), with_termlog=False)
        self.addons.add(
            core.Core(),
            disable_h2c.DisableH2C(),
            proxyserver.Proxyserver(),
            tlsconfig.TlsConfig(),
            upstream_auth.UpstreamAuth(),
        )


@dataclass(slots=True)
class Wired:
    """A master with the gate in it."""

    gate: Gate
    dispatch: GuardedDispatch
    resolver: GuardedResolver


def wire(
    into: master.Master, app: App, authority: ca.Authority, *, scripts: bool = False, player: Player | None = None
) -> Wired:
    """Put the gate into a master whose own `nextlayer` is gone, and guard its events."""
    gate = Gate(
        pipeline=app.pipeline,
        endpoints=lambda: app.rules.endpoints,
        users=app.users,
        ledger=app.ledger,
        new_id=new_id,
        clock=time.time,
        other_hosts=app.settings.egress.other_hosts,
        player=player,
    )
    exchanges = issuing.Issuing(app.exchange if player is None else None, app.ledger, time.time)
    into.addons.add(
        Layers(gate.arrivals.traffic_of, lambda name: app.rules.endpoints.find(name) is not None), exchanges, gate
    )
    if scripts and app.settings.clients.certificate is not None:
        raise StateError("mitmdump does not speak TLS to its clients as `clients` asks", hint="hushgate up does")
    listener.install(listener.context(app.settings.clients))
    failures.install()
    handler.install()
    http_layers.install()
    websocket.install()
    safety.apply(into.options, safety.wanted(app.settings, authority), scripts=scripts)
    return Wired(gate, install(into), GuardedResolver(into.event_loop, address_rules(app)))


def address_rules(app: App) -> AddressRules:
    """Which addresses the names may lead to, by the settings and endpoints in force."""
    egress = app.settings.egress
    return AddressRules.of(egress.resolve, [str(n) for n in egress.allow_addresses], app.rules.endpoints)


def open_authority(app: App) -> ca.Authority:
    """The CA, held against the endpoints in force: ConfigError for a host it may not sign for."""
    authority = ca.open_authority(app.state.path, permitted(app.settings))
    if faults := ca.uncovered(authority, app.rules.endpoints.intercepted()):
        raise ConfigError(faults)
    if warning := authority.warning():
        logger.warning("%s", warning)
    return authority


def refuse_open_door(app: App) -> None:
    """StateError where others can reach the gate and nobody has to name himself."""
    if not app.settings.listens_on_loopback and not app.users.configured and app.exchange is None:
        raise StateError(
            f"{app.settings.listen[0]} can be reached by others and no users are configured",
            hint="hushgate users add NAME, or listen on 127.0.0.1",
        )
