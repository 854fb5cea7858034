from __future__ import annotations

from hushgate.detect.namewords import NOT_NAMES, PARTICLES, SIGN_OFFS, TITLES


def test_words_are_lower_case_and_lists_agree() -> None:
    for words in (NOT_NAMES, PARTICLES, SIGN_OFFS, TITLES):
        assert all(word == word.lower() for word in words)
    assert not NOT_NAMES & {"anna", "john", "maria", "ahmed", "wei", "smith"}
