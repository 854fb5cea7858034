from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from hushgate.errors import ConfigError
from hushgate.settings import Settings, changed, load_settings, starter_text

HOME = {"HOME": "/home/mara"}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def load(text: str = "version: 1", **environ: str) -> Settings:
    file = Path("conf") / "hushgate.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    return load_settings(file, HOME | environ, {})


def faults_of(text: str = "version: 1", /, flags: dict[str, object] | None = None, **environ: str) -> list[str]:
    file = Path("hushgate.yaml")
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_settings(file, HOME | environ, flags or {})
    return [str(fault) for fault in caught.value.faults]


def test_defaults_without_a_file() -> None:
    settings = load_settings(None, HOME, {})
    assert settings.file is None
    assert settings.listen == ("127.0.0.1", 8888)
    assert settings.state == Path("/home/mara/.local/state/hushgate")
    assert (settings.endpoints, settings.rules, settings.policy) == (("builtin",), ("builtin",), "builtin")
    assert (settings.enforce, settings.replies, settings.transcripts) == (True, "stream", "structure")
    assert (settings.detect.ner, settings.detect.deadline_ms) == ("builtin", 2000)
    assert settings.detect.languages == ("en", "de", "fr", "es", "it", "nl", "pl", "pt")
    assert settings.egress.other_hosts == "pass"
    assert (settings.egress.resolve, settings.egress.allow_addresses) == ({}, ())
    assert (settings.egress.upstream_ca, settings.egress.upstream_proxy, settings.keys) == (None, None, None)
    assert (settings.approvals.hold_seconds, settings.approvals.expire_minutes) == (55, 30)
    assert (settings.ca.permitted, settings.limits.body_bytes) == ((), 32 * 1024 * 1024)
    assert settings.limits.decoded_bytes == 64 * 1024 * 1024
    assert settings.listens_on_loopback


def test_the_starter_file_says_the_defaults() -> None:
    assert replace(load(starter_text()), file=None) == load_settings(None, HOME, {})


def test_the_file_in_the_working_folder_is_taken() -> None:
    Path("hushgate.yaml").write_text("version: 1\nenforce: false")
    settings = load_settings(None, HOME, {})
    assert not settings.enforce
    assert settings.file == Path.cwd() / "hushgate.yaml"


def test_a_file_that_is_named_has_to_be_there() -> None:
    with pytest.raises(ConfigError, match=r"nope\.yaml: cannot be read"):
        load_settings(Path("nope.yaml"), HOME, {})


def test_flags_go_before_the_environment_before_the_file() -> None:
    Path("hushgate.yaml").write_text("version: 1\nlisten: 127.0.0.1:1\nreplies: strict\negress: {other_hosts: block}")
    environ = HOME | {"HUSHGATE_LISTEN": "127.0.0.1:2", "HUSHGATE_EGRESS_OTHER_HOSTS": "pass", "HUSHGATE_ENFORCE": ""}
    settings = load_settings(None, environ, {"listen": "127.0.0.1:3"})
    assert settings.listen[1] == 3
    assert settings.egress.other_hosts == "pass"
    assert settings.replies == "strict"
    assert settings.enforce


def test_the_environment_speaks_every_type() -> None:
    settings = load(
        HUSHGATE_ENFORCE="false",
        HUSHGATE_DETECT_DEADLINE_MS="100",
        HUSHGATE_RULES="builtin, mine/*.yaml",
        HUSHGATE_EGRESS_RESOLVE="API.openai.com=127.0.0.1:8443,b.example=::1",
        HUSHGATE_KEYS="env:GATE_KEY",
    )
    assert (settings.enforce, settings.detect.deadline_ms, settings.keys) == (False, 100, "env:GATE_KEY")
    assert settings.rules == ("builtin", str(Path.cwd() / "mine/*.yaml"))
    assert settings.egress.resolve == {"api.openai.com": "127.0.0.1:8443", "b.example": "::1"}


def test_paths_stand_relative_to_the_file() -> None:
    Path("conf").mkdir()
    Path("conf/ca.pem").write_text("")
    settings = load(
        "version: 1\nstate: ./state\npolicy: ./policy.yaml\nrules: [builtin, builtin:de, ./rules/*.yaml]\n"
        "endpoints: [~/e.yaml, /etc/h/*.yaml]\nkeys: ~/keys\negress: {upstream_ca: ca.pem}"
    )
    here = Path.cwd() / "conf"
    assert settings.state == here / "state"
    assert settings.policy == str(here / "policy.yaml")
    assert settings.rules == ("builtin", "builtin:de", str(here / "rules/*.yaml"))
    assert settings.endpoints == ("/home/mara/e.yaml", "/etc/h/*.yaml")
    assert settings.keys == "/home/mara/keys"
    assert settings.egress.upstream_ca == here / "ca.pem"
    flagged = load_settings(here / "hushgate.yaml", HOME, {"state": Path("s")})
    assert flagged.state == Path.cwd() / "s"


