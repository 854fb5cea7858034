"""What makes a retry the same request: a keyed digest of content, who, where to, and how it was decided. Pure."""

from __future__ import annotations

import json
from hashlib import blake2b

from hushgate.consent import Asked
from hushgate.values import Decision


def keyed(key: bytes, asked: Asked) -> str:
    """32 bytes in hex. Another policy revision gives another only where the decision is another."""
    exchange = asked.exchange
    digest = blake2b(key=key, digest_size=32, person=b"hushgate-approve")
    route = exchange.route
    names = (exchange.actor.name, route.endpoint, route.host, route.method, route.model or "", _shape(asked.decision))
    for part in (asked.content, *(name.encode("utf-8", "surrogatepass") for name in names)):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _shape(decision: Decision) -> str:
    """Everything of a decision that a yes was given to."""
    verdicts = [
        (
            v.finding.fingerprint, v.finding.entity, v.finding.level, str(v.finding.location), v.mask, v.style,
            v.restorable, v.tools, [reason.rule for reason in v.reasons],
        )
        for v in decision.verdicts
    ]  # fmt: skip
    return json.dumps([decision.gate, [(r.rule, r.says) for r in decision.reasons], verdicts])
