"""The client, in a process of its own so that its CPU is nobody's: keep-alive HTTP/1.1 over CONNECT, one at a time.

Reads a JSON command a line and answers each with one: see `Client.do`. Times are seconds.
"""

from __future__ import annotations

import json
import socket
import ssl
import sys
import time
from collections.abc import Iterator
from typing import Any

from bench.contestants import Contestant, tls_context
from bench.prose import Prose

PATH = "/v1/chat/completions"


class LoadError(Exception):
    """A reply that is not what was asked for."""


class Refused(LoadError):
    """503: the gate could not judge in time, and said so."""


class Wire:
    """One connection to a contestant."""

    def __init__(self, contestant: Contestant) -> None:
        plain = socket.create_connection(("127.0.0.1", contestant.proxy or contestant.port), timeout=120)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.host, self.rest = contestant.target, b""
        if contestant.proxy:
            where = f"{contestant.target}:{contestant.port}"
            plain.sendall(f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\n\r\n".encode())
            self.socket: socket.socket | ssl.SSLSocket = plain
            if (status := self._head()[0]) != 200:
                raise LoadError(f"{contestant.name} answers CONNECT with {status}")
        self.socket = tls_context().wrap_socket(plain, server_hostname=contestant.target)

    def send(self, body: bytes, headers: str = "", path: str = PATH) -> None:
        head = f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: application/json\r\n"
        self.socket.sendall(f"{head}{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def whole(self) -> bytes:
        """The reply's body."""
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """The reply's body as it arrives."""
        status, headers = self._head()
        if status != 200:
            said = self._exactly(int(headers.get("content-length", 0)))
            raise (Refused if status == 503 else LoadError)(f"status {status}: {said[:300]!r}")
        if headers.get("transfer-encoding", "").lower() == "chunked":
            while size := int(self._line(), 16):
                yield self._exactly(size)
                self._line()
            self._line()
        else:
            yield self._exactly(int(headers["content-length"]))

    def _head(self) -> tuple[int, dict[str, str]]:
        status = int(self._line().split()[1])
        headers = {}
        while line := self._line():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        return status, headers

    def _more(self) -> None:
        data = self.socket.recv(1 << 16)
        if not data:
            raise LoadError("the connection was closed")
        self.rest += data

    def _line(self) -> bytes:
        while (end := self.rest.find(b"\r\n")) < 0:
            self._more()
        line, self.rest = self.rest[:end], self.rest[end + 2 :]
        return line

    def _exactly(self, size: int) -> bytes:
        while len(self.rest) < size:
            self._more()
        data, self.rest = self.rest[:size], self.rest[size:]
        return data


class Client:
    """Prepares bodies, then sends the same ones to whoever is named."""

    def __init__(self, contestants: list[Contestant], seed: int) -> None:
        self.wires = {c.name: Wire(c) for c in contestants}
        self.prose = Prose(seed)
        self.bodies: list[bytes] = []

    def do(self, command: dict[str, Any]) -> object:
        """prepare (kind, size, count) | send (to, first, last) -> latencies | stream (to, chunk, delay) -> times."""
        match command:
            case {"do": "prepare", "kind": "body", "size": size, "count": count}:
                self.bodies = [self.prose.body(size) for _ in range(count)]
            case {"do": "prepare", "kind": "stream", "size": size, "count": count}:
                self.bodies = [self.prose.stream_body(size) for _ in range(count)]
            case {"do": "prepare", "kind": "conversation", "size": size, "count": count}:
                self.bodies = self.prose.conversation(size, count)
            case {"do": "send", "to": name, "first": first, "last": last}:
                return [self._timed(self.wires[name], body) for body in self.bodies[first:last]]
            case {"do": "stream", "to": name, "chunk": chunk, "delay": delay}:
                headers = f"x-double-chunk: {chunk}\r\nx-double-delay: {delay}\r\n"
                return [self._streamed(self.wires[name], body, headers) for body in self.bodies]
            case _:
                raise LoadError("no such command")
        return len(self.bodies)

    def _timed(self, wire: Wire, body: bytes) -> float | None:
        """Seconds; None for a refusal."""
        begun = time.perf_counter()
        wire.send(body)
        try:
            wire.whole()
        except Refused:
            return None
        return time.perf_counter() - begun

    def _streamed(self, wire: Wire, body: bytes, headers: str) -> dict[str, float]:
        """Seconds to the first frame, to the first text, and to the end; how many frames carried text."""
        begun = time.perf_counter()
        wire.send(body, headers)
        first = text = 0.0
        received = b""
        for piece in wire.pieces():
            first = first or time.perf_counter() - begun
            received += piece
            if not text and any(_text_of(frame) for frame in received.split(b"\n\n")[:-1]):
                text = time.perf_counter() - begun
        deltas = sum(bool(_text_of(frame)) for frame in received.split(b"\n\n")[:-1])
        if not received.endswith(b"data: [DONE]\n\n"):
            raise LoadError("a stream without its end")
        return {"frame": first, "text": text, "end": time.perf_counter() - begun, "deltas": deltas}


def _text_of(frame: bytes) -> str:
    data = frame.removeprefix(b"data: ")
    if not data.startswith(b"{"):
        return ""
    choices = json.loads(data)["choices"]
    return (choices[0]["delta"].get("content") or "") if choices else ""


def main() -> None:
    client: Client | None = None
    for line in sys.stdin:
        command = json.loads(line)
        try:
            if command["do"] == "connect":
                client = Client([Contestant(**one) for one in command["contestants"]], command["seed"])
                answer: object = None
            else:
                assert client is not None
                answer = client.do(command)
            print(json.dumps({"ok": answer}), flush=True)
        except (LoadError, OSError, ValueError, KeyError) as error:
            print(json.dumps({"error": f"{command.get('to', '')}: {type(error).__name__}: {error}"}), flush=True)


if __name__ == "__main__":
    main()
