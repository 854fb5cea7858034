"""Whether a text is a program, or has one in it: names there are variables' as well, and lists are of anything."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

_LINE: Final = re.compile(
    r"(?:\A|\n)[ \t]*(?:(?:async |export |static |pub )?"
    r"(?:def|class|function|func|fn|const|let|var|public|private|return|package) "
    r"|import \w|from \w[\w.]* import|#include|(?:if|for|while|else|elif|try|except)\b[^\n]*[:{]\n|[})]+[;,]?\n)"
)
_ENOUGH: Final = 3
"""Lines of a program that make one."""


def is_program(text: str) -> bool:
    """Whether some lines are none of a table, a record or a query."""
    return len(list(islice(_LINE.finditer(text), _ENOUGH))) == _ENOUGH
