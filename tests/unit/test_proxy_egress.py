from __future__ import annotations

import asyncio
import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushgate.endpoints import Endpoint, Endpoints
from hushgate.proxy.egress import (
    AddressRules,
    Blocked,
    GuardedResolver,
    Passage,
    check_names,
    intercepts,
    is_address,
    is_inside,
    judge_connect,
    judge_plain,
    parse_pin,
)


def endpoint(name: str, *hosts: str, scheme: str = "https", own: bool = False) -> Endpoint:
    return Endpoint(name, name, hosts, own, scheme, (), "test.yaml", 1)


ENDPOINTS = Endpoints(
    [
        endpoint("openai", "api.openai.com"),
        endpoint("azure", "*.openai.azure.com"),
        endpoint("vllm", "gpu.corp.example", own=True),
        endpoint("ollama", "ollama.corp.example", "127.0.0.1", scheme="http", own=True),
    ]
)

ADDRESSES = """127.0.0.1 2130706433 0x7f.1 0x7f000001 0177.0.0.1 127.1 017700000001 0X7F.0.0.1 169.254.169.254
8.8.8.8 127.0.0.1. 2130706433. [::1] ::1 [::ffff:127.0.0.1] ::ffff:7f00:1 fe80::1%eth0 0x 1.2.3 999.999.999.999
\uff11\uff12\uff17.0.0.1 127\u30020\u30020\u30021 foo.0x7f""".split()  # fmt: skip


@pytest.mark.parametrize("host", ADDRESSES)
def test_every_notation_of_an_address_is_refused(host: str) -> None:
    assert is_address(host)
    judged = judge_connect(ENDPOINTS, host, 443)
    assert judged.passage is Passage.REFUSE
    assert "IP address" in judged.reason
    assert judged.hint


@given(st.integers(0, 2**32 - 1), st.sampled_from([str, hex, lambda n: f"0{n:o}"]))
def test_an_address_as_one_number_is_refused(number: int, spelled: object) -> None:
    assert is_address(spelled(number))  # type: ignore[operator]


@pytest.mark.parametrize("host", ["api.openai.com", "1password.com", "0x.org", "a.b1", "127.0.0.1.nip.io", "localhost"])
def test_names_are_not_addresses(host: str) -> None:
    assert not is_address(host)


@pytest.mark.parametrize(
    ("host", "port", "others", "passage", "says"),
    [
        ("api.openai.com", 443, "pass", Passage.GOVERN, ""),
        ("API.OpenAI.com.", 443, "block", Passage.GOVERN, ""),
        ("\uff41pi.openai.com", 443, "block", Passage.GOVERN, ""),
        ("api.openai.com", 8443, "pass", Passage.GOVERN, ""),
        ("x.openai.azure.com", 443, "block", Passage.GOVERN, ""),
        ("example.org", 443, "pass", Passage.PASS, ""),
        ("example.org", 443, "block", Passage.REFUSE, "not a governed host"),
        ("api.openai.com", 0, "pass", Passage.REFUSE, "port"),
        ("a b", 443, "pass", Passage.REFUSE, "not a name"),
        ("", 443, "pass", Passage.REFUSE, "not a name"),
        ("api%2eopenai.com", 443, "pass", Passage.REFUSE, "not a name"),
        ("ollama.corp.example", 443, "pass", Passage.REFUSE, "plain HTTP"),
    ],
)
def test_connect(host: str, port: int, others: str, passage: Passage, says: str) -> None:
    judged = judge_connect(ENDPOINTS, host, port, other_hosts=others)
    assert judged.passage is passage
    assert says in judged.reason
    assert bool(judged.hint) == (passage is Passage.REFUSE)
    assert (judged.endpoint is not None) or passage is not Passage.GOVERN


