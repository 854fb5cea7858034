"""What a gate is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hushgate.settings import load_settings
from hushgate.settings.values import AwsSettings


@pytest.mark.parametrize(
    ("listen", "loopback"), [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("0.0.0.0", False)]
)
def test_loopback_is_told_from_other_addresses(listen: str, loopback: bool) -> None:
    settings = replace(load_settings(None, {"HOME": "/home/mara"}, {}), listen=(listen, 8888))
    assert settings.listens_on_loopback is loopback


def test_the_master_key_is_not_shown() -> None:
    assert "secret-name" not in repr(replace(load_settings(None, {"HOME": "/home/mara"}, {}), keys="env:secret-name"))


def test_nothing_is_signed_anew_unless_it_is_said_how() -> None:
    assert load_settings(None, {"HOME": "/home/mara"}, {}).aws == AwsSettings({}, "block")
