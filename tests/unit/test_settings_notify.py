"""Channels in the settings: their forms, and each fault at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.approvals.notify.channels import Channel, Hook, Mailbox
from hushgate.errors import ConfigError
from hushgate.settings import load_settings
from hushgate.settings.values import Settings
from hushgate.values import Level

ALL = """
version: 1
console_url: https://gate.acme.test/
approvals:
  notify:
    - slack: env:SLACK_URL
    - teams: file:secrets/teams
      level: regulated
      groups: [dev]
      ends: false
    - webhook: {url: https://hooks.acme.test/x, secret: env:HOOK}
    - webhook: {url: env:URL, secret: file:/run/secrets/hook}
    - email:
        smtp: smtps://mail.acme.test
        from: gate@acme.test
        to: [bob@acme.test, carol@acme.test]
        user: gate
        password: env:MAIL
"""


def load(folder: Path, text: str) -> Settings:
    (folder / "hushgate.yaml").write_text(text)
    return load_settings(folder / "hushgate.yaml", {"HOME": str(folder)}, {})


def test_every_form(tmp_path: Path) -> None:
    settings = load(tmp_path, ALL)
    assert settings.console_url == "https://gate.acme.test"
    assert settings.approvals.notify == (
        Channel("slack-1", Hook("slack", "env:SLACK_URL")),
        Channel("teams-2", Hook("teams", f"file:{tmp_path}/secrets/teams"), Level.REGULATED, ("dev",), False),
        Channel("webhook-3", Hook("webhook", "https://hooks.acme.test/x", "env:HOOK")),
        Channel("webhook-4", Hook("webhook", "env:URL", "file:/run/secrets/hook")),
        Channel(
            "email-5",
            Mailbox(
                "smtps://mail.acme.test", "gate@acme.test", ("bob@acme.test", "carol@acme.test"), "gate", "env:MAIL"
            ),
        ),
    )
    assert [channel.line for channel in settings.approvals.notify] == [6, 7, 11, 12, 13]
    assert "SLACK_URL" not in repr(settings)


def test_nobody_is_told_by_default(tmp_path: Path) -> None:
    settings = load(tmp_path, "version: 1\n")
    assert settings.approvals.notify == () and settings.console_url is None


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("slack: https://hooks.slack.com/services/T/B/fake", "env:NAME or file:PATH"),
        ("slack: env:NOT A NAME", "wrong form"),
        ("{}", "must have one of slack, teams, webhook, email in each entry, not none"),
        ("{slack: env:A, teams: env:B}", "in each entry, not 2"),
        ("slak: env:A", "did you mean 'slack'?"),
        ("webhook: {url: https://h.test}", "lacks the key 'secret'"),
        ("webhook: {url: http://h.test, secret: env:A}", "is not https"),
        ("webhook: {url: https://h.test, secret: whsec_abc}", "never write it here"),
        ("{slack: env:A, level: secret}", "must be 'public'"),
        ("{slack: env:A, groups: []}", "must not be empty"),
        ("email: {smtp: mail.test, from: a@b.test, to: [c@d.test]}", "is no smtp://HOST:PORT"),
        ("email: {smtp: smtp://m.test, from: nobody, to: [c@d.test]}", "names 'nobody', which is not an address"),
        ("email: {smtp: smtp://m.test, from: a@b.test, to: ['c@d.test, e@f.test']}", "is not an address"),
        ('email: {smtp: smtp://m.test, from: "a@b.test\\r\\nBcc: x@y.test", to: [c@d.test]}', "is not an address"),
        ("email: {smtp: smtp://m.test, from: a@b.test, to: []}", "must not be empty"),
        ("email: {smtp: smtp://m.test, from: a@b.test, to: [c@d.test], user: u}", "one of user and password"),
    ],
)  # fmt: skip
def test_faults_stand_at_their_line(tmp_path: Path, entry: str, says: str) -> None:
    with pytest.raises(ConfigError) as why:
        load(tmp_path, f"version: 1\napprovals:\n  notify:\n    - slack: env:FINE\n    - {entry}\n")
    assert says in str(why.value) and "hushgate.yaml:5" in str(why.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    hook = "webhook: {url: x, secret: env:A}"
    text = f"version: 1\nconsole_url: http://gate.test\napprovals:\n  notify:\n    - {{}}\n    - {hook}\n"
    with pytest.raises(ConfigError) as why:
        load(tmp_path, text)
    assert [fault.line for fault in why.value.faults] == [2, 5, 6]


def test_channels_are_of_the_file_alone(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="must be a mapping"):
        load_settings(None, {"HOME": str(tmp_path), "HUSHGATE_APPROVALS_NOTIFY": "slack"}, {})
