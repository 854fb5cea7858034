"""Whatever breaks, the provider gets nothing unscanned and the client gets an answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.doubles.chat import Reply
from tests.doubles.provider import Provider
from tests.doubles.socket import Socket
from tests.e2e import faulty
from tests.e2e.conftest import Start
from tests.e2e.gate import Gate, chat, start
from tests.e2e.test_websocket import opened

EMAIL = "canary.person" + "@example.com"
URL = "https://api.openai.com/v1/chat/completions"
EXCEPTIONS = ("ValueError", "AddonHalt", "OptionsError", "CancelledError", "RecursionError", "MemoryError")
FORWARDING = (
    "Gate.http_connect", "Gate.server_connect", "Gate.requestheaders", "Gate.request", "Layers.next_layer",
    "DisableH2C.request", "UpstreamAuth.requestheaders", "TlsConfig.request", "Proxyserver.server_connect",
    "TlsConfig.tls_start_client", "TlsConfig.tls_start_server", "decide", "mask",
)  # fmt: skip
"""Where one breaks, nothing is forwarded."""
MAY_BE_SILENT = {"Gate.requestheaders", "Gate.request"}
"""Where doing nothing at all is a failure as well."""
REPLIES = ("Gate.responseheaders", "Gate.response", "feed")
"""Where one breaks, nothing of the reply is passed on."""
BESIDE = ("Gate.error", "Gate.client_disconnected", "TlsConfig.tls_clienthello")
"""Where one breaks, a request is masked as ever."""
SOCKETS = ("Gate.websocket_start", "Gate.websocket_message", "Gate.websocket_end")
"""Where one breaks, no message passes."""
AT_START = (
    "Core.configure", "Proxyserver.load", "Proxyserver.configure", "Proxyserver.running", "TlsConfig.load",
    "TlsConfig.configure", "TlsConfig.running", "UpstreamAuth.load", "UpstreamAuth.configure", "Layers.configure",
)  # fmt: skip
"""Where one breaks, the gate does not start, or masks as ever."""
NEVER = ("UpstreamAuth.http_connect_upstream", "TlsConfig.quic_start_client", "TlsConfig.quic_start_server")
"""Without a proxy upstream and without QUIC these are not run."""
FAULTY = [sys.executable, str(Path(faulty.__file__))]


def test_no_hook_is_forgotten() -> None:
    told = [*FORWARDING, *REPLIES, *BESIDE, *SOCKETS, *AT_START, *NEVER]
    assert sorted(set(told) - {"decide", "mask", "feed"}) == sorted(faulty.hooks())


@dataclass
class Breaking:
    """A gate in which a hook breaks on demand."""

    gate: Gate
    fault: Path

    async def post(self, hook: str, what: str, body: dict[str, object]) -> httpx.Response | None:
        """An exchange while a hook breaks; None where the connection was closed. A time-out is an AssertionError."""
        self.fault.write_text(f"{hook} {what}")
        try:
            async with self.gate.client(timeout=15) as client:
                return await client.post(URL, json=body)
        except httpx.TimeoutException:
            raise AssertionError(f"{hook} {what}: the client hangs") from None
        except httpx.HTTPError:
            return None
        finally:
            self.fault.write_text("")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def standing_breaking(
    standing_provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Breaking]:
    folder = tmp_path_factory.mktemp("breaking")
    fault = folder / "fault"
    fault.write_text("")
    gate = await start(folder, standing_provider.port, standing_provider.ca, program=FAULTY, env={"FAULT": str(fault)})
    yield Breaking(gate, fault)
    gate.process.kill()
    gate.process.wait()


@pytest.fixture
def breaking(standing_breaking: Breaking, provider: Provider) -> Breaking:
    return standing_breaking


@pytest.mark.parametrize("hook", FORWARDING)
async def test_a_hook_that_breaks_forwards_nothing(breaking: Breaking, provider: Provider, hook: str) -> None:
    for what in (*EXCEPTIONS, *(["silent"] if hook in MAY_BE_SILENT else [])):
        answer = await breaking.post(hook, what, chat(f"write to {EMAIL}"))
        assert answer is None or answer.status_code >= 400, what
        assert provider.journal.count == 0, what
    answer = await breaking.post("none", "ValueError", chat(f"write to {EMAIL}"))
    assert answer is not None
    assert answer.status_code == 200, "the gate works again once nothing breaks"
    assert provider.journal.find(EMAIL) is None
    assert "canary-in-exception" not in breaking.gate.said
    assert EMAIL not in breaking.gate.said


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("hook", REPLIES)
async def test_a_reply_that_breaks_is_not_passed_on(
    breaking: Breaking, provider: Provider, hook: str, stream: bool
) -> None:
    if (hook, stream) in {("Gate.response", True), ("feed", False)}:
        pytest.skip("not run, or the reply has left by then")
    provider.reply = Reply(text="the reply tells of another.canary" + "@example.org today")
    for what in EXCEPTIONS:
        answer = await breaking.post(hook, what, chat("hello", model="gpt-4o", stream=stream))
        if answer is not None:
            assert "another.canary" not in answer.text, what
            assert stream or answer.status_code >= 400, what


@pytest.mark.parametrize("hook", [*SOCKETS, "decide", "mask", "feed"])
async def test_a_websocket_hook_that_breaks_lets_nothing_through(
    breaking: Breaking, provider: Provider, hook: str
) -> None:
    async def answer(socket: Socket) -> None:
        await socket.accept()
        async for message in socket.messages():
            await socket.say({"text": "the reply tells of another.canary" + "@example.org today"}, message)
            await socket.close()
            return

    provider.socket = answer
    at_once = hook == "Gate.websocket_start"
    after = hook in {"Gate.websocket_end", "feed"}  # by then messages have left, masked
    for what in (*EXCEPTIONS, *(["silent"] if hook in SOCKETS else [])):
        provider.journal.clear()
        code, got = await speak(breaking, *((f"{hook} {what}", "") if at_once else ("", f"{hook} {what}")))
        assert provider.journal.find(EMAIL) is None, what
        assert after or provider.journal.messages == [], what
        assert not any("another.canary" in str(message) for message in got), what
        assert code not in {None, 1000}, what
    code, got = await speak(breaking, "", "")
    assert code == 1000, "the gate works again once nothing breaks"
    assert len(got) == 2
    assert "canary-in-exception" not in breaking.gate.said


async def speak(breaking: Breaking, at_first: str, then: str) -> tuple[int | None, list[str | bytes]]:
    """A WebSocket on which a client says two messages: how it ended, and what came back. Faults as `Breaking.post`."""
    breaking.fault.write_text(at_first)
    got: list[str | bytes] = []
    try:
        async with asyncio.timeout(15), opened(breaking.gate) as socket:
            with contextlib.suppress(ConnectionClosed):
                if at_first:
                    await socket.recv()
                breaking.fault.write_text(then)
                await socket.send(json.dumps({"text": f"write to {EMAIL}"}))
                await socket.send(json.dumps({"text": f"and to {EMAIL}"}))
                async for message in socket:
                    got.append(message)
            await socket.wait_closed()
            return socket.close_code, got
    except (InvalidHandshake, ConnectionError):
        return 1006, got
    except TimeoutError:
        raise AssertionError(f"{at_first or then}: the client hangs") from None
    finally:
        breaking.fault.write_text("")


@pytest.mark.parametrize("hook", BESIDE)
async def test_a_hook_beside_the_way_changes_nothing(breaking: Breaking, provider: Provider, hook: str) -> None:
    for what in EXCEPTIONS:
        provider.reply = Reply(cut=5)
        await breaking.post(hook, what, chat(f"write to {EMAIL}"))  # breaks off, so that there is an error
        provider.reply = Reply()
        answer = await breaking.post(hook, what, chat(f"write to {EMAIL}"))
        assert answer is None or answer.status_code in {200, 502, 503}, what
    assert provider.journal.find(EMAIL) is None
    answer = await breaking.post("none", "ValueError", chat(f"write to {EMAIL}"))
    assert answer is not None
    assert answer.status_code == 200


async def test_a_hook_that_breaks_at_the_start_opens_nothing(
    start_gate: Start, provider: Provider, tmp_path: Path
) -> None:
    at_once = asyncio.Semaphore(2)

    async def begin(hook: str) -> None:
        fault = tmp_path / hook
        fault.write_text(f"{hook} ValueError")
        async with at_once:
            try:
                gate = await start_gate(program=FAULTY, env={"FAULT": str(fault)}, state=tmp_path / f"{hook}-state")
            except AssertionError:
                return  # It says so, and ends.
            async with gate.client() as client:
                with contextlib.suppress(httpx.HTTPError):
                    await client.post(URL, json=chat(f"write to {EMAIL}"))

    await asyncio.gather(*map(begin, AT_START))
    assert provider.journal.find(EMAIL) is None


async def test_killed_gate_leaves_nothing_unrecorded(start_gate: Start, provider: Provider) -> None:
    gate = await start_gate()

    async def talk(number: int) -> None:
        async with gate.client(timeout=5) as client:
            for turn in range(50):
                await client.post(URL, json=chat(f"turn {number}-{turn} of {EMAIL}"))

    talks = [asyncio.create_task(talk(n)) for n in range(4)]
    while provider.journal.count < 20:
        await asyncio.sleep(0.01)
    gate.process.kill()
    await asyncio.gather(*talks, return_exceptions=True)
    gate.process.wait()

    assert provider.journal.find(EMAIL) is None
    recorded = exported(gate.run("export").stdout)
    assert len(recorded) >= provider.journal.count, "every forwarded prompt is on record"
    assert gate.run("verify").returncode == 0


def exported(lines: str) -> set[str]:
    """The exchanges in an export."""
    return {row["id"] for row in map(json.loads, lines.splitlines()) if "id" in row}


async def test_a_broken_or_lost_rule_file_does_not_replace_the_rules(
    start_gate: Start, provider: Provider, tmp_path: Path
) -> None:
    rules = tmp_path / "own.yaml"
    good = (
        "version: 1\nrules:\n  - id: acme-badge\n    entity: EMPLOYEE_ID\n    level: confidential\n    category: pii\n"
        "    says: Badge number of an Acme employee\n    pattern: 'AB-[0-9]{6}'\n    boundary: word\n"
        "    match: [badge AB-123456]\n    no_match: [badge AB-12345]\n"
    )
    rules.write_text(good)
    gate = await start_gate(rules=["builtin", str(tmp_path / "own*.yaml")])
    for written in (None, "version: 1\nrules: [", good.replace("confidential", "nonsense"), "", "gone"):
        if written == "gone":
            rules.unlink()
        elif written is not None:
            rules.write_text(written)
        if written is not None:
            await asyncio.sleep(2.5)
        async with gate.client() as client:
            answer = await client.post(URL, json=chat("my badge AB-654321"))
        assert answer.status_code == 200
        assert provider.journal.find("AB-654321") is None
    assert "refused" in gate.said
    assert "is gone" in gate.said

    gate.process.send_signal(signal.SIGHUP)  # Somebody wants it so.
    async with asyncio.timeout(20):
        while "the changed rules are in force" not in gate.said:
            await asyncio.sleep(0.1)
