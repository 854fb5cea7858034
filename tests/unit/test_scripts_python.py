"""scripts/_python.sh finds a Python that really runs, says what to install otherwise, and reuses what is there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = [path for path in (ROOT / "scripts").iterdir() if path.is_file() and path.suffix != ".py"]
TOOLS = "/usr/bin:/bin"


def bash(line: str, root: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs `line` after sourcing the finder, in an environment that knows nothing else."""
    known = {"PATH": TOOLS, "HOME": "/nonexistent", **environment}
    command = ["bash", "-c", f". {root}/scripts/_python.sh; {line}"]
    return subprocess.run(command, env=known, capture_output=True, text=True, timeout=60, check=False)


def fake(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def broken(folder: Path) -> None:
    """Every Python name in PATH fails, as a pyenv shim does whose version is off."""
    for name in ("python3.14", "python3.13", "python3.12", "python3", "python", "uv"):
        fake(folder, name, "echo 'pyenv: command not found' >&2; exit 127")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_parse_and_run(script: Path) -> None:
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    assert os.access(script, os.X_OK) == (script.name != "_python.sh")


def test_a_shim_that_fails_is_passed_over(tmp_path: Path) -> None:
    broken(tmp_path / "shims")
    fake(tmp_path / "good", "python3.12", f'exec {sys.executable} "$@"')
    found = bash("_find_python", PATH=f"{tmp_path}/shims:{tmp_path}/good:{TOOLS}")
    assert found.stdout.strip() == sys.executable


@pytest.mark.parametrize("variable", ["PYENV_ROOT", "HOME"])
def test_pyenv_versions_are_found(tmp_path: Path, variable: str) -> None:
    broken(tmp_path / "shims")
    pyenv = tmp_path / ("x" if variable == "PYENV_ROOT" else ".pyenv")
    fake(pyenv / "versions" / "3.11.7" / "bin", "python", "exit 0")
    fake(pyenv / "versions" / "3.12.1" / "bin", "python", f'exec {sys.executable} "$@"')
    value = str(pyenv if variable == "PYENV_ROOT" else tmp_path)
    found = bash("_find_python", PATH=f"{tmp_path}/shims:{TOOLS}", **{variable: value})
    assert found.stdout.strip() == sys.executable


def test_uv_is_asked_last(tmp_path: Path) -> None:
    broken(tmp_path)
    fake(tmp_path, "uv", f"echo {sys.executable}")
    assert bash("_find_python", PATH=f"{tmp_path}:{TOOLS}").stdout.strip() == sys.executable


def test_none_says_what_to_install(tmp_path: Path) -> None:
    broken(tmp_path)
    found = bash("_find_python", PATH=f"{tmp_path}:{TOOLS}")
    assert (found.returncode, found.stdout) == (3, "")
    assert "no Python 3.12 or newer" in found.stderr
    assert "pyenv install" in found.stderr


def test_an_old_python_is_not_good(tmp_path: Path) -> None:
    old = fake(tmp_path, "old", "exit 1")
    found = bash("_find_python", HUSHGATE_PYTHON=str(old))
    assert found.returncode == 3
    assert bash("_find_python", HUSHGATE_PYTHON=sys.executable).stdout.strip() == sys.executable


def clients(path: Path) -> subprocess.CompletedProcess[str]:
    command = [str(shutil.which("bash")), str(ROOT / "scripts/clients")]
    return subprocess.run(command, env={"PATH": str(path)}, capture_output=True, text=True, timeout=60, check=False)


def test_clients_say_what_they_lack(tmp_path: Path) -> None:
    (tmp_path / "dirname").symlink_to(str(shutil.which("dirname")))
    asked = clients(tmp_path)
    assert (asked.returncode, asked.stdout) == (3, "")
    assert "node is not in PATH" in asked.stderr
    assert "hint: install curl and Node" in asked.stderr


def test_clients_want_a_newer_node(tmp_path: Path) -> None:
    (tmp_path / "dirname").symlink_to(str(shutil.which("dirname")))
    for name in ("npm", "curl"):
        fake(tmp_path, name, "exit 0")
    fake(tmp_path, "node", "case $1 in --version) echo v18.20.8 ;; *) exit 1 ;; esac")
    asked = clients(tmp_path)
    assert asked.returncode == 3
    assert "v18.20.8, older than 20.18" in asked.stderr


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose .venv is up to date, by its stamp, and holds nothing."""
    locks = (f"requirements/{name}.txt" for name in ("demo", "test", "fuzz"))
    for name in ("scripts/_python.sh", "pyproject.toml", *locks):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    assert bash('_stamp_of test >"$STAMP"', tmp_path).returncode == 0
    return tmp_path


@pytest.mark.parametrize("want", ["test", "demo"])
def test_an_up_to_date_venv_is_reused_at_once(checkout: Path, want: str) -> None:
    begun = time.perf_counter()
    assert bash(f"hushgate_venv {want}", checkout).stderr == ""
    assert time.perf_counter() - begun < 1


def test_a_smaller_set_is_not_enough(checkout: Path, tmp_path: Path) -> None:
    broken(tmp_path / "shims")
    tried = bash("hushgate_venv fuzz", checkout, PATH=f"{tmp_path}/shims:{TOOLS}")
    assert (tried.returncode, "no Python" in tried.stderr) == (3, True)


@pytest.mark.parametrize("changed", ["requirements/test.txt", "pyproject.toml"])
def test_a_changed_lock_is_noticed(checkout: Path, tmp_path: Path, changed: str) -> None:
    broken(tmp_path / "shims")
    with (checkout / changed).open("a") as file:
        file.write("\n# changed\n")
    tried = bash("hushgate_venv test", checkout, PATH=f"{tmp_path}/shims:{TOOLS}")
    assert (tried.returncode, "no Python" in tried.stderr) == (3, True)


def locked(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))


def test_locks_hold_one_set_of_versions() -> None:
    base, demo, test, fuzz = map(locked, ("base", "demo", "test", "fuzz"))
    assert base.items() < demo.items() < test.items() < fuzz.items()
    assert base["mitmproxy"].startswith("12.2.")


@pytest.mark.parametrize("name", ["base", "demo", "test", "fuzz", "clients", "uv"])
def test_locks_are_hashed_and_name_no_host(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert "://" not in text
    assert "index" not in re.sub(r"^[a-z0-9-]+==.*$", "", text, flags=re.MULTILINE)
    entries = re.split(r"^(?=[a-z0-9-]+==)", text, flags=re.MULTILINE)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_lock_of_the_node_clients_is_hashed_and_names_no_host() -> None:
    lock = json.loads((ROOT / "tests/clients/package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert "node_modules/@copilotkit/aimock" in packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not any("resolved" in entry for entry in packages.values())
