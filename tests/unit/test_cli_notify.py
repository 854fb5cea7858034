"""`hushgate approvals notify-test`, and what `doctor` says of channels."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hushgate.approvals.notify.courier import Pace
from hushgate.approvals.notify.signing import headers, secrets_of
from hushgate.cli import notify
from tests.notices import Sink
from tests.unit.cli_runner import Runner, record, run

__all__ = ["run"]

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
GUIDE = Path(__file__).parents[2] / "docs" / "approvals.md"


@contextmanager
def sinking(sink: Sink) -> Iterator[Sink]:
    """A sink on a loop of its own: commands run one."""
    loop = asyncio.new_event_loop()
    loop.run_until_complete(sink.__aenter__())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield sink
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.run_until_complete(sink.__aexit__(None, None, None))
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def configured(run: Runner, *channels: Any, **more: Any) -> Runner:
    said = {"version": 1, "detect": {"ner": "off"}, "listen": "127.0.0.1:0", "approvals": {"notify": channels}}
    run.config.write_text(json.dumps({**said, **more}), encoding="utf-8")
    return run


def test_each_channel_gets_one_and_says_what_came_back(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "PACE", Pace(first=0.01, patience=0.2))
    with sinking(Sink(says=[(500, {}), (204, {})])) as fine, sinking(Sink(says=[(404, {})])) as wrong:
        monkeypatch.setenv("SLACK_URL", fine.url)
        monkeypatch.setenv("HOOK_SECRET", SECRET)
        hook = {"url": wrong.url, "secret": "env:HOOK_SECRET"}
        done = configured(run, {"slack": "env:SLACK_URL"}, {"webhook": hook})("approvals", "notify-test", "--json")
    assert done.code == 1 and "1 of 2 channels took nothing" in done.err and "console_url" in done.err
    assert json.loads(done.out) == [
        {"channel": "slack-1", "outcome": "delivered", "tries": 2, "why": ""},
        {"channel": "webhook-2", "outcome": "failed", "tries": 1, "why": "answered 404"},
    ]
    assert json.loads(wrong.got[0].body)["type"] == "test"


def test_all_is_well(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    with sinking(Sink()) as sink:
        monkeypatch.setenv("TEAMS_URL", sink.url)
        configured(run, {"teams": "env:TEAMS_URL"}, console_url="https://gate.test")
        done = run("approvals", "notify-test")
    assert done.code == 0 and "teams-1" in done.out and "hint" not in done.err
    assert "https://gate.test/approvals" in sink.got[0].body.decode()


def test_without_channels_and_without_secrets(run: Runner) -> None:
    done = run("approvals", "notify-test")
    assert done.code == 3 and "no channel is configured" in done.err
    done = configured(run, {"slack": "env:NOT_SET_ANYWHERE"})("approvals", "notify-test")
    assert done.code == 2 and "NOT_SET_ANYWHERE is not set" in done.err


def test_doctor_tells_of_secrets_and_of_what_failed_at_last(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(run, {"slack": "env:SLACK_URL"})

    def said() -> dict[str, Any]:
        return {one["what"]: one for one in json.loads(run("doctor", "--json").out)}

    assert said()["notifications"]["good"] is False
    monkeypatch.setenv("SLACK_URL", "https://hooks.test/x")
    assert said()["notifications"]["good"] is True and "slack-1" not in said()
    event = {"channel": "slack-1", "outcome": "failed", "tries": 4, "why": "answered 500", "at": time.time()}
    record(run, "notified", event)
    assert "answered 500 (tries: 4)" in said()["slack-1"]["says"]


def test_the_guide_s_receiver_takes_what_is_signed_and_nothing_twice() -> None:
    (snippet,) = re.findall(r"```python\n(import base64, hmac.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    known: dict[str, Any] = {}
    exec(snippet, known)  # noqa: S102 - the documentation's own words
    now, body = int(time.time()), b'{"type":"test"}'
    for at, taken in ((now, True), (now, False), (now + 1, False)):
        assert known["check"](SECRET, headers(secrets_of(SECRET), "a1", at, body), body) is taken, "an id is taken once"
    two = headers(secrets_of(SECRET), "a2", now, body)
    other = "whsec_" + base64.b64encode(bytes(32)).decode()
    for secret, said, content in (
        (other, two, body), (SECRET, two, body + b" "), (SECRET, {**two, "webhook-id": "a3"}, body),
        (SECRET, headers(secrets_of(SECRET), "a4", now - 301, body), body),
        (SECRET, {**two, "webhook-timestamp": "x"}, body),
    ):  # fmt: skip
        assert known["check"](secret, said, content) is False
    assert known["check"](SECRET, headers(secrets_of(f"{other} {SECRET}"), "a2", now, body), body) is True
