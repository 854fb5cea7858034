"""How long one hostile exchange makes everybody else wait: worst latency of small requests while it is under way.

Gate, provider and hostile client are processes of their own, so that what is
seen is the gate's event loop. Each case is one request (or a reply to one) of
about a megabyte, of a shape that is expensive for its size.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import ssl
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from bench import contestants
from bench.prose import Prose
from tests.doubles.chat import Reply
from tests.doubles.provider import Provider

ROOT: Final = Path(__file__).parent.parent
URL: Final = "https://api.openai.com/v1/chat/completions"
MB: Final = 1_000_000
PAUSE: Final = 0.01  # seconds between two probes
SETTLE: Final = 0.5  # seconds of probes after the hostile exchange: its record is written then

type Document = dict[str, Any]


def _chat(content: object, **more: object) -> Document:
    return {"model": "double:text:ok", "messages": [{"role": "user", "content": content}]} | more


def _card(rng: random.Random) -> str:
    digits = [4, *(rng.randrange(10) for _ in range(14))]
    total = sum(d if n % 2 else (2 * d - 9 if 2 * d > 9 else 2 * d) for n, d in enumerate(digits))
    return "".join(map(str, (*digits, -total % 10)))


def _phone(rng: random.Random) -> str:
    return f"+1 415 {rng.randrange(200, 999)} {rng.randrange(1000, 9999)}"


def _filled(piece: Callable[[int], str], size: int) -> str:
    out: list[str] = []
    while size > 0:
        out.append(piece(len(out)))
        size -= len(out[-1])
    return "".join(out)


def _requests(rng: random.Random, size: int) -> dict[str, Callable[[], Document]]:
    head = "-----BEGIN RSA " + "PRIVATE KEY-----"
    prose = Prose(1)
    return {
        "short items": lambda: _chat("hi", list=[f"i{n:06}" for n in range(size // 10)]),
        "keys": lambda: _chat("hi", map={f"k{n:06}": 1 for n in range(size // 12)}),
        "long integers": lambda: _chat("hi", list=[10**9 + n for n in range(size // 11)]),
        "small integers": lambda: _chat("hi", list=[1] * (size // 2)),
        "lists": lambda: _chat("hi", list=[[]] * (size // 3)),
        "messages": lambda: (
            _chat("hi") | {"messages": [{"role": "user", "content": f"m{n}"} for n in range(size // 34)]}
        ),
        "parts": lambda: _chat([{"type": "text", "text": f"t{n}"} for n in range(size // 31)]),
        "images": lambda: _chat([f"data:image/png;base64,{n}" for n in range(size // 31)]),
        "addresses": lambda: _chat(_filled(lambda n: f"u{n}@mail.example ", size)),
        "list of addresses": lambda: _chat([f"u{n}@mail.example" for n in range(size // 22)]),
        "cards": lambda: _chat(_filled(lambda _: _card(rng) + " ", size)),
        "phones": lambda: _chat(_filled(lambda _: _phone(rng) + ", ", size)),
        "key heads": lambda: _chat(_filled(lambda _: head + "\n", size)),
        "backslashes": lambda: _chat("\\" * (size // 2)),
        "entities": lambda: _chat("&lt;" * (size // 4)),
        "percents": lambda: _chat("%41" * (size // 3)),
        "brackets": lambda: _chat("[" * size),
        "json in text": lambda: _chat(json.dumps([f"i{n}" for n in range(size // 10)])),
        "base64 words": lambda: _chat(_filled(lambda _: "aGVsbG8gd29ybGQsIGhlbGxv ", size)),
        "foreign": lambda: _chat("\u0430\u0435" * (size // 4)),
        "prose": lambda: _chat(_filled(lambda _: prose.sentence() + " ", size)),
    }


def _replies(size: int) -> dict[str, Callable[[], Reply]]:
    """Streams in pieces of 100 characters hold three bytes of frames a character."""

    def whole(content: object) -> Callable[[], Reply]:
        message = {"role": "assistant", "content": content}
        document = {"id": "c", "object": "chat.completion", "model": "m", "choices": [{"index": 0, "message": message}]}
        return lambda: Reply(body=json.dumps(document).encode())

    return {
        "stream of backslashes": lambda: Reply(text="\\" * size, chunk=size),
        "stream of backslashes, cut": lambda: Reply(text="\\" * (size // 3), chunk=100),
        "stream of entities": lambda: Reply(text="&lt;" * (size // 12), chunk=100),
        "stream of letters": lambda: Reply(text="a" * (size // 3), chunk=100),
        "stream of spaces": lambda: Reply(text=" " * (size // 3), chunk=100),
        "stream of digits": lambda: Reply(text="1 2 " * (size // 12), chunk=100),
        "stream of addresses": lambda: Reply(text=_filled(lambda n: f"u{n}@mail.example ", size // 3), chunk=100),
        "stream of key heads": lambda: Reply(
            text=_filled(lambda _: "-----BEGIN RSA " + "PRIVATE KEY-----\n", size // 3), chunk=100
        ),
        "stream in one piece": lambda: Reply(text=_filled(lambda n: f"u{n}@mail.example ", size), chunk=size),
        "stream by letters": lambda: Reply(text=_filled(lambda n: f"word{n} ", size // 200), chunk=1),
        "reply of items": whole([f"i{n:06}" for n in range(size // 10)]),
        "reply of addresses": whole(_filled(lambda n: f"u{n}@mail.example ", size)),
    }


@dataclass(slots=True)
class Seen:
    """What one case did. Seconds; `worst` and `second` are the longest waits of others."""

    case: str
    status: int
    took: float
    worst: float
    second: float
    probes: int


async def _serve(port_file: Path, size: int) -> None:
    replies = _replies(size)

    def script(request: Any) -> Reply | None:
        name = request.header("x-stall")
        return replies[name]() if name in replies else None

    async with Provider(script=script, keep=False) as provider:
        port_file.write_text(json.dumps({"port": provider.port, "ca": str(provider.ca)}))
        await asyncio.Event().wait()


async def _attack(proxy: str, ca: str, name: str, size: int) -> None:
    """The hostile client: makes its body, says it is ready, waits for a line, sends, prints what came."""
    requests = _requests(random.Random(1), size)
    document = requests[name]() if name in requests else _chat("hi", model="any", stream=name.startswith("stream"))
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    async with _client(proxy, ca) as client:
        print("ready", flush=True)
        sys.stdin.readline()
        began = time.perf_counter()
        headers = {"content-type": "application/json", "x-stall": name}
        try:
            answer = await client.post(URL, content=body, headers=headers)
            status = answer.status_code
        except httpx.HTTPError:
            status = 0
        print(json.dumps({"status": status, "took": time.perf_counter() - began}), flush=True)


def _client(proxy: str, ca: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(proxy=proxy, verify=ssl.create_default_context(cafile=ca), timeout=120)


async def _probe(proxy: str, ca: str, stop: asyncio.Event, seen: list[float]) -> None:
    rng = random.Random(3)
    async with _client(proxy, ca) as client:
        while not stop.is_set():
            text = " ".join(f"w{rng.randrange(10**6)}" for _ in range(120)) + f" me{rng.randrange(10**6)}@mail.example"
            began = time.perf_counter()
            answer = await client.post(URL, json=_chat(text))
            answer.raise_for_status()
            seen.append(time.perf_counter() - began)
            await asyncio.sleep(PAUSE)


async def _case(proxy: str, ca: str, name: str, size: int) -> Seen:
    attacker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.stall", "--attack", name, "--size", str(size), proxy, ca,
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert attacker.stdin and attacker.stdout
    await attacker.stdout.readline()
    stop, waits = asyncio.Event(), [0.0, 0.0]
    probing = asyncio.ensure_future(_probe(proxy, ca, stop, waits))
    await asyncio.sleep(0.2)
    waits[2:] = []
    attacker.stdin.write(b"go\n")
    said = json.loads(await asyncio.wait_for(attacker.stdout.readline(), 180) or '{"status": 0, "took": 0}')
    await asyncio.sleep(SETTLE)
    stop.set()
    await probing
    await attacker.wait()
    worst = sorted(waits)[-2:]
    return Seen(name, said["status"], said["took"], worst[1], worst[0], len(waits) - 2)


async def _run(names: list[str], size: int, ner: str, as_json: bool) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hushgate-stall-")))
        port_file = folder / "provider.json"
        provider = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.stall", "--provider", str(port_file), "--size", str(size), cwd=ROOT
        )
        try:
            while not (port_file.exists() and port_file.read_text()):
                await asyncio.sleep(0.05)
            at = json.loads(port_file.read_text())
            up = contestants.Upstream(at["port"], at["ca"], provider.pid)
            stack.enter_context(contestants.gate(folder / "gate", up, ner=ner))
            said = json.loads((folder / "gate" / "state" / "ready.json").read_text())
            await asyncio.sleep(2 if ner == "off" else 10)  # the workers
            for name in names:
                seen = await _case(said["proxy"], said["ca"], name, size)
                if as_json:
                    print(json.dumps(asdict(seen)), flush=True)
                else:
                    print(
                        f"{seen.case:28} {seen.status:4} {seen.took:7.2f} s   others: {1000 * seen.worst:6.0f} ms"
                        f" {1000 * seen.second:6.0f} ms  ({seen.probes} requests)",
                        flush=True,
                    )
        finally:
            provider.kill()
            await provider.wait()


def main() -> None:
    """`scripts/bench stall`."""
    parser = argparse.ArgumentParser(prog="scripts/bench stall", description=__doc__)
    parser.add_argument("--only", action="append", metavar="CASE", help="a case; may be repeated")
    parser.add_argument("--size", type=int, default=MB, help="about how many bytes the hostile body has")
    parser.add_argument("--ner", choices=("builtin", "off"), default="off", help="names in the workers")
    parser.add_argument("--json", action="store_true", help="JSON lines on stdout")
    parser.add_argument("--attack", help=argparse.SUPPRESS)
    parser.add_argument("--provider", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("at", nargs="*", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.provider:
        asyncio.run(_serve(given.provider, given.size))
    elif given.attack:
        proxy, ca = given.at
        asyncio.run(_attack(proxy, ca, given.attack, given.size))
    else:
        rng = random.Random(0)
        every = [*_requests(rng, 0), *_replies(0)]
        asyncio.run(_run(given.only or every, given.size, given.ner, given.json))


if __name__ == "__main__":
    main()
