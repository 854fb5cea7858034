"""The ways in that are not the console script."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

from hushgate import __main__ as entry

ROOT = Path(__file__).parents[2]


def test_the_mitmdump_script_offers_one_addon() -> None:
    from hushgate.proxy.script import HushgateScript

    loaded = runpy.run_path(str(ROOT / "addon" / "main.py"))
    assert [type(addon) for addon in loaded["addons"]] == [HushgateScript]


def test_python_m_hushgate_is_the_command_line() -> None:
    done = subprocess.run([sys.executable, "-m", "hushgate", "--help"], capture_output=True, text=True, check=True)
    assert "usage: hushgate" in done.stdout
    assert entry.__doc__
