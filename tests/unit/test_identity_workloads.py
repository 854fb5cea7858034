"""Rules for CI jobs, and when a token is of now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hushgate.errors import ConfigError, Malformed
from hushgate.identity.jws import Signed
from hushgate.identity.workloads import Workload, in_time, load_workloads
from hushgate.values import Scope

RULE = """\
version: 1
workloads:
  - id: agents
    issuer: https://ci.example
    audience: hushgate
    claims: {repository: acme/agents, ref: [refs/heads/main, "refs/tags/*"]}
"""
CLAIMS = {"iss": "https://ci.example", "aud": "hushgate", "repository": "acme/agents", "ref": "refs/heads/main"}


def load(folder: Path, text: str) -> tuple[Workload, ...]:
    (folder / "w.yaml").write_text(text)
    return load_workloads(folder / "w.yaml")


def test_a_rule_and_its_defaults(tmp_path: Path) -> None:
    (rule,) = load(tmp_path, RULE)
    assert (rule.actor, rule.groups, rule.minutes, rule.keys) == ("ci.agents", ("ci",), 30, "")
    assert rule.scope == Scope()
    (rule,) = load(tmp_path, RULE + "    endpoints: [openai]\n    models: [gpt-4o*]\n    from: [10.0.0.0/8]\n")
    assert rule.scope == Scope(("openai",), ("gpt-4o*",), ("10.0.0.0/8",))
    (rule,) = load(tmp_path, RULE + "    groups: [support, ci]\n    minutes: 5\n    keys: ./keys.json\n")
    assert (rule.groups, rule.minutes, rule.keys) == (("ci", "support"), 5, str(tmp_path / "keys.json"))


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, True),
        ({"ref": "refs/tags/v1"}, True),
        ({"aud": ["other", "hushgate"]}, True),
        ({"aud": "other"}, False),
        ({"aud": None}, False),
        ({"iss": "https://ci.example/"}, False),
        ({"ref": "refs/heads/main2"}, False),
        ({"ref": None}, False),
        ({"ref": ["refs/heads/main"]}, False),
        ({"repository": "acme/agents2"}, False),
        ({"repository": "ACME/agents"}, False),
    ],
)
def test_which_jobs_fit(tmp_path: Path, changes: dict[str, Any], fits: bool) -> None:
    (rule,) = load(tmp_path, RULE)
    assert rule.fits({k: v for k, v in {**CLAIMS, **changes}.items() if v is not None}) is fits


def test_what_goes_on_record_is_what_the_rule_names(tmp_path: Path) -> None:
    (rule,) = load(tmp_path, RULE)
    assert rule.told({**CLAIMS, "actor_email": "x"}) == {"repository": "acme/agents", "ref": "refs/heads/main"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("claims: {repository: acme/agents, ref: [refs/heads/main, \"refs/tags/*\"]}", "groups: [a]", "claims"),
        ("{repository: acme/agents, ref: [refs/heads/main, \"refs/tags/*\"]}", "{}", "claims"),
        ("acme/agents", '"*"', "claims"),
        ("https://ci", "http://ci", "issuer"),
        ("agents\n    issuer", "a;b\n    issuer", "id"),
        ("audience: hushgate", "audience: hushgate\n    minutes: 1000", "minutes"),
        ("audience: hushgate", "audience: hushgate\n    color: red", "color"),
        ("audience: hushgate", "audience: hushgate\n    endpoints: []", "endpoints"),
        ("audience: hushgate", "audience: hushgate\n    models: ['*']", "models"),
        ("audience: hushgate", "audience: hushgate\n    from: [10.0.0.1/8]", "no network"),
        ("version: 1", "version: 2", "version"),
    ],
)  # fmt: skip
def test_rules_that_are_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in RULE
    with pytest.raises(ConfigError, match=says):
        load(tmp_path, RULE.replace(old, new))


def test_an_id_twice(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="taken"):
        load(tmp_path, RULE + RULE.split("workloads:\n")[1])


@pytest.mark.parametrize(
    ("times", "says"),
    [
        ({"iat": 995, "exp": 1300}, ""),
        ({"iat": 1020, "exp": 1300}, ""),
        ({"iat": 900, "exp": 980}, ""),
        ({"iat": 900, "exp": 970}, "expired"),
        ({"iat": 1031, "exp": 1300}, "not valid yet"),
        ({"iat": 900, "exp": 1300, "nbf": 1031}, "not valid yet"),
        ({"iat": 900, "exp": 1300, "nbf": "now"}, "not valid yet"),
        ({"iat": 900, "exp": 900 + 86401}, "more than a day"),
        ({"iat": 900}, "does not say"),
        ({"exp": 1300}, "does not say"),
        ({"iat": True, "exp": 1300}, "does not say"),
        ({"iat": 900, "exp": "1300"}, "does not say"),
        ({"iat": 900, "exp": float("inf")}, "does not say"),
        ({"iat": 900, "exp": float("nan")}, "does not say"),
    ],
)
def test_when_a_token_is_valid(times: dict[str, Any], says: str) -> None:
    signed = Signed("k", "ES256", times, b"", b"")
    if not says:
        assert in_time(signed, 1000.0) == times["exp"]
        return
    with pytest.raises(Malformed, match=says):
        in_time(signed, 1000.0)
