"""The arrows of the house, read from the source with `ast`: who may import whom, who may touch the world.

Imports inside functions and under TYPE_CHECKING count as well.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ADDON = ROOT / "addon"
PACKAGE = ADDON / "hushgate"
MAX_LINES = 350

# From the ground up. A unit (a package, or a module beside them) imports what stands below its own floor.
FLOORS: list[set[str]] = [
    {"values", "errors", "turns"},
    {"yaml_source", "schema_check", "schema_fit", "files", "filetypes", "tools", "consent"},
    {"wire", "framing", "detect", "policy", "transform", "approvals", "ledger"},
    {"state", "followed", "keys", "users", "doorkeeper", "identity", "settings", "endpoints", "routes", "launch"},
    {"pipeline", "outcome", "requests", "replies", "records", "transcripts", "holding"},
    {"rulebook", "app", "control", "notifying"},
    {"proxy", "console"},
    {"cli"},
    {"__main__"},
]
APART = FLOORS[2]  # packages that never import each other
BY_PROTOCOL = {"detect", "approvals", "ledger"}  # what the story on FLOORS[4] is handed, and never names
GROUND = FLOORS[0]  # standard library only
PURE = {"wire", "framing", "policy", "transform"}
OUTSIDE_WORLD = {
    "asyncio", "concurrent", "ctypes", "fcntl", "http", "io", "multiprocessing", "os", "queue", "random", "secrets",
    "select", "selectors", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile",
    "threading", "time", "urllib.request", "uuid",
}  # fmt: skip
REACHING = {
    "open", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "mkdir", "iterdir", "glob", "rglob",
    "exists", "is_file", "is_dir", "now", "utcnow", "today", "input", "print",
}  # fmt: skip
ONLY_IN = {  # third party, and the only files that know it
    "mitmproxy": ("addon/main.py", "addon/hushgate/proxy/"),
    "botocore": ("addon/hushgate/requests/aws.py", "addon/hushgate/requests/signing.py"),
    "mitmproxy_rs": ("addon/hushgate/proxy/",),
    "presidio_analyzer": ("addon/hushgate/detect/recognizers.py", "addon/hushgate/detect/presidio_classes.py"),
    "onnxruntime": ("addon/hushgate/detect/graph_run.py",),
    "tokenizers": ("addon/hushgate/detect/graph_run.py",),
    "spacy": tuple(f"addon/hushgate/detect/{name}.py" for name in ("nlp", "tagger", "tokens", "recognizers")),
    "argon2": ("addon/hushgate/identity/passwords.py",),
    "pypdf": tuple(f"addon/hushgate/detect/reading/pdf{part}.py" for part in ("", "_pages", "_streams")),
    "defusedxml": ("addon/hushgate/detect/reading/office.py",),
    "PIL": ("addon/hushgate/detect/reading/picture.py",),
    "starlette": ("addon/hushgate/console/",),
    "uvicorn": ("addon/hushgate/console/",),
    "jinja2": ("addon/hushgate/console/",),
    "rich": ("addon/hushgate/cli/",),
    "sqlite3": ("addon/hushgate/ledger/",),
    "sqlite_utils": ("addon/hushgate/ledger/",),
}

SOURCES = sorted(ADDON.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def unit_of(name: str) -> str | None:
    """`addon/hushgate/wire/edit.py` -> `wire`; None for the package's own `__init__` and for addon/main.py."""
    steps = name.removesuffix(".py").split("/")
    return steps[2] if len(steps) > 2 and steps[2] != "__init__" else None


