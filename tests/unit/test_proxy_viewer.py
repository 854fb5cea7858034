from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from mitmproxy import io
from mitmproxy.options import Options

from hushgate.errors import StateError
from hushgate.proxy.replay import make_flow
from hushgate.proxy.viewer import Viewer, read, show
from tests.unit.test_proxy_contentview import RECORD

ADDON = Path(__file__).parents[2] / "addon"
STARTED = "import sys, pathlib, hushgate.proxy.viewer as v; v.show(pathlib.Path(sys.argv[1]))"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "s.mitm"
    with path.open("wb") as out:
        io.FlowWriter(out).add(make_flow(RECORD, {"body": {"a": "<PERSON_k7f2qd3mxa>"}}, None))
    return path


@pytest.fixture
def viewer(file: Path) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """A running viewer, its URL and its token."""
    process = subprocess.Popen(
        [sys.executable, "-c", STARTED, str(file)],
        env=os.environ | {"PYTHONPATH": str(ADDON)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        ready, _, _ = select.select([process.stderr], [], [], 60)
        assert ready
        line = process.stderr.readline()
        url, _, token = line.split()[6].partition("?token=")
        yield process, url, token
    finally:
        process.kill()
        process.wait(10)


def test_it_shows_the_session_to_who_has_the_token(viewer: tuple[subprocess.Popen[str], str, str]) -> None:
    process, url, token = viewer
    assert url.startswith("http://127.0.0.1:")
    assert len(token) >= 32
    with httpx.Client(base_url=url, trust_env=False, timeout=20) as client:
        assert client.get("flows").status_code == 403
        client.headers["authorization"] = f"Bearer {token}"
        (one,) = client.get("flows").json()
        assert one["comment"] == "allow, confidential; masked EMAIL_ADDRESS, US_SSN; by mask-confidential"
        body = client.get(f"flows/{one['id']}/request/content/Auto.json").json()
        assert body["view_name"] == "hushgate"
        assert "<PERSON_k7f2qd3mxa>" in body["text"]
        assert client.get("state").json()["servers"] == {}

        client.cookies.clear()
        client.get("/")
        xsrf = client.cookies.get("_xsrf") or ""
        refused = client.post(f"flows/{one['id']}/replay", headers={"x-xsrftoken": xsrf})
        assert refused.status_code >= 400
        for command in ("replay.client", "script.run", "save.file", "inject.websocket"):
            answer = client.post(
                f"commands/{command}", headers={"x-xsrftoken": xsrf}, content=json.dumps({"arguments": []})
            )
            assert answer.status_code >= 400 or "error" in answer.json(), command

    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert time.monotonic() - began < 15
    assert token not in out + err


async def test_nothing_in_it_acts() -> None:
    viewer = Viewer(Options())
    assert set(viewer.addons.lookup) == {"webaddon", "webauth", "view", "eventstore"}
    assert not [
        name for name in viewer.commands.commands if name.startswith(("replay.", "script.", "save.", "inject.", "set"))
    ]


def test_files_that_cannot_be_shown(tmp_path: Path) -> None:
    bad = tmp_path / "bad.mitm"
    bad.write_bytes(b"no flows")
    with pytest.raises(StateError, match="no file of flows"):
        read(bad)
    with pytest.raises(StateError, match="cannot read"):
        show(tmp_path / "missing.mitm")
