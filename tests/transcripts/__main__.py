"""Write transcripts anew: `python -m tests.transcripts [FILE ...]`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.transcripts.transcript import Transcript, cases, played


def main(paths: list[Path]) -> None:
    for path in paths or cases():
        fresh = asyncio.run(played(Transcript.read(path))).text()
        if fresh != path.read_text("utf-8"):
            path.write_text(fresh, "utf-8")
            print(f"renewed {path}", file=sys.stderr)


main([Path(name) for name in sys.argv[1:]])