def imports(name: str, tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every module that is imported, by its full dotted name, and the line."""
    package = name.removeprefix("addon/").split("/")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*up, *([node.module] if node.module else [])])
            yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)


def floor(unit: str) -> int | None:
    return next((n for n, units in enumerate(FLOORS) if unit in units), None)


def wrong_arrow(unit: str, other: str) -> str | None:
    """Why `unit` may not import `other`; None if it may."""
    if unit == other:
        return None
    here, there = floor(unit), floor(other)
    if there is None:
        return f"{other} has no floor: add it to FLOORS"
    if here is None:
        return f"{unit} has no floor: add it to FLOORS"
    if unit in APART and other in APART:
        return f"{unit} and {other} stand apart"
    if unit in FLOORS[4] and other in BY_PROTOCOL:
        return f"{unit} is handed {other} as a Protocol"
    if unit in GROUND:
        return f"{unit} uses the standard library only"
    return None if there <= here else f"{other} stands above {unit}"


def complaints(name: str, source: str) -> list[str]:
    """What is wrong with one source file."""
    tree, unit, found = ast.parse(source), unit_of(name), []
    if (lines := source.count("\n")) > MAX_LINES:
        found.append(f"{lines} lines: split it")
    for target, line in imports(name, tree):
        top = target.split(".")[0]
        if top == "hushgate":
            other = [*target.split("."), ""][1]
            if unit and other and not other.startswith("__") and (why := wrong_arrow(unit, other)):
                found.append(f"line {line}: {why}")
            continue
        if unit in GROUND and top not in sys.stdlib_module_names:
            found.append(f"line {line}: {unit} imports {top}")
        if top in ONLY_IN and not name.startswith(ONLY_IN[top]):
            found.append(f"line {line}: only {' and '.join(ONLY_IN[top])} know {top}")
        if unit in PURE and (top in OUTSIDE_WORLD or target.startswith("urllib.request")):
            found.append(f"line {line}: {unit} is pure, and imports {top}")
    if unit in PURE:
        found += [f"line {line}: {unit} is pure, and calls {what}" for what, line in calls(tree) if what in REACHING]
    return found


def calls(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=called) | ast.Attribute(attr=called):
                    yield called, node.lineno


def is_bare(source: str) -> bool:
    """Nothing to test: a docstring, imports, constants without calls."""
    plain = (ast.Expr, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
    return all(isinstance(node, plain) for node in ast.parse(source).body) and not list(calls(ast.parse(source)))


@pytest.fixture(scope="module")
def tests_say() -> dict[str, set[str]]:
    """Test files' names, each with the modules it imports."""
    return {
        path.stem: {target for target, _ in imports("tests/x.py", ast.parse(path.read_text("utf-8")))}
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
    }


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_arrows(path: Path) -> None:
    if found := complaints(name_of(path), path.read_text("utf-8")):
        pytest.fail("\n".join(found), pytrace=False)


@pytest.mark.parametrize(
    "path", sorted([*(ROOT / "bench").glob("*.py"), *(ROOT / "scripts").glob("*.py")]), ids=name_of
)
def test_programs_beside_the_package_are_short(path: Path) -> None:
    assert path.read_text("utf-8").count("\n") <= MAX_LINES


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_has_a_test(path: Path, tests_say: dict[str, set[str]]) -> None:
    """tests/**/test_<package>_<file>.py, or a test that imports the module itself."""
    if is_bare(path.read_text("utf-8")):
        return
    steps = path.relative_to(PACKAGE if path.is_relative_to(PACKAGE) else ADDON).with_suffix("").parts
    steps = tuple(step for step in steps if step != "__init__")
    module = ".".join(("hushgate", *steps))
    named = f"test_{'_'.join(steps)}"
    imported = any(
        target == module or target.startswith(f"{module}.") for said in tests_say.values() for target in said
    )
    if named not in tests_say and not imported:
        pytest.fail(f"no tests/unit/{named}.py, and no test imports {module}", pytrace=False)


@pytest.mark.parametrize(
    ("name", "source", "says"),
    [
        ("addon/hushgate/values.py", "import yaml\n", "imports yaml"),
        ("addon/hushgate/values.py", "from .errors import Malformed\n", "standard library only"),
        ("addon/hushgate/wire/edit.py", "from ..detect.rules import Rule\n", "stand apart"),
        ("addon/hushgate/wire/edit.py", "from hushgate.settings import Settings\n", "stands above"),
        ("addon/hushgate/wire/edit.py", "def f():\n    import hushgate.app\n", "stands above"),
        ("addon/hushgate/wire/edit.py", "from hushgate import pipeline\n", "stands above"),
        ("addon/hushgate/wire/edit.py", "from time import monotonic\n", "is pure"),
        ("addon/hushgate/policy/rules.py", "def f(p):\n    return p.read_text()\n", "calls read_text"),
        ("addon/hushgate/pipeline.py", "from .ledger.sqlite import SqliteLedger\n", "as a Protocol"),
        ("addon/hushgate/detect/engine.py", "import spacy.tokens\n", "know spacy"),
        ("addon/hushgate/app.py", "from mitmproxy import http\n", "know mitmproxy"),
        ("addon/hushgate/proxy/run.py", "import hushgate.cli.main\n", "stands above"),
        ("addon/hushgate/proxy/run.py", "from hushgate.novelty import x\n", "no floor"),
        ("addon/hushgate/novelty.py", "from hushgate.values import x\n", "no floor"),
        ("addon/hushgate/app.py", "x = 1\n" * (MAX_LINES + 1), "split it"),
    ],
)
def test_the_judge_can_say_no(name: str, source: str, says: str) -> None:
    assert any(says in complaint for complaint in complaints(name, source))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("addon/main.py", "from mitmproxy import ctx\nfrom hushgate.proxy.addon import Gate\n"),
        ("addon/hushgate/proxy/addon.py", "from mitmproxy import http\nfrom hushgate.app import build\n"),
        ("addon/hushgate/pipeline.py", "from .wire.base import Dialect\nfrom . import records\n"),
        ("addon/hushgate/policy/rules.py", "from pathlib import Path\nfrom hushgate.yaml_source import load_yaml\n"),
        ("addon/hushgate/wire/edit.py", "from .base import Dialect\nimport json\n"),
        ("addon/hushgate/cli/__init__.py", "from hushgate import __version__\nimport rich\n"),
    ],
)
def test_the_judge_can_say_yes(name: str, source: str) -> None:
    assert complaints(name, source) == []
