"""Spans of time as they are written on the command line."""

from __future__ import annotations

import argparse
import re
from typing import Final

_SPAN: Final = re.compile(r"([0-9]{1,6})([smhd])")
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(text: str) -> int:
    """A span of time: `90s`, `30m`, `2h`, `7d`. For argparse."""
    found = _SPAN.fullmatch(text)
    if not found or not int(found[1]):
        raise argparse.ArgumentTypeError(f"{text!r} is no span of time; write 90s, 30m, 2h or 7d")
    return int(found[1]) * _UNITS[found[2]]
