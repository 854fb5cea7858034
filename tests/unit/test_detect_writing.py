from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hushgate.detect.conditions import Exclusion, Hotword, Requirement
from hushgate.detect.loading import load
from hushgate.detect.writing import written
from tests.detect_cases import BADGE, rule

FULL = rule(
    "full", "FULL_ID", "x'y\"(?P<secret>\\d+): #", keywords=("0o17", "yes"), boundary="token", context_words=("a",),
    context_required=True, context_window=9, filters=("placeholder",), validate=("luhn",), score=0.3, context_score=0.6,
    validated_score=1.0, least=0.4, group=-1, entropy=2.5, path="\\.x$", reported=False, origin="presidio",
    exclude=(Exclusion(patterns=("^a",), words=("null",), values=("1",), paths=("p",), target="line", every=True),),
    hotwords=(Hotword(("test",), 0.0, 12),), requires=(Requirement("badge", 0, 3), Requirement("full")),
)  # fmt: skip


def test_what_is_written_is_read_as_the_same_rules(tmp_path: Path) -> None:
    badge = replace(BADGE, id="badge", match=("badge AB-123456",), no_match=("AB-1",), origin="gitleaks")
    (tmp_path / "a.yaml").write_text(written([FULL, badge]), encoding="utf-8")
    assert load([tmp_path / "a.yaml"]).rules == (FULL, badge)
