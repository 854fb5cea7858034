"""Frozen settings from a file, the environment and flags: every fault at once, with its place."""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal, cast

from ..approvals.notify.channels import Channel
from ..approvals.notify.places import bad_console
from ..detect import taggers
from ..detect.languages import LANGUAGES
from ..endpoints import normal_host
from ..errors import ConfigError, ConfigFault
from ..schema_check import check
from ..state import default_folder
from ..yaml_source import Source, load_yaml
from . import notify
from .forms import bad_proxy, is_address, is_pin, parsed
from .schema import PREFIX, SCHEMA, leaves, variable
from .values import Approvals, AwsSettings, CaSettings, ClientSettings, DetectSettings, EgressSettings, Limits, Settings

DEFAULT_FILE: Final = Path("hushgate.yaml")
BUILTIN: Final = "builtin"
STATE: Final = "~/.local/state/hushgate"

_ABSENT: Final = object()
_CLASS: Final = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*:[A-Za-z_]\w*")
_PORT: Final = re.compile(r"[0-9]{1,5}")

type Steps = tuple[str, ...]


def load_settings(config: Path | None, environ: Mapping[str, str], flags: Mapping[str, object]) -> Settings:
    """Settings from a file (None: ./hushgate.yaml if there), the environment and flags.

    Flags go by a setting's name, steps joined by dots: `{"egress.other_hosts": "block"}`.
    Relative paths stand relative to the file they are in, else to the working
    folder. ConfigError with every fault.
    """
    file = config if config is not None else DEFAULT_FILE if DEFAULT_FILE.exists() else None
    given = _Given(environ)
    given.read_defaults()
    if file is not None:
        given.read_file(file)
    given.read_environment()
    given.read_flags(flags)
    made = None if given.faults else given.settings(file)
    if made is None or given.faults:
        raise ConfigError(sorted(given.faults, key=lambda fault: (fault.file, fault.line)))
    return made