@pytest.mark.parametrize(
    ("host", "others", "passage", "says"),
    [
        ("api.openai.com", "pass", Passage.REFUSE, "plain HTTP to api.openai.com"),
        ("gpu.corp.example", "pass", Passage.REFUSE, "plain HTTP to gpu.corp.example"),
        ("ollama.corp.example", "block", Passage.GOVERN, ""),
        ("127.0.0.1", "block", Passage.GOVERN, ""),
        ("127.0.0.2", "pass", Passage.REFUSE, "IP address"),
        ("0x7f.1", "pass", Passage.REFUSE, "IP address"),
        ("example.org", "pass", Passage.PASS, ""),
        ("example.org", "block", Passage.REFUSE, "not a governed host"),
        ("no name", "pass", Passage.REFUSE, "not a name"),
    ],
)
def test_plain_http(host: str, others: str, passage: Passage, says: str) -> None:
    judged = judge_plain(ENDPOINTS, host, other_hosts=others)
    assert judged.passage is passage
    assert says in judged.reason


@pytest.mark.parametrize(
    ("connect", "sni", "look"),
    [
        ("api.openai.com", None, True),
        ("api.openai.com", "example.org", True),
        ("example.org", "api.openai.com", True),
        ("example.org", "API.openai.com.", True),
        ("example.org", "example.org", False),
        ("example.org", None, False),
    ],
)
def test_a_tunnel_is_looked_into_if_either_name_is_governed(connect: str, sni: str | None, look: bool) -> None:
    assert intercepts(ENDPOINTS, connect, sni) is look


@pytest.mark.parametrize(
    ("connect", "sni", "host", "says"),
    [
        ("api.openai.com", "api.openai.com", "api.openai.com", None),
        ("api.openai.com", "api.openai.com", "API.openai.com:443", None),
        ("api.openai.com.", "api.openai.com", "api.openai.com", None),
        ("api.openai.com", None, "api.openai.com", None),
        (None, None, "127.0.0.1:11434", None),
        (None, None, "[::1]:11434", None),
        ("api.openai.com", "example.org", "api.openai.com", "TLS server name"),
        ("example.org", "api.openai.com", "api.openai.com", "TLS server name"),
        ("api.openai.com", "api.openai.com", "example.org", "request's host"),
        ("api.openai.com", "api.openai.com", "api.openai.com@example.org", "not a name"),
        ("api.openai.com", "api.openai.com", "api.openai.com:443:80", "not a name"),
        ("api.openai.com", "api.openai.com", "[api.openai.com]", "not a name"),
        ("api.openai.com", "api.openai.com", "[api.openai.com", "not a name"),
        ("api.openai.com", "api.openai.com", "[api.openai.com].example.org", "not a name"),
        (None, None, "[::1]x:80", "not a name"),
        ("api.openai.com", "api.openai.com", None, "no host"),
        ("api.openai.com", "api.openai.com", "", "not a name"),
    ],
)
def test_names_agree(connect: str | None, sni: str | None, host: str | None, says: str | None) -> None:
    found = check_names(connect, sni, host)
    assert found is None if says is None else says in (found or "")


INSIDE = """127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 0.0.0.0 100.64.0.1 100.100.100.200 224.0.0.1
255.255.255.255 240.0.0.1 192.0.2.1 198.18.0.1 168.63.129.16 ::1 :: fe80::1 fd00::1 fd00:ec2::254 ff02::1
::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::808:808 2002:7f00:1::1
2001:0:1::1 2001:db8::1 fec0::1""".split()
OUTSIDE = "8.8.8.8 1.1.1.1 104.18.6.192 2606:4700::1111 64:ff9b::808:808 ::ffff:8.8.8.8 100.63.255.255".split()