def test_the_state_folder_follows_xdg() -> None:
    assert load_settings(None, HOME | {"XDG_STATE_HOME": "/var/x"}, {}).state == Path("/var/x/hushgate")


@pytest.mark.parametrize(
    ("listen", "address", "loopback"),
    [
        ("127.0.0.1:0", ("127.0.0.1", 0), True),
        ("localhost:80", ("127.0.0.1", 80), True),
        ('"[::1]:8888"', ("::1", 8888), True),
        ("0.0.0.0:8888", ("0.0.0.0", 8888), False),
        ('"[::]:8888"', ("::", 8888), False),
        ("192.168.1.4:8888", ("192.168.1.4", 8888), False),
    ],
)
def test_listen(listen: str, address: tuple[str, int], loopback: bool) -> None:
    settings = load(f"version: 1\nlisten: {listen}")
    assert (settings.listen, settings.listens_on_loopback) == (address, loopback)
    assert settings.console is None
    assert load(f"version: 1\nconsole: {listen}").console == address


@pytest.mark.parametrize("keys", ["env:GATE_KEY", "command:pass show gate"])
def test_keys_from_elsewhere(keys: str) -> None:
    settings = load(f'version: 1\nkeys: "{keys}"')
    assert settings.keys == keys
    assert keys not in repr(settings)


@pytest.mark.parametrize(
    ("setting", "says", "hint"),
    [
        ("listen: ':8888'", "listen must name an IP address", "127.0.0.1:8888"),
        ("listen: localhost", "listen lacks a port", "ADDRESS:PORT"),
        ("listen: 127.0.0.1:70000", "listen lacks a port", "ADDRESS:PORT"),
        ("listen: gate.example:80", "listen must name an IP address", "ADDRESS:PORT"),
        ("lisen: 127.0.0.1:1", "unknown key 'lisen' in the file", "did you mean 'listen'?"),
        ("enforce: off", "enforce must be true or false, not text", "write true or false"),
        ("detect: {ner: transfomers}", "detect.ner names 'transfomers', and no such package is installed", "builtin"),
        ("detect: {ner: rich}", "detect.ner names 'rich', a package that is no spaCy pipeline", "./FOLDER"),
        ("detect: {ner: a.b}", "detect.ner names 'a.b', and no such package", "use builtin, off"),
        ("detect: {ner: ./here}", "detect.ner names ./here, where no tagger is", "config.cfg"),
        ("detect: {languages: [en, dk]}", "detect.languages names 'dk'", "these are known: en, de, fr, es, it, nl"),
        ("detect: {recognizers: [badge]}", "detect.recognizers names 'badge', which is no class", "package.module"),
        ("detect: {recognizers: ['a_b_c.d:E']}", "names a_b_c.d:E, and no such package is installed", "PYTHONPATH"),
        ("detect: {deadline_ms: 1}", "detect.deadline_ms must be at least 50", ""),
        ("replies: buffered", "replies must be 'stream' or 'strict'", "known are"),
        ("ledger: postgresql://db/x", "ledger in PostgreSQL is not available in this version", "use sqlite"),
        ("ledger: ./x.db", "ledger must be sqlite", "state folder"),
        ("approvals: {hold_seconds: 5000}", "approvals.hold_seconds must be at most 3600", ""),
        ("egress: {other_hosts: refuse}", "egress.other_hosts must be 'pass' or 'block'", "known are"),
        ("egress: {resolve: {a.example: 1.2.3}}", "egress.resolve pins a.example to '1.2.3'", "IP:PORT"),
        ("egress: {resolve: {a.example: 'b.example'}}", "egress.resolve pins a.example to 'b.example'", "IP:PORT"),
        ("egress: {resolve: {a.example: '1.2.3.4:0'}}", "egress.resolve pins a.example", "IP:PORT"),
        ("egress: {resolve: {'a b': 1.2.3.4}}", "egress.resolve pins 'a b', which is not a host", ""),
        ("egress: {allow_addresses: [10.0.0.1/8]}", "names '10.0.0.1/8', which is not a network", "10.1.0.0/16"),
        ("egress: {upstream_ca: nope.pem}", "egress.upstream_ca names a file that is not there", ""),
        ("egress: {upstream_proxy: 'socks5://p:1'}", "egress.upstream_proxy is not a proxy's URL", "http://HOST:PORT"),
        ("egress: {upstream_proxy: 'http://p'}", "egress.upstream_proxy is not a proxy's URL", "http://HOST:PORT"),
        ("egress: {upstream_proxy: 'http://u:p@p:1'}", "egress.upstream_proxy holds credentials", "http://HOST:PORT"),
        ("ca: {permitted: [10.0.0.1]}", "ca.permitted names '10.0.0.1', an address", "names only"),
        ("ca: {permitted: ['a b']}", "ca.permitted names 'a b', which is not a host", ""),
        (
            "aws: {profiles: {work: AKIAEXAMPLE}}",
            "aws.profiles names 'work', which is neither",
            "ACCESS-KEY-ID: PROFILE",
        ),
        ("aws: {profiles: {'12345678901': work}}", "aws.profiles names '12345678901'", "twelve digits in quotes"),
        ("aws: {resign: never}", "aws.resign must be", "block"),
        ("keys: 'env:a b'", "keys must name a variable behind env:", "never the key"),
        ("keys: 'command: '", "keys must name a command", ""),
        (f"keys: {'ab' * 32}", "keys holds what looks like the key itself", "env:NAME"),
        ("state: ~nobody-has-this-name/x", "state names a home folder that does not exist", ""),
        ("rules: []", "rules must not be empty", "builtin"),
        ("limits: {body_bytes: 0}", "limits.body_bytes must be at least 1024", ""),
    ],
)
def test_faults_of_the_file(setting: str, says: str, hint: str) -> None:
    (fault,) = faults_of(f"version: 1\n{setting}")
    assert fault.startswith("hushgate.yaml:2: ")
    assert says in fault
    assert hint in fault
    assert "ab" * 32 not in fault


