"""From settings to what carries messages: secrets are looked up at the start, and each form reaches its receiver."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from hushgate.approvals.notify import carrying
from hushgate.approvals.notify.channels import Step
from hushgate.approvals.notify.messages import about
from hushgate.errors import ConfigError
from hushgate.notifying import carriers
from hushgate.settings import load_settings
from tests.doubles.pki import Authority
from tests.notices import AT, Mailbox, Sink, approval

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
MESSAGE = about(approval(), Step.OPENED, AT, "https://c.test/link/x")


def opened(folder: Path, channels: list[Any], environ: Mapping[str, str], **egress: str) -> Any:
    file = folder / "hushgate.yaml"
    file.write_text(json.dumps({"version": 1, "approvals": {"notify": channels}, "egress": egress}))
    return carriers(load_settings(file, {"HOME": str(folder)}, {}), environ)


async def test_each_channel_gets_its_form_over_tls(tmp_path: Path) -> None:
    authority = Authority.create(tmp_path)
    tls = authority.server_context("127.0.0.1")
    async with Sink(tls) as sink, Mailbox(tls, True, ("gate", "fake")) as box:
        (tmp_path / "teams").write_text(f"{sink.url}\n")
        (tmp_path / "secret").write_text(SECRET)
        made = opened(
            tmp_path,
            [
                {"slack": "env:SLACK_URL"},
                {"teams": "file:teams"},
                {"webhook": {"url": sink.url, "secret": "file:secret"}},
                {
                    "email": {
                        "smtp": box.url, "from": "gate@acme.test", "to": ["bob@acme.test"], "user": "gate",
                        "password": "env:MAIL_PASSWORD",
                    }
                },
            ],
            {"SLACK_URL": sink.url, "MAIL_PASSWORD": "fake"},
            upstream_ca=str(authority.path),
        )  # fmt: skip
        assert [channel.name for channel, _ in made] == ["slack-1", "teams-2", "webhook-3", "email-4"]
        for _, carry in made:
            await carry(MESSAGE)
    slack, teams, webhook = sink.got
    assert "blocks" in json.loads(slack.body) and json.loads(teams.body)["type"] == "message"
    assert "webhook-signature" not in slack.headers
    assert Webhook(SECRET).verify(webhook.body, webhook.headers)["type"] == "approval.opened"
    assert webhook.headers["webhook-id"] == "a1.opened.0" and webhook.headers["content-type"] == "application/json"
    assert box.secure == [True]


def test_every_secret_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    hook = {"url": "https://h.test", "secret": "env:HOOK"}
    mail = {"smtp": "smtp://m.test", "from": "a@b.test", "to": ["c@d.test"], "user": "u", "password": "env:GONE"}
    with pytest.raises(ConfigError) as why:
        opened(
            tmp_path,
            [{"slack": "env:NOWHERE"}, {"teams": "env:ODD"}, {"webhook": hook}, {"email": mail}, {"slack": "file:no"}],
            {"ODD": "not-a-url-but-a-secret", "HOOK": "hunter2-hunter2"},
        )
    said = str(why.value)
    for part in (
        "slack-1: the environment variable NOWHERE is not set", "teams-2: its URL is no URL",
        "webhook-3: its secret: a secret is written whsec_", "email-4: the environment variable GONE is not set",
        "slack-5: ", "No such file",
    ):  # fmt: skip
        assert part in said
    assert "not-a-url" not in said and "hunter2" not in said
    assert "hushgate.yaml:1" in said


@pytest.mark.parametrize(("content", "says"), [(b"", "is empty"), (b"\xff\xfe", "no UTF-8"), (b" \n", "is empty")])
def test_files_that_hold_no_secret(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(ValueError, match=says):
        carrying.secret(f"file:{tmp_path / 'x'}")


def test_a_secret_without_the_line_end_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("fake\n")
    assert carrying.secret(f"file:{tmp_path / 'x'}") == "fake"
    assert carrying.secret("env:X", {"X": " fake "}) == "fake"
