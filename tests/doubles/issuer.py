"""An issuer of signed tokens, as a CI system is one: discovery and keys over TLS on loopback, and keys that change."""

from __future__ import annotations

import base64
import json
import ssl
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

type Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def number(value: int, size: int) -> str:
    return b64(value.to_bytes(size, "big"))


def jwk(kid: str, key: Private) -> dict[str, Any]:
    """The public half, as a JWK."""
    match key:
        case rsa.RSAPrivateKey():
            public = key.public_key().public_numbers()
            size = (key.key_size + 7) // 8
            return {"kid": kid, "kty": "RSA", "use": "sig", "n": number(public.n, size), "e": number(public.e, 3)}
        case ec.EllipticCurvePrivateKey():
            point = key.public_key().public_numbers()
            return {"kid": kid, "kty": "EC", "crv": "P-256", "x": number(point.x, 32), "y": number(point.y, 32)}
        case _:
            return {"kid": kid, "kty": "OKP", "crv": "Ed25519", "x": b64(key.public_key().public_bytes_raw())}


def sign(key: Private, said: bytes) -> tuple[str, bytes]:
    """The algorithm's name, and the signature."""
    match key:
        case rsa.RSAPrivateKey():
            return "RS256", key.sign(said, padding.PKCS1v15(), SHA256())
        case ec.EllipticCurvePrivateKey():
            r, s = decode_dss_signature(key.sign(said, ec.ECDSA(SHA256())))
            return "ES256", r.to_bytes(32, "big") + s.to_bytes(32, "big")
        case _:
            return "EdDSA", key.sign(said)


def token(key: Private, kid: str, claims: dict[str, Any], /, **header: Any) -> str:
    """A compact token; `header` overrides what its header says."""
    alg = sign(key, b"")[0]
    head = {"alg": alg, "kid": kid, "typ": "JWT", **header}
    said = f"{b64(json.dumps(head).encode())}.{b64(json.dumps(claims).encode())}"
    return f"{said}.{b64(sign(key, said.encode())[1])}"


@dataclass
class Issuer:
    """A running issuer. `asked` counts requests for its keys."""

    certificate: Path
    keys: dict[str, Private] = field(default_factory=lambda: {"k1": ec.generate_private_key(ec.SECP256R1())})
    asked: int = 0
    url: str = ""
    answers: dict[str, bytes] = field(default_factory=dict)

    def __enter__(self) -> Issuer:
        issuer = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = issuer.document(self.path)
                self.send_response(200 if body is not None else 404)
                self.send_header("content-length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, format: str, *args: Any) -> None:
                """Nobody reads it."""

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def document(self, path: str) -> bytes | None:
        """What is at a path."""
        if path in self.answers:
            return self.answers[path]
        if path == "/.well-known/openid-configuration":
            return json.dumps({"issuer": self.url, "jwks_uri": f"{self.url}/keys"}).encode()
        if path == "/keys":
            self.asked += 1
            return json.dumps({"keys": [jwk(kid, key) for kid, key in self.keys.items()]}).encode()
        return None

    def claims(self, **more: Any) -> dict[str, Any]:
        """What a CI system says of a job on the main branch."""
        now = time.time()
        return {
            "iss": self.url, "aud": "hushgate", "sub": "repo:acme/agents:ref:refs/heads/main",
            "repository": "acme/agents", "ref": "refs/heads/main", "iat": now - 5, "exp": now + 300,
            "jti": str(time.monotonic_ns()), **more,
        }  # fmt: skip

    def token(self, kid: str = "k1", **claims: Any) -> str:
        """A genuine token."""
        return token(self.keys[kid], kid, {k: v for k, v in self.claims(**claims).items() if v is not None})
