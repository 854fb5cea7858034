"""What the gate adds to a stream, for each framing: beside stock mitmproxy with `stream=True`, which does nothing.

First text and CPU are measured through both proxies, interleaved, on streams of fresh prose cut as LLMs cut it. What is
held back is counted in one process: after each piece, the characters that came and were not given out, and of these
how many are older than the word under way.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import mean, median
from typing import Final

from bench import contestants
from bench.contestants import BenchError, Contestant
from bench.load import Wire
from bench.streams import HOSTS, MARK, PIECES, STREAMS, Stream, pieces
from hushgate.detect.engine import Engine
from hushgate.detect.rules import load_rules
from hushgate.framing.registry import open_framing
from hushgate.replies.rereading import MaskAll
from hushgate.replies.stream import ReplyStream
from hushgate.rulebook import BUILTIN, sources
from hushgate.transform.placeholders import Placeholders
from hushgate.transform.restore import Restorer
from hushgate.wire.base import Dialect
from hushgate.wire.document import parse_json
from hushgate.wire.registry import dialect

SETTLE: Final = 0.05
WHO: Final = ("stock stream", "hushgate")


@dataclass(slots=True)
class Seen:
    """Milliseconds: to the first text, and of CPU a frame."""

    first: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Held:
    """Characters held back after a piece: all of them, and those behind the last space that came."""

    all: int
    older: int


def run(rounds: int, only: list[str] | None) -> dict[str, dict[str, Seen]]:
    chosen = [one for one in STREAMS if not only or one.name in only]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hushgate-bench-")))
        up = stack.enter_context(contestants.upstream(folder / "provider", ["bench.streams"]))
        stock = stack.enter_context(contestants.stock(folder / "stock", up, stream=True))
        gate = stack.enter_context(contestants.gate(folder / "gate", up, ner="off", hosts=HOSTS))
        found = {one.name: {who: Seen() for who in WHO} for one in chosen}
        wires: dict[tuple[str, str], Wire] = {}
        for number in range(rounds + 1):
            for one in chosen:
                order = (stock, replace(gate, target=one.host))
                for contestant in order if number % 2 else order[::-1]:
                    wire = wires.setdefault((one.name, contestant.name), Wire(contestant))
                    first, cpu = _measured(contestant, wire, one)
                    if number:  # The first round warms up.
                        found[one.name][contestant.name].first.append(first)
                        found[one.name][contestant.name].cpu.append(cpu)
    return found


def _measured(contestant: Contestant, wire: Wire, one: Stream) -> tuple[float, float]:
    before, begun, first, tail = contestant.cpu(), time.perf_counter(), 0.0, b""
    wire.send(json.dumps(one.request).encode(), path=one.path)
    for piece in wire.pieces():
        tail = tail[-16:] + piece
        if not first and MARK.strip().encode() in tail:
            first = time.perf_counter() - begun
    if not first:
        raise BenchError(f"{contestant.name} lost the text of {one.name}")
    time.sleep(SETTLE)
    return 1000 * first, 1000 * (contestant.cpu() - before) / (PIECES + 2)


def held_back(one: Stream, seeds: range) -> list[Held]:
    """After each piece of some streams: what of the text is not out yet."""
    engine = Engine(load_rules(sources([BUILTIN], "detect")), fingerprint_key=bytes(32), cache_key=bytes(32))
    found = []
    for seed in seeds:
        said = pieces(seed)
        spoken = dialect(_format(one))
        bench = MaskAll(Placeholders(bytes(32)), "bench")
        stream = ReplyStream(spoken, open_framing(one.framing), engine, Restorer({}), bench)
        came, out = "", open_framing(one.framing)
        given = 0
        for raw, piece in _pairs(one, said):
            came += piece
            given += sum(_length(spoken, frame.data) for frame in out.feed(stream.feed(raw)))
            if piece:
                waits = len(came) - given
                found.append(Held(waits, max(0, waits - len(came.rpartition(" ")[2]))))
    return found


def _pairs(one: Stream, said: list[str]) -> list[tuple[bytes, str]]:
    """Frames, and the piece of text that each brings."""
    left = list(said)
    pairs = []
    for raw in one.frames(said):
        brings = left[0] if left and json.dumps(left[0], ensure_ascii=False).encode() in raw else ""
        pairs.append((raw, brings))
        del left[: bool(brings)]
    return pairs


def _length(spoken: Dialect, data: str | None) -> int:
    if data is None or not data.lstrip().startswith("{"):
        return 0
    return sum(len(delta.text) for delta in spoken.read_frame(parse_json(data.encode())).deltas)


def _format(one: Stream) -> str:
    return {"google, events": "google-stream", "google, array": "google-stream", "ollama, lines": "ollama"}.get(
        one.name, one.name
    )


def markdown(found: dict[str, dict[str, Seen]], seeds: range) -> str:
    lines = [
        "| stream | first text, ms: stock | hushgate | added | CPU a frame, ms: stock | hushgate "
        "| held back, characters: median | mean | older than the last word | pieces that left at once |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for one in STREAMS:
        if one.name not in found:
            continue
        stock, gate = (found[one.name][who] for who in WHO)
        held = held_back(one, seeds)
        cells = [
            f"{median(stock.first):.2f}", f"{median(gate.first):.2f}",
            f"{median(gate.first) - median(stock.first):+.2f}",
            f"{median(stock.cpu):.3f}", f"{median(gate.cpu):.3f}",
            f"{median(h.all for h in held):.0f}", f"{mean(h.all for h in held):.1f}",
            f"{median(h.older for h in held):.0f}", f"{mean(not h.all for h in held):.0%}",
        ]  # fmt: skip
        lines.append(f"| {one.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """`scripts/bench stream`."""
    parser = argparse.ArgumentParser(prog="scripts/bench stream", description=__doc__)
    parser.add_argument("--rounds", type=int, default=8, help="streams of each kind through each proxy")
    parser.add_argument("--only", action="append", metavar="NAME", help="a stream; may be repeated")
    given = parser.parse_args()
    try:
        print(markdown(run(given.rounds, given.only), range(6)))
    except BenchError as error:
        raise SystemExit(f"error: {error}") from None


if __name__ == "__main__":
    main()