@dataclass(slots=True)
class _Given:
    """What was given, by setting: the value and the source it stands in."""

    environ: Mapping[str, str]
    faults: list[ConfigFault] = field(default_factory=list)
    values: dict[Steps, Any] = field(default_factory=dict)
    sources: dict[Steps, tuple[Source, Steps, Path]] = field(default_factory=dict)

    def read_defaults(self) -> None:
        nowhere = Source("default", None, {})
        for at, leaf in leaves():
            self.values[at], self.sources[at] = leaf["default"], (nowhere, at, Path.cwd())
        named = self.environ.get("XDG_STATE_HOME", "").startswith("/")
        self.values["state",] = str(default_folder(self.environ)) if named else STATE

    def read_file(self, file: Path) -> None:
        try:
            source = load_yaml(file)
        except ConfigError as error:
            self.faults += error.faults
            return
        wrong = check(source, SCHEMA)
        self.faults += wrong
        for at, _ in leaves() if not wrong else ():
            value: Any = source.data
            for step in at:
                value = value.get(step, _ABSENT) if isinstance(value, dict) else _ABSENT
            if value is not _ABSENT:
                self.values[at], self.sources[at] = value, (source, at, file.absolute().parent)

    def read_environment(self) -> None:
        known = {variable(at): (at, leaf) for at, leaf in leaves()}
        for name, text in self.environ.items():
            if not name.startswith(PREFIX) or not text:
                continue
            if name in known:
                at, leaf = known[name]
                self._take(at, leaf, parsed(text, leaf), name)
            elif near := difflib.get_close_matches(name, known, 1, 0.85):
                self.faults.append(ConfigFault(name, 0, "no setting has this variable", f"did you mean {near[0]}?"))

    def read_flags(self, flags: Mapping[str, object]) -> None:
        known = {".".join(at): (at, leaf) for at, leaf in leaves()}
        for name, value in flags.items():
            shown = "--" + name.replace(".", "-").replace("_", "-")
            if name not in known:
                self.faults.append(ConfigFault(shown, 0, f"there is no setting {name!r}"))
            else:
                at, leaf = known[name]
                self._take(at, leaf, str(value) if isinstance(value, Path) else value, shown)

    def _take(self, at: Steps, leaf: dict[str, Any], value: object, name: str) -> None:
        step = ".".join(at)
        source = Source(name, {step: value}, {(): 0})
        wrong = check(source, {"properties": {step: leaf}})
        self.faults += wrong
        if not wrong:
            self.values[at], self.sources[at] = value, (source, (), Path.cwd())

    def fault(self, at: Steps, message: str, *inside: str | int, hint: str = "") -> None:
        source, pointer, _ = self.sources[at]
        self.faults.append(source.fault(f"{'.'.join(at)} {message}", *pointer, *(inside if pointer else ()), hint=hint))

    def settings(self, file: Path | None) -> Settings:
        self._refuse_unbuilt()
        value = self.values
        return Settings(
            file=None if file is None else file.absolute(),
            listen=self._address(("listen",), "127.0.0.1:8888"),
            console=None if value["console",] is None else self._address(("console",), "127.0.0.1:8889"),
            state=self._path(("state",), value["state",]),
            endpoints=self._patterns(("endpoints",)),
            rules=self._patterns(("rules",)),
            catalog=self._patterns(("catalog",)),
            policy=policy
            if (policy := value["policy",]).partition(":")[0] == BUILTIN
            else str(self._path(("policy",), value["policy",])),
            enforce=value["enforce",],
            detect=DetectSettings(
                self._tagger(),
                value["detect", "ocr"],
                self._languages(),
                value["detect", "deadline_ms"],
                self._recognizers(),
            ),
            replies=value["replies",],
            egress=EgressSettings(
                other_hosts=value["egress", "other_hosts"],
                resolve=self._pins(),
                allow_addresses=self._networks(),
                upstream_ca=self._file(("egress", "upstream_ca")),
                upstream_proxy=self._upstream_proxy(),
            ),
            ledger=cast(Literal["sqlite"], value["ledger",]),
            transcripts=value["transcripts",],
            keys=self._keys(),
            approvals=Approvals(
                value["approvals", "hold_seconds"],
                value["approvals", "expire_minutes"],
                value["approvals", "minimum"],
                tuple(value["approvals", "groups"]),
                self._channels(),
            ),
            ca=CaSettings(self._permitted()),
            limits=Limits(*(value["limits", name] for name in ("body_bytes", "decoded_bytes", "segments", "findings"))),
            aws=AwsSettings(self._profiles(), value["aws", "resign"]),
            workloads=self._file(("workloads",)),
            clients=self._clients(),
            console_url=self._url(("console_url",), bad_console, "write https://HOST or https://HOST:PORT"),
            login=self._file(("login",)),
        )

    def _clients(self) -> ClientSettings:
        certificate, key, ca = (self._file(("clients", name)) for name in ("certificate", "key", "ca"))
        for name, given in (("key", key), ("ca", ca)):
            if given is not None and certificate is None:
                self.fault(("clients", name), "is of no use without clients.certificate", hint="name it as well")
        return ClientSettings(certificate, key, ca, *(self.values["clients", name] for name in ("require", "names")))

    def _refuse_unbuilt(self) -> None:
        later = "is not available in this version"
        ledger = self.values["ledger",]
        if ledger.startswith(("postgresql:", "postgres:")):
            self.fault(("ledger",), f"in PostgreSQL {later}", hint="use sqlite")
        elif ledger != "sqlite":
            self.fault(("ledger",), "must be sqlite", hint="the file is in the state folder")

    def _address(self, at: Steps, such: str) -> tuple[str, int]:
        host, colon, port = self.values[at].rpartition(":")
        if host.startswith("[") and host.endswith("]"):
            host = host[1:-1]
        elif host == "localhost":
            host = "127.0.0.1"
        if not colon or not _PORT.fullmatch(port) or int(port) > 65535:
            self.fault(at, "lacks a port", hint=f"write ADDRESS:PORT, such as {such}")
            return "127.0.0.1", 0
        try:
            return str(ipaddress.ip_address(host)), int(port)
        except ValueError:
            six = such.replace("127.0.0.1", "[::1]")
            self.fault(at, "must name an IP address", hint=f"write ADDRESS:PORT, such as {such} or {six}")
            return "127.0.0.1", 0

    def _path(self, at: Steps, text: str) -> Path:
        home = self.environ.get("HOME", "")
        if (text == "~" or text.startswith("~/")) and home.startswith("/"):
            return Path(home) / text[2:]
        try:
            return self.sources[at][2] / Path(text).expanduser()
        except RuntimeError:
            self.fault(at, "names a home folder that does not exist")
            return Path(text)

    def _tagger(self) -> str:
        at = ("detect", "ner")
        text: str = self.values[at]
        if "/" in text:
            folder = self._path(at, text).absolute()
            try:
                taggers.read(folder)
            except taggers.Unfit as why:
                self.fault(at, f"names {text}, {why}", hint=why.hint)
            return str(folder)
        if text in (BUILTIN, "off"):
            return text
        spec, hint = find_spec(text) if text.isidentifier() else None, "use builtin, off, or ./FOLDER"
        if spec is None:
            self.fault(at, f"names {text!r}, and no such package is installed", hint=hint)
        elif not spec.origin or not Path(spec.origin).with_name("meta.json").is_file():
            self.fault(at, f"names {text!r}, a package that is no spaCy pipeline", hint=hint)
        return text

    def _languages(self) -> tuple[str, ...]:
        at = ("detect", "languages")
        for index, text in enumerate(self.values[at]):
            if text not in LANGUAGES:
                hint = f"these are known: {', '.join(LANGUAGES)}; patterns work in any language"
                self.fault(at, f"names {text!r}", index, hint=hint)
        return tuple(self.values[at])

    def _recognizers(self) -> tuple[str, ...]:
        at = ("detect", "recognizers")
        for index, text in enumerate(self.values[at]):
            if not _CLASS.fullmatch(text):
                self.fault(at, f"names {text!r}, which is no class", index, hint="write package.module:Class")
            elif find_spec(text.partition(":")[0].partition(".")[0]) is None:
                hint = "install it where hushgate is, or name its folder in PYTHONPATH"
                self.fault(at, f"names {text}, and no such package is installed", index, hint=hint)
        return tuple(self.values[at])

    def _patterns(self, at: Steps) -> tuple[str, ...]:
        if not self.values[at] and at != ("catalog",):
            self.fault(at, "must not be empty", hint="name builtin, or your own files")
        return tuple(one if _is_builtin(one, at) else str(self._path(at, one)) for one in self.values[at])

    def _pins(self) -> dict[str, str]:
        at = ("egress", "resolve")
        pins = {}
        for name, pin in self.values[at].items():
            try:
                normal = normal_host(name)
            except ValueError:
                self.fault(at, f"pins {name!r}, which is not a host", name)
                continue
            if is_pin(pin):
                pins[normal] = pin
            else:
                self.fault(at, f"pins {name} to {pin!r}", name, hint="write IP or IP:PORT, IPv6 as [IP]:PORT")
        return pins

    def _networks(self) -> tuple[str, ...]:
        at = ("egress", "allow_addresses")
        networks = []
        for index, text in enumerate(self.values[at]):
            try:
                networks.append(str(ipaddress.ip_network(text)))
            except ValueError:
                self.fault(at, f"names {text!r}, which is not a network", index, hint="write one such as 10.1.0.0/16")
        return tuple(networks)

    def _file(self, at: Steps) -> Path | None:
        if self.values[at] is None:
            return None
        path = self._path(at, self.values[at])
        if not path.is_file():
            self.fault(at, "names a file that is not there")
        return path

    def _upstream_proxy(self) -> str | None:
        return self._url(("egress", "upstream_proxy"), bad_proxy, "write http://HOST:PORT")

    def _url(self, at: Steps, judge: Callable[[str], str | None], hint: str) -> str | None:
        """A URL without a slash behind it; `judge` says what is wrong with one."""
        if (url := self.values[at]) is not None and (wrong := judge(url)) is not None:
            self.fault(at, wrong, hint=hint)
        return None if url is None else str(url).rstrip("/")

    def _keys(self) -> str | None:
        at = ("keys",)
        if (spec := self.values[at]) is None:
            return None
        if spec.startswith("env:"):
            if not re.fullmatch(r"env:[A-Za-z_][A-Za-z0-9_]*", spec):
                self.fault(at, "must name a variable behind env:", hint="write env:NAME, never the key itself")
            return str(spec)
        if spec.startswith("command:"):
            if not spec.removeprefix("command:").strip():
                self.fault(at, "must name a command behind command:")
            return str(spec)
        if re.fullmatch(r"[0-9a-fA-F]{64}|[0-9A-Za-z+/_-]{43}=?", spec):
            self.fault(at, "holds what looks like the key itself", hint="name a folder, env:NAME or command:COMMAND")
        return str(self._path(at, spec))

    def _channels(self) -> tuple[Channel, ...]:
        at = ("approvals", "notify")
        source, pointer, folder = self.sources[at]
        return notify.channels(self.values[at], folder, lambda n: source.line(*pointer, n), partial(self.fault, at))

    def _profiles(self) -> dict[str, str]:
        at = ("aws", "profiles")
        for name in self.values[at]:
            if not re.fullmatch(r"[0-9]{12}|[A-Z0-9]{16,128}", name):
                hint = "write ACCESS-KEY-ID: PROFILE, or the account's twelve digits in quotes: PROFILE"
                self.fault(at, f"names {name!r}, which is neither an access key's id nor an account", name, hint=hint)
        return dict(self.values[at])

    def _permitted(self) -> tuple[str, ...]:
        at = ("ca", "permitted")
        names = []
        for index, text in enumerate(self.values[at]):
            try:
                names.append(normal_host(text.removeprefix("*.")))
            except ValueError:
                self.fault(at, f"names {text!r}, which is not a host", index)
                continue
            if is_address(names[-1]):
                self.fault(at, f"names {text!r}, an address", index, hint="the CA signs for names only")
        return tuple(names)


def _is_builtin(name: str, at: Steps) -> bool:
    """`builtin`, and among rules `builtin:COUNTRY`: the names of no file."""
    return name == BUILTIN or (at == ("rules",) and name.startswith(f"{BUILTIN}:"))
