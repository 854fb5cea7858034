"""Strict YAML with line numbers.

The reading is YAML 1.2's core schema on PyYAML's parser: only `true` and
`false` are booleans, only `null`, `~` and nothing are null, numbers are
decimal (`0o17` and `0x1f` too), dates are text. Refused: duplicate and
non-string keys, anchors, aliases, merge keys, tags, several documents, a
byte-order mark, invalid UTF-8, files over 1 MiB (or what a caller says) or
nested deeper than 40.

    source = load_yaml(path)              # ConfigError
    faults = check(source, SCHEMA)        # of schema_check: all of them, in the file's order
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from .errors import ConfigError, ConfigFault

MAX_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 40

type Steps = tuple[str | int, ...]

_INT: Final = re.compile(r"[-+]?[0-9]{1,300}|0o[0-7]{1,300}|0x[0-9a-fA-F]{1,300}")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]{1,300}|[0-9]{1,300}(?:\.[0-9]{0,300})?)(?:[eE][-+]?[0-9]{1,4})?")
_WORDS: Final[dict[str, object]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip

# libyaml reads several times faster, where PyYAML was built with it; it lets some tabs pass that the other refuses.
_BASE: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Source:
    """A YAML file, read: plain dicts, lists and scalars. `lines` maps pointers to lines from 1."""

    file: str
    data: object = field(repr=False)
    lines: Mapping[Steps, int] = field(repr=False)

    def line(self, *path: str | int) -> int:
        """The line of what stands at a pointer: of its key in a mapping. The nearest above where it is missing."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, message: str, *path: str | int, hint: str = "") -> ConfigFault:
        """A fault at a pointer."""
        return ConfigFault(self.file, self.line(*path), message, hint)


class _Refused(Exception):
    def __init__(self, line: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.message, self.hint = line, message, hint


def load_yaml(path: Path, text: str | None = None, *, most: int = MAX_BYTES) -> Source:
    """Read a file of `most` bytes, or `text` in its place; ConfigError with every fault. Nothing in it is None."""
    file = str(path)
    if text is None:
        text = read_text(path, most)
    elif len(text) > most:
        raise ConfigError([ConfigFault(file, 0, f"the file is larger than {most} bytes")])
    faults: list[ConfigFault] = []
    lines: dict[Steps, int] = {(): 1}
    try:
        value = _document(_events(text), lines, faults, file)
    except _Refused as refused:
        faults.append(ConfigFault(file, refused.line, refused.message, refused.hint))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.append(ConfigFault(file, mark.line + 1 if mark else 0, f"not YAML: {error.problem or error.context}"))
    except (yaml.YAMLError, UnicodeEncodeError):
        faults.append(ConfigFault(file, 0, "not YAML: it holds a character that YAML does not allow"))
    except RecursionError:
        faults.append(ConfigFault(file, 0, "the file is nested too deeply"))
    if faults:
        raise ConfigError(faults) from None
    return Source(file, value, lines)


def read_text(path: Path, most: int = MAX_BYTES) -> str:
    """A file of UTF-8, of `most` bytes; else ConfigError."""
    try:
        with path.open("rb") as opened:
            raw = opened.read(most + 1)
    except OSError as error:
        hint = "check the path, and who may read it"
        raise ConfigError([ConfigFault(str(path), 0, f"cannot be read: {error.strerror}", hint)]) from None
    if len(raw) > most:
        raise ConfigError([ConfigFault(str(path), 0, f"the file is larger than {most} bytes")])
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError([ConfigFault(str(path), line, "the file is not UTF-8", "save it as UTF-8")]) from None


def _events(text: str) -> Iterator[yaml.Event]:
    """What the parser says, without what makes one place mean another, and without bottomless nesting: _Refused."""
    if (at := text.find("\ufeff")) >= 0:  # the parsers disagree on it
        line = text.count("\n", 0, at) + 1
        raise _Refused(line, "a byte-order mark stands here", "save the file as UTF-8 without BOM")
    depth = 0
    for event in yaml.parse(text, Loader=_BASE):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            hint = "repeat the value, or quote the text"
            raise _Refused(_line(event), "anchors and aliases (& and *) are not allowed", hint)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _Refused(_line(event), f"nested deeper than {MAX_DEPTH}")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if getattr(event, "tag", None) is not None:
            raise _Refused(_line(event), "tags (!) are not allowed", "remove the tag, or quote the text")
        yield event


def _document(events: Iterator[yaml.Event], lines: dict[Steps, int], faults: list[ConfigFault], file: str) -> object:
    """The one document of a file; None for a file without any."""
    next(events)
    if isinstance(next(events), yaml.StreamEndEvent):
        return None
    value = _value(next(events), events, (), lines, faults, file)
    next(events)
    if not isinstance(next(events), yaml.StreamEndEvent):
        raise _Refused(_line(next(events)), "a second document starts here", "keep one document a file")
    return value


def _value(
    first: yaml.Event,
    events: Iterator[yaml.Event],
    at: Steps,
    lines: dict[Steps, int],
    faults: list[ConfigFault],
    file: str,
) -> object:
    """What begins with an event, and all events of it."""
    lines.setdefault(at, _line(first))
    if isinstance(first, yaml.SequenceStartEvent):
        many: list[object] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            many.append(_value(event, events, (*at, len(many)), lines, faults, file))
        return many
    if isinstance(first, yaml.ScalarEvent):
        return _scalar(first)
    made: dict[str, object] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key, line = _value(event, events, at, {}, [], file), _line(event)
        if isinstance(key, str) and key not in made and (key != "<<" or getattr(event, "style", None)):
            lines[(*at, key)] = line
            made[key] = _value(next(events), events, (*at, key), lines, faults, file)
            continue
        _value(next(events), events, at, {}, [], file)
        if not isinstance(key, str):
            faults.append(ConfigFault(file, line, "a key is not text", "put it in quotes"))
        elif key == "<<":
            faults.append(ConfigFault(file, line, "merge keys (<<) are not allowed", "write the keys out"))
        else:
            first_line = lines[(*at, key)]
            faults.append(ConfigFault(file, line, f"the key {key!r} is given twice, first in line {first_line}"))
    return made


def _line(at: yaml.Event) -> int:
    return at.start_mark.line + 1 if at.start_mark else 1


def _scalar(event: yaml.ScalarEvent) -> object:
    text = str(event.value)
    if event.style:  # quoted, or a block
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        return int(text[2:] if base != 10 else text, base)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if number not in (float("inf"), float("-inf")) else text
    return text