@pytest.mark.parametrize("address", INSIDE)
def test_inside(address: str) -> None:
    assert is_inside(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_outside(address: str) -> None:
    assert not is_inside(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_as_the_one_it_carries(address: ipaddress.IPv4Address) -> None:
    for form in ("::ffff:", "64:ff9b::"):
        assert is_inside(ipaddress.ip_address(f"{form}{address}")) == is_inside(address)


@pytest.mark.parametrize(
    ("host", "address", "fine"),
    [
        ("api.openai.com", "8.8.8.8", True),
        ("api.openai.com", "10.0.0.1", False),
        ("api.openai.com", "10.9.0.1", True),
        ("api.openai.com", "::ffff:10.9.0.1", True),
        ("api.openai.com", "fe80::1%eth0", False),
        ("api.openai.com", "nonsense", False),
        ("gpu.corp.example", "10.0.0.1", True),
        ("gpu.corp.example", "127.0.0.1", True),
        ("gpu.corp.example", "100.64.0.9", True),
        ("gpu.corp.example", "169.254.169.254", False),
        ("gpu.corp.example", "100.100.100.200", False),
        ("gpu.corp.example", "fd00:ec2::254", False),
        ("gpu.corp.example", "0.0.0.0", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.2", "127.0.0.2", False),
    ],
)
def test_permitted_addresses(host: str, address: str, fine: bool) -> None:
    rules = AddressRules.of({}, ["10.9.0.0/16"], ENDPOINTS)
    assert rules.permits(host, address) is fine


def test_a_self_hosted_wildcard_covers_its_subdomains_only() -> None:
    rules = AddressRules.of({}, [], Endpoints([endpoint("own", "*.corp.example", own=True)]))
    assert rules.permits("gpu.corp.example", "10.0.0.1")
    assert not rules.permits("corp.example", "10.0.0.1")
    assert not rules.permits("evilcorp.example", "10.0.0.1")


@pytest.mark.parametrize(
    ("pin", "read"),
    [
        ("127.0.0.1", ("127.0.0.1", None)),
        ("127.0.0.1:8443", ("127.0.0.1", 8443)),
        ("::1", ("::1", None)),
        ("[::1]:8443", ("::1", 8443)),
        ("[::1]", ("::1", None)),
    ],
)
def test_pins(pin: str, read: tuple[str, int | None]) -> None:
    assert parse_pin(pin) == read


@pytest.mark.parametrize(
    "pin", ["", "example.org", "127.0.0.1:0", "127.0.0.1:x", "127.0.0.1:65536", "[::1]8443", "[::1"]
)
def test_bad_pins(pin: str) -> None:
    with pytest.raises(ValueError):
        parse_pin(pin)


async def resolve(rules: AddressRules, name: str, answers: list[str], port: int = 443) -> list[tuple[str, int]]:
    """What a loop that knows `answers` for every name resolves a name to, behind the guard."""
    loop = asyncio.get_running_loop()
    real = loop.getaddrinfo

    async def known(host: str, port: int, **options: int) -> list[object]:
        if options["flags"] & socket.AI_NUMERICHOST:
            return list(await real(host, port, **options))
        return [i for a in answers for i in await real(a, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)]

    loop.getaddrinfo = known  # type: ignore[assignment,method-assign]
    guarded = GuardedResolver(loop, rules)
    guarded.install()
    try:
        found = await loop.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        return [(str(i[4][0]), int(i[4][1])) for i in found]
    finally:
        guarded.remove()
        assert loop.getaddrinfo is known
        loop.getaddrinfo = real  # type: ignore[method-assign]


async def test_only_permitted_answers_are_left() -> None:
    rules = AddressRules.of({}, [])
    assert await resolve(rules, "api.openai.com", ["10.0.0.1", "8.8.8.8", "::1"]) == [("8.8.8.8", 443)]


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "10.1.1.1"])
@pytest.mark.parametrize("name", ["api.openai.com", "not-governed.example"])
async def test_a_name_that_resolves_inside_is_refused(name: str, address: str) -> None:
    with pytest.raises(OSError) as caught:
        await resolve(AddressRules.of({}, []), name, [address])
    assert isinstance(caught.value, Blocked)
    assert name in str(caught.value)
    assert "allow_addresses" in caught.value.hint


async def test_a_pin_gives_address_and_port_and_is_not_filtered() -> None:
    rules = AddressRules.of({"API.openai.com": "127.0.0.1:8443", "six.example": "::1"}, [])
    assert await resolve(rules, "api.openai.com.", ["8.8.8.8"]) == [("127.0.0.1", 8443)]
    assert await resolve(rules, "six.example", ["8.8.8.8"], port=444) == [("::1", 444)]


async def test_a_real_connection_by_name_uses_the_pin_and_nothing_else() -> None:
    loop = asyncio.get_running_loop()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"here")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    guarded = GuardedResolver(loop, AddressRules.of({"api.openai.com": f"127.0.0.1:{port}"}, []))
    guarded.install()
    try:
        reader, writer = await asyncio.open_connection("api.openai.com", 443)
        assert await reader.read() == b"here"
        writer.close()
        with pytest.raises(Blocked):
            await asyncio.open_connection("localhost", port)
    finally:
        guarded.remove()
        server.close()
