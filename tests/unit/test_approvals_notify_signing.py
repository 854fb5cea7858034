"""Signatures, held against the library that receivers use."""

from __future__ import annotations

import base64
import time

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from hushgate.approvals.notify.signing import headers, secrets_of

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(range(1, 33))).decode()
BODY = '{"text":"grüße"}'.encode()


def made(secret: str = SECRET, at: int | None = None) -> dict[str, str]:
    return headers(secrets_of(secret), "a1.opened.0", int(time.time()) if at is None else at, BODY)


def test_the_library_of_receivers_takes_it() -> None:
    assert Webhook(SECRET).verify(BODY, made()) == {"text": "grüße"}


def test_the_specification_s_form() -> None:
    """Reckoned apart from this code: HMAC-SHA256 of `id.timestamp.body`, in base64."""
    said = made(at=1700000000)
    assert said["webhook-id"] == "a1.opened.0" and said["webhook-timestamp"] == "1700000000"
    assert said["webhook-signature"] == "v1,3sYFMjG8v7L/0myMq7+RfEfzCKP696jOxaGoTKRKyl4="


@pytest.mark.parametrize("change", ["body", "webhook-id", "webhook-timestamp", "webhook-signature", "old", "new"])
def test_whatever_is_changed_or_late_is_refused(change: str) -> None:
    now = int(time.time())
    said, body = made(at={"old": now - 400, "new": now + 400}.get(change)), BODY
    if change == "body":
        body = BODY.replace(b"text", b"test")
    elif change == "webhook-timestamp":
        said[change] = str(int(said[change]) - 1)
    elif change == "webhook-id":
        said[change] = "a2.opened.0"
    elif change == "webhook-signature":
        said[change] = made(OTHER)["webhook-signature"]
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body, said)


def test_two_secrets_while_a_receiver_changes_over() -> None:
    said = made(f"{OTHER} {SECRET}")
    for secret in (SECRET, OTHER):
        Webhook(secret).verify(BODY, said)


@pytest.mark.parametrize(
    "text", ["", "hunter2", "whsec_", "whsec_@@@", "whsec_abc", "whsec_" + "A" * 12, "whsec_" + "A" * 120, SECRET + "="]
)
def test_what_is_no_secret(text: str) -> None:
    with pytest.raises(ValueError, match="secret|base64") as why:
        secrets_of(text)
    assert len(text) < 8 or text not in str(why.value)
