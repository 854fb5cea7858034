"""A person logs in at the console by a real OpenID provider, and out again, by clicking in a real browser."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.browser import CHROMIUM, LACKING, Browser
from tests.doubles.provider import Provider
from tests.e2e.gate import start

HERE = Path(__file__).parent


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@pytest.mark.skipif(CHROMIUM is None, reason=LACKING)
async def test_a_person_logs_in_by_a_provider_and_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIDC_SECRET", "shh")
    port, console = free_port(), free_port()
    url = f"http://127.0.0.1:{console}"
    (tmp_path / "login.yaml").write_text(
        f"version: 1\nissuer: https://127.0.0.1:{port}\nclient_id: hushgate\nclient_secret: env:OIDC_SECRET\n"
        "roles: {gate-auditors: auditor}\n"
    )
    async with Provider() as llm:
        certificate = llm.authority.issue("127.0.0.1")
        words = ["node", str(HERE / "openid.mjs"), str(port), str(certificate), f"{url}/login/callback", f"{url}/login"]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as there:
            try:
                assert there.stdout is not None and await asyncio.to_thread(there.stdout.readline) == "ready\n"
                gate = await start(
                    tmp_path, llm.port, llm.ca, console=f"127.0.0.1:{console}", login="./login.yaml",
                    env={"OIDC_SECRET": "shh"},
                )  # fmt: skip
                async with Browser(tmp_path / "profile") as window:
                    await window.call("Security.setIgnoreCertificateErrors", ignore=True)
                    await window.open(f"{url}/coverage")
                    assert await window.run("location.pathname") == "/login"
                    if pictures := os.environ.get("CONSOLE_PICTURES"):
                        await window.picture(Path(pictures) / "login-provider.png")
                    await window.click("a.button")
                    await window.until("document.querySelector('input[name=login]') !== null")
                    await window.type("input[name=login]", "carol")
                    await window.type("input[name=password]", "any")
                    await window.click("button[type=submit]")
                    await window.until(
                        "!document.querySelector('input[name=login]')"
                        " && !!document.querySelector('button[type=submit]')"
                    )
                    await window.click("button[type=submit]")
                    await window.until("location.pathname === '/coverage' && document.readyState === 'complete'")
                    assert "carol@acme.example" in await window.run("document.body.innerText")
                    await window.click(".who button")
                    await window.until("document.body.innerText.includes('Log out there, too')")
                    await window.click(".fault a")
                    await window.until("location.pathname === '/session/end' && document.readyState === 'complete'")
                    await window.click("button[type=submit]")
                    await window.until(f"location.href.startsWith('{url}/login')")
                kinds = [(kind, gate.events(kind)[0]["by"]) for kind in ("logged-in", "logged-out")]
                assert kinds == [("logged-in", "carol@acme.example"), ("logged-out", "carol@acme.example")]
                assert gate.stop() == 0, gate.said
                assert "shh" not in (tmp_path / "state" / "users.json").read_text()
                assert json.loads((tmp_path / "state" / "users.json").read_text())["users"][0]["roles"] == ["auditor"]
            finally:
                there.terminate()
