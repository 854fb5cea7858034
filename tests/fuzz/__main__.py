"""`scripts/fuzz`: looks for inputs that break a law.

    scripts/fuzz                              every target, a minute each
    scripts/fuzz replies hosts --seconds 600  these two, ten minutes each
    scripts/fuzz hosts --repeat FILE          one input once more
    scripts/fuzz --profile deep               the properties, with new examples until the time is over

What breaks one is shortened and saved in build/fuzz/NAME/ and printed with the line that repeats it; the inputs that
reached new code stay there, too, and are what the next run begins with. Exits with 1 where something was found.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.util
import os
import subprocess
import sys
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

from tests.fuzz.mutate import LONGEST, inputs, shrunk
from tests.fuzz.target import Target

ROOT: Final = Path(__file__).parents[2]
FOUND: Final = ROOT / "build" / "fuzz"
NAMES: Final = sorted(path.stem for path in (Path(__file__).parent / "targets").glob("[a-z]*.py"))
HAS_ATHERIS: Final = importlib.util.find_spec("atheris") is not None
SLOWEST: Final = 300  # seconds by the clock that an input may take: a shared machine stands still now and then
TOLD: Final = 0.5  # seconds between two tellings of the counts, to a file: libFuzzer ends the process itself


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__.partition("\n")[0].partition(": ")[2])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"targets, all if none is named: {', '.join(NAMES)}")
    parser.add_argument("--seconds", type=int, help="for each target (60), or for all properties (600)")
    parser.add_argument("--profile", choices=["deep"], help="the Hypothesis properties instead, this hard")
    parser.add_argument("--repeat", type=Path, metavar="FILE", help="give one saved input to the target once more")
    parser.add_argument("--seed", type=int, default=0, help="of the changes, without atheris")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(NAMES):
        parser.error(f"no target is called {', '.join(sorted(unknown))}")
    if asked.profile:
        return properties(asked.seconds or 600)
    if asked.repeat and len(asked.names) != 1:
        parser.error("--repeat wants one NAME")
    if asked.here:
        return fuzz(asked.names[0], asked.seconds, asked.seed)
    if asked.repeat:
        print(f"{asked.names[0]}: {loaded(asked.names[0]).check(asked.repeat.read_bytes())}")
        return 0
    if not HAS_ATHERIS:
        print("hint: there is no atheris for this machine, so nothing is guided by coverage", file=sys.stderr)
    failed = [name for name in asked.names or NAMES if not watched(name, asked.seconds or 60, asked.seed)]
    print(f"found something: {', '.join(failed)}" if failed else "nothing found")
    return 1 if failed else 0


def watched(name: str, seconds: int, seed: int) -> bool:
    """One target in a process of its own, since libFuzzer ends its process; whether nothing was found."""
    place = FOUND / name
    (place / "corpus").mkdir(parents=True, exist_ok=True)
    (place / "outcomes").unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.fuzz", "--here", "--seconds", str(seconds), "--seed", str(seed), name]
    with (place / "log").open("wb") as log:
        code = subprocess.run(command, check=False, stderr=log, cwd=ROOT).returncode
    outcomes = (place / "outcomes").read_text() if (place / "outcomes").exists() else "no input was taken"
    print(f"{name}: {outcomes}", flush=True)
    if code:
        print(f"  failed with {code}; see {(place / 'log').relative_to(ROOT)}", flush=True)
    return code == 0


def loaded(name: str) -> Target:
    target: Target = importlib.import_module(f"tests.fuzz.targets.{name}").TARGET
    return target


def fuzz(name: str, seconds: int, seed: int) -> int:
    """One target, in this process."""
    place = FOUND / name
    guide: Any = importlib.import_module("atheris") if HAS_ATHERIS else None
    with guide.instrument_imports(include=["hushgate"]) if guide else nullcontext():
        target = loaded(name)
    tally = Tally(place / "outcomes")

    def one(data: bytes) -> None:
        try:
            tally.add(target.check(data))
        except Exception as failure:
            save(name, place, target, data, failure)
            raise

    if guide is None:
        end = time.monotonic() + seconds
        for data in inputs(target, seed):
            one(data)
            if time.monotonic() > end:
                return 0
    for number, data in enumerate(target.seeds):
        (place / "corpus" / f"seed-{number:03}").write_bytes(data)
    options = [
        f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-timeout={SLOWEST}", f"-seed={seed}",
        f"-artifact_prefix={place}/", "-rss_limit_mb=3000", "-print_final_stats=1",
    ]  # fmt: skip
    if target.words:
        words = place / "words"
        words.write_text("".join(f'"{"".join(f"\\x{byte:02x}" for byte in word)}"\n' for word in target.words))
        options.append(f"-dict={words}")
    guide.Setup([f"fuzz-{name}", *options, str(place / "corpus")], one)
    guide.Fuzz()
    return 0


class Tally:
    """What came of the inputs, kept in a file."""

    def __init__(self, file: Path) -> None:
        self._file, self._counts, self._next = file, Counter[str](), 0.0

    def add(self, outcome: str) -> None:
        self._counts[outcome] += 1
        if time.monotonic() > self._next:
            self._next = time.monotonic() + TOLD
            self._file.write_text(", ".join(f"{word} {count}" for word, count in self._counts.most_common()))


def save(name: str, place: Path, target: Target, data: bytes, failure: Exception) -> None:
    """Keep what failed, shortened; say how to repeat it."""

    def alike(shorter: bytes) -> bool:
        try:
            target.check(shorter)
        except Exception as other:
            return (type(other), str(other)) == (type(failure), str(failure))
        return False

    data = shrunk(data, alike)
    file = place / f"failed-{hashlib.sha256(data).hexdigest()[:12]}"
    file.write_bytes(data)
    print(f"{name}: {type(failure).__name__}: {failure}\n  input: {data!r}")
    print(f"  repeat: scripts/fuzz {name} --repeat {file.relative_to(ROOT)}", flush=True)


def properties(seconds: int) -> int:
    """All Hypothesis properties, pass after pass with other examples, until the time is over or one fails."""
    end = time.monotonic() + seconds
    environ = {**os.environ, "HYPOTHESIS_PROFILE": "deep"}
    seed = int(time.time())
    while True:
        command = [
            "-m",
            "pytest",
            "-q",
            "-m",
            "hypothesis",
            "-o",
            "faulthandler_timeout=900",
            f"--hypothesis-seed={seed}",
        ]
        print(f"HYPOTHESIS_PROFILE=deep python {' '.join(command)}", flush=True)
        if code := subprocess.run([sys.executable, *command], check=False, env=environ, cwd=ROOT).returncode:
            return code
        if time.monotonic() > end:
            return 0
        seed += 1


if __name__ == "__main__":
    sys.exit(main())
