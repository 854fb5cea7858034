from __future__ import annotations

import pytest

from hushgate.errors import StateError
from hushgate.identity.asking import ask, proxy_url
from hushgate.identity.form import Asked


def test_a_proxy_url_for_programs() -> None:
    assert proxy_url("http://gate.example:8888", "ci.agents", "hgt_x") == "http://ci.agents:hgt_x@gate.example:8888"
    assert proxy_url("http://[::1]:8888/", "a@b", "t") == "http://a%40b:t@[::1]:8888"


@pytest.mark.parametrize("proxy", ["", "gate:8888", "socks5://gate:8888", "http://", "http://a:b@gate:8888"])
def test_what_is_no_gates_address(proxy: str) -> None:
    with pytest.raises(StateError, match="no gate's address"):
        ask(proxy, Asked("token"))


def test_nobody_there() -> None:
    with pytest.raises(StateError, match="no gate answers"):
        ask("http://127.0.0.1:9", Asked("token"))
