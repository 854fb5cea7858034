"""Which tools of a model are meant."""

from __future__ import annotations

from fnmatch import fnmatchcase

from hushgate.values import Tools


def common(one: Tools, other: Tools) -> Tools:
    """The tools that both mean."""
    return one if one == other else tuple(dict.fromkeys((*one, *other)))


def means(tools: Tools, name: str) -> bool:
    """Whether a tool is one of these; one without a name only if any is."""
    return not tools or (name != "" and all(any(fnmatchcase(name, p) for p in patterns) for patterns in tools))
