from __future__ import annotations

import pytest

from hushgate.detect.conditions import Exclusion
from hushgate.detect.expressions import Refused
from hushgate.detect.judging import Candidate, entropy, excluding, of_file
from hushgate.detect.page import Page
from tests.detect_cases import FINGERPRINT

TEXT = "first\nnextToken = 'abCd1234' # of the docs\nlast"


def candidate(value: str = "abCd1234", file: str | None = None) -> Candidate:
    page = Page([TEXT])
    start, end = TEXT.index("Token"), TEXT.index(value) + len(value)
    return Candidate(page, (start, end), (0, len(page.data)), value, FINGERPRINT, file)


def test_what_a_target_is() -> None:
    one = candidate()
    assert one.of("value") == b"abCd1234"
    assert one.of("match") == b"Token = 'abCd1234"
    assert one.of("name") == b"nextToken = 'abCd1234"
    assert one.of("line") == b"nextToken = 'abCd1234' # of the docs"
    assert one.of("lines") == b"first\nnextToken = 'abCd1234' # of the docs"


@pytest.mark.parametrize(
    ("given", "speaks"),
    [
        (Exclusion(patterns=("^abCd",)), True),
        (Exclusion(patterns=("^Token",)), False),
        (Exclusion(patterns=("^Token",), target="match"), True),
        (Exclusion(patterns=("^nextToken",), target="name"), True),
        (Exclusion(patterns=("docs$",), target="line"), True),
        (Exclusion(patterns=("^first", "last"), target="line"), False),
        (Exclusion(words=("cd12",)), True),
        (Exclusion(words=("docs",)), False),
        (Exclusion(values=("abCd1234",)), True),
        (Exclusion(values=("abcd1234",)), False),
        (Exclusion(fingerprints=(FINGERPRINT("abCd1234"),)), True),
        (Exclusion(fingerprints=(FINGERPRINT("other"),)), False),
        (Exclusion(patterns=("abCd",), words=("nothing",)), True),
        (Exclusion(patterns=("abCd",), words=("nothing",), every=True), False),
        (Exclusion(patterns=("abCd",), words=("1234",), every=True), True),
        (Exclusion(paths=("test",)), False),
        (Exclusion(patterns=("abCd",), paths=("test",), every=True), False),
        (Exclusion(), False),
        (Exclusion(every=True), False),
    ],
)
def test_exclusions(given: Exclusion, speaks: bool) -> None:
    assert excluding(given)(candidate()) is speaks


def test_paths_speak_of_texts_of_files() -> None:
    excludes = excluding(Exclusion(paths=(r"(?:^|/)tests?/",)))
    assert excludes(candidate(file="src/tests/a.py"))
    assert not excludes(candidate(file="src/a.py"))
    for_yaml = of_file(r"\.ya?ml$")
    assert (for_yaml("a.yaml"), for_yaml("a.py"), for_yaml(None)) == (True, False, True)


def test_a_pattern_that_re2_does_not_take_is_refused() -> None:
    with pytest.raises(Refused):
        excluding(Exclusion(patterns=("(?=a)",)))


def test_entropy() -> None:
    assert entropy("aaaa") == 0
    assert entropy("abcd") == 2
    assert entropy("aabb") == 1
