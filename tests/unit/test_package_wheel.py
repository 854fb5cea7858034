"""The wheel holds the package and its rules, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def relative(folder: Path, pattern: str, prefix: str) -> set[str]:
    found = (path.relative_to(folder).as_posix() for path in folder.rglob(pattern) if path.is_file())
    return {f"{prefix}{path}" for path in found}


def test_contents(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    sources = relative(ROOT / "addon" / "hushgate", "*.py", "hushgate/")
    rules = relative(ROOT / "rules", "*.yaml", "hushgate/_rules/")
    tagger = {f"hushgate/detect/names_model/{name}" for name in ("card.json", "network.gz", "words.gz")}
    assert sources | rules | tagger | {"hushgate/py.typed"} <= names
    assert {Path(name).suffix for name in names} <= {
        ".py",
        ".yaml",
        ".typed",
        ".json",
        ".gz",
        ".html",
        ".css",
        ".js",
        ".svg",
    }
    assert not any(name.startswith(("tests", "bench", "scripts")) for name in names)


def test_entry_point_and_version(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    info = next(tmp_path.glob("*.dist-info"))
    assert "hushgate = hushgate.cli:main" in (info / "entry_points.txt").read_text()
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import hushgate; print(hushgate.__version__)"
    said = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True).stdout
    assert f"\nVersion: {said.strip()}\n" in (info / "METADATA").read_text()
