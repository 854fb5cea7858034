"""GitHub's endpoint for a job's token, on loopback: a bearer and an audience in, a signed token out."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

BEARER = "actions-" + "fake-bearer"


class Actions:
    """Answers `value` with what `sign` makes of the audience. `status` and `body` are what it does else."""

    def __init__(self, sign: Callable[[str], str]) -> None:
        self.sign = sign
        self.status = 200
        self.body: bytes | None = None
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/token?api-version=2.0"

    @property
    def environ(self) -> dict[str, str]:
        """What a job with `id-token: write` has in its environment."""
        return {"ACTIONS_ID_TOKEN_REQUEST_URL": self.url, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": BEARER}

    def __enter__(self) -> Self:
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                (audience,) = parse_qs(urlsplit(self.path).query)["audience"]
                double.asked.append(audience)
                status = double.status if self.headers["authorization"] == f"bearer {BEARER}" else 401
                said = {"value": double.sign(audience)} if status == 200 else {"message": "no"}
                body = json.dumps(said).encode() if double.body is None else double.body
                self.send_response(status)
                if status == 302:
                    self.send_header("location", "/elsewhere?audience=x")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
