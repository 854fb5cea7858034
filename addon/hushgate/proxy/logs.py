"""Logs without traffic.

mitmproxy writes hosts, header bytes and parts of messages into its log lines.
Nothing of it is repeated: from a foreign logger only the place, the level and
an exception's type come out, or, for what users meet, words of ours. Our own lines are written without traffic and
pass as they are.
"""

from __future__ import annotations

import logging
import sys
from pathlib import PurePath
from typing import Final, TextIO

OURS: Final = "hushgate"

_KNOWN: Final = (
    (
        "Client TLS handshake failed. Client and mitmproxy cannot agree on a TLS version",
        "a client speaks only versions of TLS that are too old, and nothing of its was read. hint: use a newer client",
    ),
    (
        "Client TLS handshake failed.",
        "a client broke off TLS, most likely as it does not trust this gate's CA, and nothing of its was read. "
        "hint: `hushgate run -- CMD` sets what it needs, `hushgate doctor -- CMD` names it",
    ),
)
"""How a line of mitmproxy's begins, and what is said in its place."""


class Quiet(logging.Formatter):
    """Formats a record so that no argument of a foreign logger is in it."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, without a stack trace: those quote values through exception texts."""
        if record.name == OURS or record.name.startswith(OURS + "."):
            return f"hushgate {record.levelname.lower()}: {record.getMessage()}"
        said = str(record.msg) if record.name.startswith("mitmproxy.") else ""
        for begins, ours in _KNOWN:
            if said.startswith(begins):
                return f"hushgate {record.levelname.lower()}: {ours}"
        place = f"{record.name} ({PurePath(record.pathname).name}:{record.lineno})"
        failure = record.exc_info[0] if isinstance(record.exc_info, tuple) else None
        named = f", {failure.__name__}" if failure is not None else ""
        return f"hushgate {record.levelname.lower()}: {place}{named}; its text is left out, it may hold traffic"


def configure(stream: TextIO | None = None, level: int = logging.WARNING) -> None:
    """Send all logging of this process through `Quiet`, to stderr, from WARNING up."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Quiet())
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    logging.raiseExceptions = False  # a broken line is dropped, not dumped with its arguments
