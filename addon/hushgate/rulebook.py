"""What a gate reads from rule files: which they are, and all that stands in them, as of one moment."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from hushgate.detect import countries
from hushgate.detect.examples import check
from hushgate.detect.loading import Loaded, also_read, load
from hushgate.detect.rules import Rule
from hushgate.detect.sources import Catalog
from hushgate.endpoints import Endpoints, load_endpoints
from hushgate.errors import ConfigError, ConfigFault
from hushgate.policy.rules import RuleSet, load_policy
from hushgate.requests import rerouting
from hushgate.requests.rerouting import Destination
from hushgate.settings import Settings

BUILTIN: Final = "builtin"


@cache
def builtin_rules() -> Path:
    """The folder of the rules that come with hushgate: inside the wheel, else of the checkout."""
    inside = Path(__file__).parent / "_rules"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "rules"


def sources(names: Sequence[str], kind: str) -> list[Path]:
    """Files that a list of `builtin` and file patterns names; ConfigError for a pattern that finds none.

    `kind` is the folder of the built-in ones: `detect` or `endpoints`. `builtin:de` names no file: see `detection`.
    """
    found: list[Path] = []
    faults: list[ConfigFault] = []
    for name in names:
        if name == BUILTIN:
            found += sorted((builtin_rules() / kind).glob("*.yaml"))
            continue
        if kind == "detect" and name.startswith(countries.PREFIX):
            continue
        place = Path(name).expanduser()
        matches = sorted(Path(place.anchor or ".").glob(str(place.relative_to(place.anchor))))
        if not matches and not any(c in name for c in "*?["):
            faults.append(ConfigFault(name, 0, "there is no such file", f"check `{kind}` in the configuration"))
        found += matches
    if faults:
        raise ConfigError(faults)
    return list(dict.fromkeys(found))


def detection(names: Sequence[str]) -> Loaded:
    """The detection rules of a list of `builtin`, `builtin:COUNTRY` and file patterns; ConfigError with all faults."""
    # The built-in ones are compiled and checked by the tests, so that a start stays fast.
    loaded = load(sources(names, "detect"), proven=builtin_rules())
    return replace(loaded, rules=countries.at_home(loaded.rules, names, builtin_rules()))


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that is read from rule files, as of one moment."""

    detect: tuple[Rule, ...]
    endpoints: Endpoints
    policy: RuleSet
    catalog: Catalog

    @classmethod
    def load(cls, settings: Settings) -> Rules:
        """Read all rule files; ConfigError with the faults of all of them."""
        faults: list[ConfigFault] = []
        detect: tuple[Rule, ...] = ()
        endpoints = policy = None
        catalog = Catalog(())
        try:
            detect = detection(settings.rules).rules
            proven = {name for name in {rule.file for rule in detect} if Path(name).is_relative_to(builtin_rules())}
            own = [rule for rule in detect if rule.file not in proven]
            faults += check(own, others=detect)
        except ConfigError as error:
            faults += error.faults
        try:
            endpoints = load_endpoints(sources(settings.endpoints, "endpoints"))
        except ConfigError as error:
            faults += error.faults
        try:
            policy = load_policy(policy_file(settings))
        except ConfigError as error:
            faults += error.faults
        try:
            catalog = Catalog(tuple(sources(settings.catalog, "catalog")))
            if settings.catalog and not catalog.files:
                hint = "mount or make them (`hushgate catalog`), or take `catalog` out of the configuration"
                faults.append(ConfigFault("catalog", 0, "none of its files is there", hint))
        except ConfigError as error:
            faults += error.faults
        except OSError as why:
            faults.append(ConfigFault(str(why.filename), 0, f"cannot be read ({why.strerror})", "check `catalog`"))
        if endpoints is not None and policy is not None:
            named = [(rule.to, rule.file, rule.line) for rule in policy.rules if rule.to is not None]
            faults += rerouting.wrong(endpoints, named, os.environ)
        if faults or endpoints is None or policy is None:
            raise ConfigError(faults)
        return cls(detect, endpoints, policy, catalog)

    def destination(self, name: str) -> Destination | None:
        """Where requests go that policy sends to an endpoint."""
        return rerouting.destination(self.endpoints, name, os.environ)

    @property
    def says(self) -> tuple[object, ...]:
        """What tells these rules from others, wherever they are written."""
        return self.detect, self.endpoints.revision, self.policy.revision, self.catalog.revision


def policy_file(settings: Settings) -> Path:
    """The policy in force: the built-in one, a pack, or the user's; ConfigError for a pack that there is not."""
    return shipped_policy(settings.policy) or Path(settings.policy)


def shipped_policy(name: str) -> Path | None:
    """The file of `builtin` or `builtin:PACK`; None for any other name, ConfigError for a pack that there is not."""
    family, _, pack = name.partition(":")
    if family != BUILTIN:
        return None
    packs = {file.stem: file for file in (builtin_rules() / "policy").glob("*.yaml") if "." not in file.stem}
    if (file := packs.get(pack or "default")) is None:
        known = ", ".join(sorted(packs.keys() - {"default"}))
        raise ConfigError([ConfigFault(name, 0, "there is no such policy", f"known are builtin: and {known}")])
    return file


def permitted(settings: Settings) -> list[str]:
    """The names a CA may sign for: the built-in endpoints' hosts and `ca.permitted`. No endpoints file adds to it."""
    builtin = load_endpoints(sources([BUILTIN], "endpoints"))
    return [*(host.removeprefix("*.") for host, _, _ in builtin.intercepted()), *settings.ca.permitted]


def rule_files(settings: Settings) -> list[Path]:
    """Every file the rules would be read from now; the configuration among them."""
    found = [settings.file] if settings.file else []
    with contextlib.suppress(ConfigError):
        found.append(policy_file(settings))
    found += _named(settings.endpoints, "endpoints") + _named(settings.catalog, "catalog")
    detect = _named(settings.rules, "detect")
    return found + detect + also_read([path for path in detect if not path.is_relative_to(builtin_rules())])


def _named(names: Sequence[str], kind: str) -> list[Path]:
    """Files that a list names, whatever else of it cannot be found."""
    found: list[Path] = []
    for name in names:
        with contextlib.suppress(ConfigError):
            found += sources([name], kind)
    return found
