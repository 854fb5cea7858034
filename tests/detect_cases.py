"""A handful of rules, one of each kind, for the engine's own tests."""

from __future__ import annotations

from typing import Any, Final

from hushgate.detect.fingerprint import Fingerprinter
from hushgate.detect.rules import Rule
from hushgate.values import Level


def rule(rule_id: str, entity: str, pattern: str, **more: Any) -> Rule:
    """A rule without examples; its level is confidential and its category pii unless said otherwise."""
    made: dict[str, Any] = {
        "level": Level.CONFIDENTIAL,
        "category": "pii",
        "says": "For tests",
        "match": (),
        "no_match": (),
    }
    return Rule(id=rule_id, entity=entity, pattern=pattern, **{**made, **more})


EMAIL: Final = rule("email", "EMAIL_ADDRESS", r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}", keywords=("@",))
KEY: Final = rule(
    "acme-key", "API_KEY", r"acme_[a-z0-9]{20}", category="secret", boundary="token", level=Level.REGULATED
)
SSN: Final = rule(
    "ssn", "US_SSN", r"[0-9]{3}-[0-9]{2}-[0-9]{4}", boundary="digit", validate=("ssn",),
    context_words=("ssn", "social security"), context_required=True, level=Level.REGULATED,
)  # fmt: skip
CARD: Final = rule(
    "card", "CREDIT_CARD", r"[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}", boundary="digit", validate=("luhn",),
    level=Level.REGULATED,
)  # fmt: skip
PASSWORD: Final = rule(
    "password-said", "PASSWORD", r"(?i)password(?:\s+is\s+|\s*[:=]\s*)(\S{6,})", category="secret", boundary="none",
    filters=("placeholder",), score=0.7,
)  # fmt: skip
PEM: Final = rule(
    "pem", "PRIVATE_KEY",
    r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[\sA-Za-z0-9+/=]*(?:-----END [A-Z ]{0,20}PRIVATE KEY-----)?",
    category="secret", boundary="none", level=Level.REGULATED,
)  # fmt: skip
BADGE: Final = rule("badge", "EMPLOYEE_ID", "AB-[0-9]{6}", context_words=("badge",), score=0.5, context_score=0.9)
RULES: Final = (EMAIL, KEY, SSN, CARD, PASSWORD, PEM, BADGE)
FINGERPRINT: Final = Fingerprinter(b"k" * 32)
FAKE_KEY: Final = "acme_" + "a1b2" * 5
PEM_TEXT: Final = (
    "-----BEGIN RSA " + "PRIVATE KEY-----\n" + ("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXI=\n" * 6)
    + "-----END RSA " + "PRIVATE KEY-----"
)  # fmt: skip
