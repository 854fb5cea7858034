from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hushgate.cli import doctor
from hushgate.cli.doctor import handshake
from hushgate.errors import StateError
from tests.unit.cli_runner import Runner, record, run

__all__ = ["run"]


def found(run: Runner, *words: str) -> dict[str, tuple[bool | None, str, str]]:
    done = run("doctor", "--json", *words)
    return {f["what"]: (f["good"], f["says"], f["hint"]) for f in json.loads(done.out)}


@pytest.fixture
def anywhere(run: Runner) -> Runner:
    run.config.write_text("version: 1\nlisten: 127.0.0.1:0\ndetect: {ner: 'off'}\n", encoding="utf-8")
    return run


def test_a_fresh_set_up_is_well(anywhere: Runner) -> None:
    done = anywhere("doctor")
    assert done.code == 0, done.out
    assert "all is well" in done.err
    for what in ("configuration", "state folder", "keys", "rules", "policy tests", "detection", "CA", "gate"):
        assert f"\u2713 {what}: " in done.out
    assert "\u2717" not in done.out


def test_workers_that_cannot_be_set_up(anywhere: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    anywhere.config.write_text("version: 1\nlisten: 127.0.0.1:0\n", encoding="utf-8")
    (tmp_path / "spacy.py").write_text("raise ImportError('no spaCy for this Python')\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    told = found(anywhere)
    good, says, hint = told["detection"]
    assert good is False
    assert "policy tests" not in told, "they would fail for want of a worker"
    assert "no spaCy for this Python" in says
    assert "ner: off" in hint


def test_extras_that_are_not_installed(anywhere: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not {"documents", "AWS"} & set(found(anywhere))
    gone = [
        (what, extra, ("unheard_of", "unseen")[:n], says) for n, (what, extra, _, says) in enumerate(doctor.EXTRAS, 1)
    ]
    monkeypatch.setattr(doctor, "EXTRAS", gone)
    told = found(anywhere)
    assert told["documents"] == (
        None,
        "PDF and office documents are unread: unheard_of is not installed",
        "pip install 'hushgate[docs]'",
    )
    assert told["AWS"] == (
        None,
        "requests signed for AWS (SigV4) are refused: unheard_of and unseen are not installed",
        "pip install 'hushgate[aws]'",
    )


def test_a_bad_configuration_is_all_that_can_be_said(anywhere: Runner) -> None:
    anywhere.config.write_text("version: 1\nnonsense: 1\n", encoding="utf-8")
    done = anywhere("doctor")
    assert done.code == 1
    assert "\u2717 configuration: " in done.out
    assert "1 to fix" in done.err


def test_likely_llms_that_tunnels_led_to(anywhere: Runner) -> None:
    assert "other hosts" not in found(anywhere)
    hosts = (("a.ai.example", True, "passed"), ("b.example", False, "passed"), ("c.ai.example", True, "refused"))
    record(anywhere, "tunnel", *({"host": host, "outcome": o, "likely_llm": likely} for host, likely, o in hosts))
    good, says, hint = found(anywhere)["other hosts"]
    assert good is None and "endpoints:" in hint
    assert "a.ai.example" in says and "b.example" not in says and "c.ai.example" not in says


def test_a_loose_state_folder(anywhere: Runner) -> None:
    anywhere("ca", "path")
    anywhere.state.chmod(0o755)
    good, _, hint = found(anywhere)["state folder"]
    assert good is False
    assert "chmod 700" in hint


def test_loose_keys_and_ca(anywhere: Runner) -> None:
    anywhere("doctor")
    (anywhere.state / "keys" / "master.key").chmod(0o644)
    (anywhere.state / "ca" / "mitmproxy-ca.pem").chmod(0o644)
    told = found(anywhere)
    assert told["keys"][0] is False
    assert told["CA"][0] is False
    assert "chmod 600" in told["CA"][2]


def test_an_endpoint_that_the_ca_does_not_cover(anywhere: Runner) -> None:
    anywhere("ca", "path")
    endpoints = "version: 1\nendpoints:\n  - {id: acme, hosts: [llm.acme.example]}\n"
    (anywhere.config.parent / "acme.yaml").write_text(endpoints, encoding="utf-8")
    text = "version: 1\nlisten: 127.0.0.1:0\ndetect: {ner: 'off'}\nendpoints: [builtin, ./acme.yaml]\n"
    anywhere.config.write_text(text, encoding="utf-8")
    good, says, _ = found(anywhere)["CA"]
    assert good is False
    assert "llm.acme.example" in says
    assert "hushgate ca rotate" in says
    anywhere.config.write_text(text + "ca: {permitted: [llm.acme.example]}\n", encoding="utf-8")
    anywhere("ca", "rotate")
    assert found(anywhere)["CA"][0] is True


def test_a_port_that_is_taken(anywhere: Runner) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        text = f"version: 1\nlisten: 127.0.0.1:{port}\ndetect: {{ner: 'off'}}\n"
        anywhere.config.write_text(text, encoding="utf-8")
        good, says, hint = found(anywhere)["gate"]
    assert good is False
    assert str(port) in says
    assert "--listen" in hint


def test_a_program(anywhere: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert "\u2022 python3: taken for Python" in anywhere("doctor", "--", "python3", "-V").out


@pytest.fixture
def answers() -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that gives one answer to CONNECT, then closes."""
    answer: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(answer[0])

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}", answer
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


def test_a_gate_that_wants_a_user_is_well(answers: tuple[str, list[bytes]], tmp_path: Path, run: Runner) -> None:
    url, answer = answers
    roots = Path(run("ca", "path", "--roots").out.strip())
    answer.append(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
    assert "user" in handshake(url, "api.openai.com", roots)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 503 No\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\n\r\nnot TLS"])
def test_a_gate_that_does_not_serve(answers: tuple[str, list[bytes]], run: Runner, answer: bytes) -> None:
    url, said = answers
    said.append(answer)
    roots = Path(run("ca", "path", "--roots").out.strip())
    with pytest.raises(StateError) as caught:
        handshake(url, "api.openai.com", roots)
    assert caught.value.hint


def test_ocr_that_is_not_installed(anywhere: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "OCR" not in found(anywhere)
    text = "version: 1\nlisten: 127.0.0.1:0\ndetect: {ner: 'off', ocr: tesseract}\n"
    anywhere.config.write_text(text, encoding="utf-8")
    monkeypatch.setattr("hushgate.app.lacking", lambda: "install it")
    good, says, _ = found(anywhere)["OCR"]
    assert good is False
    assert "not installed" in says
    assert "install it" in says
    monkeypatch.setattr("hushgate.app.lacking", lambda: None)
    assert found(anywhere)["OCR"][0] is True
