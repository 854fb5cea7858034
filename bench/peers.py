"""Other tools on the same labelled secrets: run in a venv of their own, which has to hold them.

    python -m venv PEERS && PEERS/bin/pip install detect-secrets credsweeper
    scripts/bench detect --peers PEERS --sample 100

Each reads texts as JSON lines on stdin and answers with the values it found in each; a secret counts as found where a
value meets it. CredSweeper runs with its model, at its own threshold.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bench.labelled import Text

_ANSWER: Final = "print(json.dumps(sorted({v for v in values if v})), flush=True)"
_PROGRAMS: Final[Mapping[str, str]] = {
    "detect-secrets": f"""
import json, sys, tempfile
from detect_secrets.core.scan import scan_file
from detect_secrets.settings import default_settings
with default_settings(), tempfile.NamedTemporaryFile("w", encoding="utf-8", errors="replace") as file:
    for row in sys.stdin:
        file.seek(0)
        file.truncate()
        file.write(json.loads(row))
        file.flush()
        values = [secret.secret_value for secret in scan_file(file.name)]
        {_ANSWER}
""",
    "credsweeper": f"""
import json, sys
from credsweeper.app import CredSweeper
from credsweeper.file_handler.string_content_provider import StringContentProvider
sweeper = CredSweeper()
for row in sys.stdin:
    found = sweeper.file_scan(StringContentProvider(json.loads(row).split("\\n")))
    sweeper.credential_manager.set_credentials(found)
    sweeper.post_processing(lambda *told, **more: None)
    values = [line.value for each in sweeper.credential_manager.get_credentials() for line in each.line_data_list]
    {_ANSWER}
""",
}


def versions(venv: Path) -> dict[str, str]:
    """The peers that are installed there."""
    asked = "import json, importlib.metadata as m; print(json.dumps({d.name: d.version for d in m.distributions()}))"
    done = subprocess.run([venv / "bin" / "python", "-c", asked], check=True, capture_output=True, text=True)
    known: dict[str, str] = json.loads(done.stdout)
    lower = {name.lower().replace("_", "-"): version for name, version in known.items()}
    return {name: lower[name] for name in _PROGRAMS if name in lower}


def found(venv: Path, peer: str, texts: Sequence[str]) -> tuple[list[list[str]], float]:
    """The values that a peer found in each text, and the seconds that took, its start not counted."""
    return answers(venv, peer, _PROGRAMS[peer], texts)


def answers(venv: Path, peer: str, program: str, texts: Sequence[str]) -> tuple[list[Any], float]:
    """What a program says of each text, and the seconds that took, its start not counted."""
    command = [str(venv / "bin" / "python"), "-c", program]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere, text=True) as run:
        assert run.stdin is not None and run.stdout is not None
        told, begun = [], 0.0
        for n, text in enumerate(["warm", *texts]):
            run.stdin.write(json.dumps(text) + "\n")
            run.stdin.flush()
            line = run.stdout.readline()
            if not line:
                sys.exit(f"error: {peer} ended at text {n}\nhint: {venv}/bin/pip install {peer}")
            told.append(json.loads(line))
            begun = begun or time.monotonic()
        run.stdin.close()
    return told[1:], time.monotonic() - begun


def meets(one: Text, values: Sequence[str]) -> bool:
    """Whether a value stands where the text's secret does."""
    span = one.spans[0]
    for value in values:
        at = one.text.find(value)
        while at >= 0:
            if span.meets(at, at + len(value)):
                return True
            at = one.text.find(value, at + 1)
    return False


def measure(venv: Path, sets: Mapping[str, Sequence[Text]], clean: Sequence[Text]) -> dict[str, dict[str, float]]:
    """By peer: recall by set, the share of clean texts with a finding, and MB/s on these."""
    figures: dict[str, dict[str, float]] = {}
    for peer, version in versions(venv).items():
        row: dict[str, float] = {}
        for name, texts in sets.items():
            labelled = [one for one in texts if one.spans]
            values, _ = found(venv, peer, [one.text for one in labelled])
            hits = [meets(one, each) for one, each in zip(labelled, values, strict=True)]
            row[name] = sum(hits) / len(hits) if hits else 0.0
        values, seconds = found(venv, peer, [one.text for one in clean])
        row["clean texts with a finding"] = sum(map(bool, values)) / len(values) if values else 0.0
        row["MB/s"] = sum(len(one.text.encode()) for one in clean) / (1 << 20) / seconds if seconds else 0.0
        figures[f"{peer} {version}"] = row
    return figures