@pytest.mark.parametrize(
    ("variable", "text", "says"),
    [
        ("HUSHGATE_LISTEN", "gate:1", "HUSHGATE_LISTEN: listen must name an IP address"),
        ("HUSHGATE_ENFORCE", "no", "HUSHGATE_ENFORCE: enforce must be true or false, not text"),
        ("HUSHGATE_DETECT_DEADLINE_MS", "soon", "HUSHGATE_DETECT_DEADLINE_MS: detect.deadline_ms must be a whole"),
        ("HUSHGATE_EGRESS_RESOLVE", "a.b", "HUSHGATE_EGRESS_RESOLVE: egress.resolve must be a mapping, not text"),
        ("HUSHGATE_EGRESS_OTHER_HOST", "block", "HUSHGATE_EGRESS_OTHER_HOST: no setting has this variable"),
        ("HUSHGATE_LEDGER", "postgresql://x", "HUSHGATE_LEDGER: ledger in PostgreSQL is not available"),
    ],
)
def test_faults_of_the_environment_name_the_variable(variable: str, text: str, says: str) -> None:
    (fault,) = faults_of(**{variable: text})
    assert fault.startswith(says)


def test_other_variables_are_nobodys_business() -> None:
    assert load(HUSHGATE_PYTHON="/usr/bin/python3").enforce


def test_faults_of_flags_name_the_flag() -> None:
    found = faults_of(flags={"listen": "1.2.3.4", "egress.other_hosts": "x", "nope": 1})
    assert [fault.split(" ")[0] for fault in found] == ["--egress-other-hosts:", "--nope:"]
    assert faults_of(flags={"listen": "1.2.3.4"})[0].startswith("--listen: listen lacks a port")


def test_all_faults_at_once() -> None:
    found = faults_of("version: 1\nlisten: x\nledger: y\nca: {permitted: [' ']}", HUSHGATE_KEYS="env:")
    assert [fault.partition(": ")[0] for fault in found] == [
        "HUSHGATE_KEYS", "hushgate.yaml:2", "hushgate.yaml:3", "hushgate.yaml:4",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "[]", "listen: 127.0.0.1:1", "version: 2", "version: 1\nversion: 1"])
def test_files_that_are_no_configuration(text: str) -> None:
    assert len(faults_of(text)) == 1


def test_what_has_changed_is_named(tmp_path: Path) -> None:
    file = tmp_path / "hushgate.yaml"
    file.write_text("version: 1\n", "utf-8")
    before = load_settings(file, {}, {})
    assert changed(before, before) == []
    file.write_text(
        "version: 1\negress: {other_hosts: block, resolve: {a.example: 10.0.0.1}}\nenforce: false\n", "utf-8"
    )
    assert changed(before, load_settings(file, {}, {})) == ["enforce", "egress.other_hosts", "egress.resolve"]


def test_the_real_environment_loads() -> None:
    assert load_settings(None, os.environ, {}).state.is_absolute()


def test_aws_profiles_are_for_keys_and_accounts() -> None:
    settings = load("version: 1\naws: {profiles: {'123456789012': work, AKIAIOSFODNN7EXAMPLE: other}}")
    assert settings.aws.profiles == {"123456789012": "work", "AKIAIOSFODNN7EXAMPLE": "other"}
    settings = load(HUSHGATE_AWS_PROFILES="123456789012=work", HUSHGATE_AWS_RESIGN="pass-if-clean")
    assert (settings.aws.profiles, settings.aws.resign) == ({"123456789012": "work"}, "pass-if-clean")


def test_another_tagger_is_a_package_or_a_folder_beside_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path("conf") / "tagger"
    folder.mkdir(parents=True)
    (folder / "config.cfg").touch()
    assert load("version: 1\ndetect: {ner: ./tagger}").detect.ner == str(folder.absolute())
    package = Path("packages") / "en_made_up"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "meta.json").touch()
    monkeypatch.syspath_prepend(package.parent.absolute())
    assert load("version: 1\ndetect: {ner: en_made_up}").detect.ner == "en_made_up"
    assert load("version: 1\ndetect: {ner: 'off'}").detect.ner == "off"
