"""curl, which speaks HTTP/2 to the gate: chat completions. What it prints on a refusal is the body."""

import json
import subprocess
from collections.abc import Iterator

import told

URL = "https://api.openai.com/v1/chat/completions"


class ExitCode22(Exception):
    """What curl ends with where the answer is an error, and --fail-with-body stands."""


def _curl(document: dict) -> Iterator[str]:
    """The lines of the answer's body as they come."""
    command = ["curl", "-sS", "--no-buffer", "--fail-with-body", "--max-time", "60", URL, "--json", "@-"]
    command += ["--write-out", "%{stderr}%{http_version}"]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, **pipes, text=True) as running:
        running.stdin.write(json.dumps(document))
        running.stdin.close()
        lines = []
        for line in running.stdout:
            lines.append(line)
            yield line
        spoken = running.stderr.read()
    if running.returncode == 22:
        raise ExitCode22("".join(lines))
    assert (running.returncode, spoken) == (0, "2"), spoken


def chat(text: str) -> str:
    body = "".join(_curl({"model": "gpt-4o", "messages": [{"role": "user", "content": text}]}))
    return json.loads(body)["choices"][0]["message"]["content"]


def chat_streamed(text: str) -> Iterator[str]:
    for line in _curl({"model": "gpt-4o", "messages": [{"role": "user", "content": text}], "stream": True}):
        if line.startswith("data: {"):
            for choice in json.loads(line[6:])["choices"]:
                yield choice["delta"].get("content") or ""


told.run(chat, chat_streamed)
