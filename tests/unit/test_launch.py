from __future__ import annotations

import base64
import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator

import certifi
import pytest

from hushgate.endpoints import Endpoint, Endpoints
from hushgate.errors import StateError
from hushgate.launch import CA_VARIABLES, PROXY_VARIABLES, child_environ, exempt, proxy_url


def endpoints(*hosts: str) -> Endpoints:
    return Endpoints([Endpoint("e", "e", hosts, False, "https", (), "x.yaml", 1)])


GOVERNED = endpoints("api.openai.com", "*.openai.azure.com")


def test_every_variable_is_set() -> None:
    base = {"PATH": "/bin", "HTTPS_PROXY": "http://corp:3128", "ALL_PROXY": "socks5://corp", "all_proxy": "x"}
    environ = child_environ(base, proxy="http://127.0.0.1:8888", bundle="/s/ca-bundle.pem", endpoints=GOVERNED)
    assert environ["PATH"] == "/bin"
    assert {environ[v] for v in PROXY_VARIABLES} == {"http://127.0.0.1:8888"}
    assert {environ[v] for v in CA_VARIABLES} == {"/s/ca-bundle.pem"}
    assert environ["NO_PROXY"] == environ["no_proxy"] == "localhost,127.0.0.1,::1"
    assert environ["NODE_USE_ENV_PROXY"] == "1"
    assert not {"ALL_PROXY", "all_proxy"} & environ.keys()
    assert base["HTTPS_PROXY"] == "http://corp:3128"


@pytest.mark.parametrize(
    ("proxy", "session", "url"),
    [
        ("http://127.0.0.1:8888", None, "http://127.0.0.1:8888"),
        ("http://127.0.0.1:8888/", None, "http://127.0.0.1:8888"),
        ("http://127.0.0.1:8888", "nightly", "http://local%3Bsession%3Dnightly:-@127.0.0.1:8888"),
        ("http://[::1]:8888", "a b/\u00e9", "http://local%3Bsession%3Da%20b%2F%C3%A9:-@[::1]:8888"),
        ("http://alice:t%3Ak@gate.example:1", "s", "http://alice%3Bsession%3Ds:t%3Ak@gate.example:1"),
        ("http://alice%3Bsession%3Dold:t@gate.example:1", "new", "http://alice%3Bsession%3Dnew:t@gate.example:1"),
        ("http://alice:t@gate.example:1", None, "http://alice:t@gate.example:1"),
    ],
)
def test_proxy_urls(proxy: str, session: str | None, url: str) -> None:
    assert proxy_url(proxy, session) == url


@pytest.mark.parametrize("proxy", ["", "127.0.0.1:8888", "socks5://a:1", "http://a", "http://a:99999", "http://a:1/x"])
def test_bad_proxy_urls(proxy: str) -> None:
    with pytest.raises(StateError) as caught:
        proxy_url(proxy, "s")
    assert caught.value.hint


@pytest.mark.parametrize("session", ["", "a;b", "a:b", "a=b", "a%b", "a\nb", "x" * 65])
def test_bad_session_names(session: str) -> None:
    with pytest.raises(StateError):
        proxy_url("http://127.0.0.1:1", session)


@pytest.mark.parametrize(
    ("item", "stays"),
    [
        ("corp.example", True),
        (".corp.example", True),
        ("10.0.0.0/8", True),
        ("intranet:8080", True),
        ("*", False),
        ("com", False),
        (".openai.com", False),
        ("*.openai.com", False),
        ("api.openai.com", False),
        ("API.openai.com:443", False),
        ("azure.com", False),
        ("mine.openai.azure.com", False),
        ("notapi.openai.com", True),
        ("what ever", False),
    ],
)
def test_no_proxy_keeps_what_is_not_governed(item: str, stays: bool) -> None:
    assert (item in exempt({"NO_PROXY": f"{item}, keep.example"}, GOVERNED)) is stays
    assert "keep.example" in exempt({"no_proxy": f"{item},keep.example"}, GOVERNED)


def test_a_governed_loopback_model_is_not_exempt() -> None:
    own = endpoints("localhost", "127.0.0.1")
    assert exempt({"NO_PROXY": "127.0.0.0/8"}, own) == ["::1"]


@pytest.fixture
def credentials() -> Iterator[tuple[int, list[str]]]:
    """A port that refuses every CONNECT, and the user names it was shown."""
    shown: list[str] = []

    class Proxy(http.server.BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            header = self.headers.get("Proxy-Authorization", "")
            shown.append(base64.b64decode(header.removeprefix("Basic ")).decode())
            self.send_error(400)

        def log_message(self, format: str, *args: object) -> None: ...

    server = http.server.HTTPServer(("127.0.0.1", 0), Proxy)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port, shown
    server.shutdown()
    server.server_close()


NODE = "require('https').get('https://api.openai.com/').on('error',()=>{})"
HTTPX = "import httpx\ntry: httpx.get('https://api.openai.com/')\nexcept httpx.HTTPError: pass"
URLLIB = "import urllib.request as u\ntry: u.urlopen('https://api.openai.com/')\nexcept OSError: pass"


@pytest.mark.parametrize(
    "command",
    [
        ["curl", "-s", "-m", "5", "https://api.openai.com/"],
        [sys.executable, "-c", HTTPX],
        [sys.executable, "-c", URLLIB],
        ["node", "-e", NODE],
    ],
    ids=["curl", "httpx", "urllib", "node"],
)
def test_real_clients_hand_the_session_over(credentials: tuple[int, list[str]], command: list[str]) -> None:
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not here")
    port, shown = credentials
    system = child_environ(
        os.environ,
        proxy=f"http://127.0.0.1:{port}",
        bundle=certifi.where(),
        endpoints=GOVERNED,
        session="night shift \u00e9",
    )
    subprocess.run(command, env=system, timeout=20, capture_output=True, check=False)
    if not shown and command[0] == "node":
        pytest.skip("this node does not read proxy variables")
    assert shown[0] == "local;session=night shift \u00e9:-"
