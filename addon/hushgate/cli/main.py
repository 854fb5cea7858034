"""`hushgate`: reads the command line, runs one command, turns errors into words and exit codes."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence

from hushgate.cli.commands import parser
from hushgate.errors import ConfigError, HushgateError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    args = parser().parse_args(argv)
    from hushgate.cli.context import Exit, say

    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name no locale can show must not end the command
    file, _, function = args.call.partition(".")
    try:
        code = getattr(importlib.import_module(f"hushgate.cli.{file}"), function)(args)
        sys.stdout.flush()
    except ConfigError as error:
        say(f"error: the configuration cannot be used\n{error}")
        return Exit.USAGE
    except HushgateError as error:
        say(f"error: {error}" + (f"\nhint: {error.hint}" if error.hint else ""))
        return Exit.FAILED
    except BrokenPipeError:
        # Whoever reads has had enough. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FINE
    except OSError as error:
        named = f": {error.filename}" if error.filename else ""
        say(f"error: {error.strerror or type(error).__name__}{named}")
        return Exit.FAILED
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - its message may quote what nobody may see
        say(f"error: {type(error).__name__} at {_place(error)}: this should not happen\nhint: please report it")
        return Exit.FAILED
    return int(code)


def _place(error: BaseException) -> str:
    """The file and line of our own code that an error came through last."""
    place = "unknown"
    for frame, line in traceback.walk_tb(error.__traceback__):
        name = frame.f_globals.get("__name__", "")
        if name.startswith("hushgate"):
            place = f"{name}:{line}"
    return place
