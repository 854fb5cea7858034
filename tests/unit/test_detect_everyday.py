from __future__ import annotations

from hushgate.detect.everyday import LONGEST, frequent, words

WORDS = frozenset(words())


def test_they_are_short_plain_and_small() -> None:
    assert len(WORDS) > 5000
    assert all(2 <= len(word) <= LONGEST and word.isascii() and word.isalpha() and word.islower() for word in WORDS)


def test_what_holds_sentences_together_is_among_them() -> None:
    english = "the of to and in is that this with for from have about would because there which their should very"
    others = "und nicht werden pour dans leurs para cuando della questo nella muito quando niet worden jest jako"
    assert set(english.split()) <= WORDS
    assert len(set(others.split()) - WORDS) <= 2


def test_names_what_begins_them_and_mailboxes_are_not() -> None:
    assert not WORDS & set(
        "john will mark grace theo mari rich info support sales noreply newsletter may october".split()
    )


def test_frequent_words_may_be_names() -> None:
    words = frozenset(frequent())
    assert words > WORDS
    assert words.issuperset("will young may way line the mail".split())
    assert not words & {"kowalski", "quince"}
