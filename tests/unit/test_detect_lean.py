from __future__ import annotations

import subprocess
import sys

import spacy

from hushgate.detect.lean import without_commands
from hushgate.detect.tagger import tokenizing

NAMES = """
import sys
from importlib.util import find_spec
from hushgate.detect.lean import without_commands
with without_commands():
    from hushgate.detect.nlp import Names
(hits,) = Names(str).find(["We met Haruki Tanaka."], [None])
print([(hit.start, hit.end) for hit in hits], sorted({"typer", "httpx", "presidio_analyzer"} & sys.modules.keys()))
print(find_spec("spacy.cli.info").origin.endswith("info.py"))
"""


def test_names_are_found_without_spacys_commands_and_plugins() -> None:
    done = subprocess.run([sys.executable, "-c", NAMES], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[(7, 20)] []", "True"]


def test_what_is_imported_already_stays() -> None:
    before = dict(sys.modules)
    with without_commands():
        assert sys.modules == before
    assert sys.modules == before


def test_plugins_are_there_for_other_pipelines() -> None:
    tokenizing()
    assert spacy.util.registry._entry_point_factories.entry_points
