from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.cli.trial import beside, run
from hushgate.errors import StateError
from hushgate.settings import load_settings


def test_the_built_in_policy_passes_its_own_tests() -> None:
    report = run(load_settings(None, {}, {}))
    assert [o.test.name for o in report.failures] == []
    assert len(report.outcomes) > 5


def test_the_test_file_stands_beside_the_policy(tmp_path: Path) -> None:
    policy = tmp_path / "strict.yaml"
    with pytest.raises(StateError, match=r"strict\.yaml has no tests"):
        beside(policy)
    (tmp_path / "strict.test.yaml").touch()
    assert beside(policy) == tmp_path / "strict.test.yaml"
