"""`mitmdump -s addon/main.py`: masks like `hushgate up`, and ends rather than going on without the gate."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from tests.doubles.provider import Provider
from tests.e2e.gate import START_SECONDS, Gate, chat, write_config
from tests.e2e.house import POLICY, House

ADDON = Path(__file__).parents[2] / "addon"
MAIN = ADDON / "main.py"
URL = "https://api.openai.com/v1/chat/completions"
EMAIL = "canary.person" + "@example.com"
MEDDLER = """
import asyncio
from pathlib import Path
from mitmproxy import ctx
from hushgate.proxy.script import HushgateScript

class Meddler:
    async def running(self):
        self.task = asyncio.ensure_future(self.meddle())

    async def meddle(self):
        while not Path(__file__).with_name("now").exists():
            await asyncio.sleep(0.05)
        ctx.options.update(stream_large_bodies="1")

addons = [HushgateScript(), Meddler()]
"""

type Begin = Callable[..., Gate]


@pytest.fixture
def mitm(tmp_path: Path, provider: Provider) -> Iterator[Begin]:
    """Starts mitmproxy's own programs with the script, and ends them."""
    started: list[Gate] = []
    config = write_config(tmp_path, provider.port, provider.ca, state=str(tmp_path / "state"))

    def begin(script: Path, *arguments: str, tool: str = "mitmdump") -> Gate:
        log = tmp_path / "log"
        command = [str(Path(sys.executable).with_name(tool)), "-s", str(script), *arguments]
        home = {"HOME": str(tmp_path), "PYTHONPATH": str(ADDON), "HUSHGATE_CONFIG": str(config)}
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output, env=os.environ | home, cwd=tmp_path)
        started.append(Gate(tmp_path, config, tmp_path / "state", process, "", "", log, command))
        return started[-1]

    yield begin
    for gate in started:
        if gate.process.poll() is None:
            gate.process.kill()
            gate.process.wait()


async def ready(gate: Gate) -> Gate:
    """The gate once it listens."""
    deadline = time.monotonic() + START_SECONDS
    while "hushgate ready on" not in gate.said:
        assert gate.process.poll() is None, gate.said
        assert time.monotonic() < deadline, gate.said
        await asyncio.sleep(0.05)
    said = json.loads((gate.state / "ready.json").read_text())
    gate.proxy, gate.ca = said["proxy"], said["ca"]
    return gate


async def test_it_masks_and_stops_cleanly(mitm: Begin, provider: Provider) -> None:
    gate = await ready(mitm(MAIN))
    async with gate.openai() as client:
        turn = {"role": "user", "content": f"write to {EMAIL}"}
        done = await client.chat.completions.create(model="double:echo", messages=[turn])
        stream = await client.chat.completions.create(model="double:echo", messages=[turn], stream=True)
        text = "".join([c.choices[0].delta.content or "" async for c in stream if c.choices])
    assert EMAIL in done.choices[0].message.content
    assert EMAIL in text
    assert provider.journal.count == 2
    assert provider.journal.find(EMAIL) is None
    assert EMAIL not in gate.said
    assert "api.openai.com" not in gate.said, "no dumper, and no log of mitmproxy's own"
    assert gate.stop() == 0
    assert not (gate.state / "ready.json").exists()
    assert gate.run("verify").returncode == 0
    assert len(gate.json("sessions")) == 1


async def test_a_held_request_is_approved_there_too(mitm: Begin, provider: Provider, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY)
    config = tmp_path / "hushgate.yaml"
    config.write_text(config.read_text() + f"policy: {tmp_path / 'policy.yaml'}\n")
    house = House(await ready(mitm(MAIN)))
    house.add("alice")
    house.add("carol")
    asking, id = await house.held(f"write to {EMAIL}")
    assert provider.journal.count == 0
    await house.asks("carol", "approve", id=id)
    assert (await asking).status_code == 200 and provider.journal.count == 1
    assert house.gate.stop() == 0
    assert not (house.gate.state / "control.sock").exists()


@pytest.mark.parametrize("end", ["touched", "deleted", "broken", "an option"])
async def test_when_the_script_goes_the_proxy_goes(mitm: Begin, provider: Provider, tmp_path: Path, end: str) -> None:
    script = tmp_path / "script.py"
    if end == "an option":
        script.write_text(MEDDLER)
    else:
        shutil.copy(MAIN, script)
    gate = await ready(mitm(script))

    async def talk() -> None:
        while gate.process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                async with gate.client(timeout=5) as client:
                    await client.post(URL, json=chat(f"write to {EMAIL}"))
            await asyncio.sleep(0.01)

    talking = asyncio.create_task(talk())
    while provider.journal.count < 3:
        await asyncio.sleep(0.02)
    match end:
        case "touched":
            os.utime(script, (time.time() + 5, time.time() + 5))
        case "deleted":
            script.unlink()
        case "broken":
            script.write_text("this is no Python")
            os.utime(script, (time.time() + 5, time.time() + 5))
        case _:
            (tmp_path / "now").touch()
    async with asyncio.timeout(15):
        await talking
    assert gate.process.returncode == 3
    assert "so the proxy stops" in gate.said
    assert provider.journal.find(EMAIL) is None


@pytest.mark.parametrize(
    "option",
    ["stream_large_bodies=1k", "save_stream_file=flows", "allow_hosts=example", "listen_port=9000", "proxyauth=a:b"],
)
def test_options_of_others_are_refused(mitm: Begin, provider: Provider, option: str) -> None:
    gate = mitm(MAIN, "--set", option)
    assert gate.process.wait(START_SECONDS) == 3
    assert option.partition("=")[0] in gate.said
    assert "hint:" in gate.said


def test_mitmweb_is_refused(mitm: Begin) -> None:
    gate = mitm(MAIN, "--no-web-open-browser", "--set", "web_port=0", tool="mitmweb")
    assert gate.process.wait(START_SECONDS) == 3
    assert "mitmweb" in gate.said
    assert "hint:" in gate.said


@pytest.mark.parametrize("what", ["state", "config", "port", "import"])
def test_a_script_that_cannot_start_ends_the_process(
    mitm: Begin, tmp_path: Path, provider: Provider, what: str
) -> None:
    script = MAIN
    code = 3
    match what:
        case "state":
            (tmp_path / "state").mkdir(mode=0o755)
        case "config":
            config = tmp_path / "hushgate.yaml"
            config.write_text(config.read_text() + "nonsense: true\n")
            code = 2
        case "port":
            config = tmp_path / "hushgate.yaml"
            config.write_text(
                yaml.safe_dump(yaml.safe_load(config.read_text()) | {"listen": f"127.0.0.1:{provider.port}"})
            )
        case _:
            script = tmp_path / "script.py"
            script.write_text("import nothing_of_this_name\n")
            code = 1  # mitmproxy's own
    gate = mitm(script)
    assert gate.process.wait(START_SECONDS) == code
    assert "ready on" not in gate.said
