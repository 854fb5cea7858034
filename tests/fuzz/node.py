"""JavaScript's reading of things, from one long-lived Node: a second opinion that shares no code with ours."""

from __future__ import annotations

import atexit
import base64
import json
import shutil
import subprocess
from functools import cache
from typing import IO, Any, Final

_PROGRAM: Final = r"""
const zlib = require("node:zlib");
const bits = new DataView(new ArrayBuffer(8));
function meaning(value) {
  if (typeof value === "number") {
    bits.setFloat64(0, value + 0);
    return ["number", bits.getBigUint64(0).toString()];
  }
  if (Array.isArray(value)) return ["array", value.map(meaning)];
  if (value === null || typeof value !== "object") return value;
  return ["object", Object.keys(value).sort().map((key) => [key, meaning(value[key])])];
}
const asks = {
  json: (raw) => meaning(JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw))),
  query: (raw) => [...new URLSearchParams(raw.toString())],
  host: (raw) => new URL("https://" + raw.toString() + "/").hostname,
  gzip: (raw) => zlib.gunzipSync(raw, { maxOutputLength: 1 << 20 }).toString("base64"),
  br: (raw) => zlib.brotliDecompressSync(raw, { maxOutputLength: 1 << 20 }).toString("base64"),
  deflate: (raw) => zlib.inflateSync(raw, { maxOutputLength: 1 << 20 }).toString("base64"),
};
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const [what, raw] = line.split(" ");
  let answer;
  try { answer = { is: asks[what](Buffer.from(raw, "base64")) }; } catch (error) { answer = { error: String(error) }; }
  process.stdout.write(JSON.stringify(answer) + "\n");
});
"""


class Node:
    """A Node at work. `ask` raises ValueError where Node refuses what it is given."""

    def __init__(self, program: str) -> None:
        self._process = subprocess.Popen([program, "-e", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        atexit.register(self.close)

    def close(self) -> None:
        with self._process:
            self._process.kill()

    def ask(self, what: str, raw: bytes) -> Any:
        told, answers = _pipes(self._process)
        told.write(b"%s %s\n" % (what.encode(), base64.b64encode(raw)))
        told.flush()
        answer = json.loads(answers.readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["is"]


@cache
def node() -> Node | None:
    """Node, where there is one in PATH."""
    program = shutil.which("node")
    return None if program is None else Node(program)


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None and process.stdout is not None
    return process.stdin, process.stdout
