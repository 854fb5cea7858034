"""Any text is either read or refused; nothing else."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hushgate.errors import ConfigError
from hushgate.yaml_source import load_yaml

YAMLISH = st.text(alphabet="ab:-[]{}\"'\n #&*!|>?,%@0 1\t<~\u00e9\ufeff", max_size=60)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"], include_characters=" "), max_size=20)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcxyz", min_size=1), inner, max_size=4),
    max_leaves=12,
)


@given(YAMLISH | st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_fault(text: str) -> None:
    try:
        source = load_yaml(Path("f"), text)
    except ConfigError as error:
        assert error.faults
    else:
        assert all(line >= 1 for line in source.lines.values())


@given(DOCUMENTS)
def test_json_reads_as_itself(document: object) -> None:
    assert load_yaml(Path("f"), json.dumps(document, ensure_ascii=False)).data == document
