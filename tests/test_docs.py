"""The documentation holds: nothing is missing in it, stale, dead, or refused by the code it describes."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from hushgate import endpoints, launch, rulebook
from hushgate.cli import trial
from hushgate.cli.commands import parser
from hushgate.cli.context import Exit
from hushgate.detect import examples, rules
from hushgate.detect.catalogs.columns import read_columns
from hushgate.detect.catalogs.mapping import load_mapping
from hushgate.identity import single, workloads
from hushgate.policy import schema as policy_schema
from hushgate.policy.rules import RESERVED, load_policy
from hushgate.policy.testing import load_tests
from hushgate.proxy import safety
from hushgate.settings import load_settings, schema
from hushgate.wire.registry import FORMATS
from scripts import reference

ROOT = Path(__file__).parents[1]
PAGES = {page.relative_to(ROOT).as_posix(): page.read_text("utf-8") for page in reference.pages()}
CLI, RULES, CONFIGURATION, CLIENTS, TROUBLE = (
    PAGES[f"docs/{name}.md"] for name in ("cli", "rules", "configuration", "clients", "troubleshooting")
)

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PLACE = re.compile(r"(?<![\w./~-])(?:scripts|tests|addon|docs|rules|requirements|bench|certs|\.ci)/[\w./*-]+")


def blocks(*kinds: str) -> Iterator[tuple[str, str]]:
    """Every code block of these kinds: `page:line` and its text."""
    for name, text in PAGES.items():
        for found in BLOCK.finditer(text):
            if found[1] in kinds:
                yield f"{name}:{text.count(chr(10), 0, found.start()) + 1}", found[2]


def prose(text: str) -> str:
    """A page without its blocks and comments."""
    return COMMENT.sub("", BLOCK.sub("", text))


def section(text: str, heading: str) -> str:
    """What stands below a heading, down to the next of its rank."""
    rank = heading.partition(" ")[0]
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(rank)}}} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"there is no {heading!r}"
    return found[1]


def told(text: str) -> set[str]:
    """What is named in a table's first column."""
    cells = (line.split("|")[1] for line in text.splitlines() if line.startswith("| "))
    return {name for cell in cells for name in CODE.findall(cell)}


# What is drawn from the code -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_generated_parts_are_current(name: str) -> None:
    assert reference.renewed(PAGES[name]) == PAGES[name], "run scripts/fix"


def test_every_generated_part_is_somewhere() -> None:
    wanted = {*reference.PARTS, *(f"command {name}" for name, _ in reference.commands())}
    assert {name for text in PAGES.values() for name, _ in reference.REGION.findall(text)} == wanted


# What has to be told -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name, _ in reference.commands()])
def test_every_command_has_a_section_with_an_example(name: str) -> None:
    text = section(CLI, f"## hushgate {name}")
    assert f"<!-- generated: command {name} -->" in text
    shown = [line for kind, body in BLOCK.findall(text) if kind == "console" for line in body.splitlines()]
    assert any(f"hushgate {name}" in line for line in shown if line.startswith("$ "))
    assert any(not line.startswith("$ ") for line in shown), "an example shows what it prints"


def test_every_option_is_told() -> None:
    shared = told(section(CLI, "## Options of every command"))
    for name, one in reference.commands():
        here = told(section(CLI, f"## hushgate {name}")) | shared
        words = {word for called in here for word in re.split(r"[ ,]+", called)}
        missing = {option for action in one._actions for option in action.option_strings} - words
        assert not missing, name


def test_every_exit_code_is_told() -> None:
    text = section(CLI, "## Exit codes")
    codes = set(re.findall(r"^\| (\d+) \|", text, re.MULTILINE))
    assert codes == {str(code.value) for code in Exit} | {"130"}
    assert {"126", "127", "128"} <= set(re.findall(r"\d+", text))


def test_every_variable_is_told() -> None:
    """Those of settings, those that the code names, and those that `run` sets."""
    sources = [*ROOT.glob("addon/**/*.py"), *ROOT.glob("scripts/*"), *ROOT.glob("bench/*.py")]
    named = {
        name for f in sources if f.is_file() for name in re.findall(r"HUSHGATE_[A-Z_]+[A-Z]", f.read_text("utf-8"))
    }
    named |= {schema.variable(at) for at, _ in schema.leaves()}
    assert named == {name for name in told(CLI) if name.startswith("HUSHGATE_")}
    handed = {*launch.PROXY_VARIABLES, *launch.CA_VARIABLES, *launch.NO_PROXY_VARIABLES, "NODE_USE_ENV_PROXY"}
    assert {name for name in handed if not re.search(rf"\b{name}\b", CLIENTS)} == set()


def test_every_setting_is_told() -> None:
    """By its name, in the prose, beside the file of all defaults."""
    assert {".".join(at) for at, _ in schema.leaves()} == told(section(CONFIGURATION, "## Setting by setting"))


@pytest.mark.parametrize(
    ("heading", "held"),
    [
        ("## Detection rules", rules.SCHEMA["properties"]["rules"]["items"]["properties"]),
        ("## Endpoints", endpoints.SCHEMA["properties"]["endpoints"]["items"]["properties"]),
        ("## Endpoints", endpoints.SCHEMA["properties"]),
        (
            "## Endpoints",
            endpoints.SCHEMA["properties"]["endpoints"]["items"]["properties"]["routes"]["items"]["properties"],
        ),
        ("## Policies", policy_schema.SCHEMA["properties"]),
        ("### A rule of a policy", policy_schema.SCHEMA["properties"]["rules"]["items"]["properties"]),
        ("### Conditions", policy_schema.CONDITIONS["properties"]),
        (
            "### Tests of a policy",
            policy_schema.TEST_SCHEMA["properties"]["tests"]["items"]["properties"]["given"]["properties"],
        ),
        (
            "### Tests of a policy",
            policy_schema.TEST_SCHEMA["properties"]["tests"]["items"]["properties"]["expect"]["properties"],
        ),
    ],
)
def test_every_key_of_a_schema_is_told(heading: str, held: dict[str, Any]) -> None:
    assert set(held) - {"version"} <= told(section(RULES, heading))


def test_every_key_of_a_workload_is_told() -> None:
    held = workloads.SCHEMA["properties"]["workloads"]["items"]["properties"]
    assert set(held) == set(
        re.findall(r"^\| `(\w+)` \|", section(PAGES["docs/identity.md"], "## CI jobs"), re.MULTILINE)
    )


def test_every_key_of_a_login_file_is_told() -> None:
    text = section(PAGES["docs/identity.md"], "## An OpenID provider")
    assert set(single.SCHEMA["properties"]) - {"version"} == set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))


def test_every_word_of_a_policy_is_told() -> None:
    text = section(RULES, "## Policies")
    conditions = policy_schema.CONDITIONS["properties"]
    words = {*policy_schema.ACTIONS, *policy_schema.STYLES, *policy_schema.GATES, *RESERVED, *FORMATS}
    for key in ("role", "kind", "area"):
        words |= set(conditions[key]["anyOf"][0]["enum"])
    assert words - set(FORMATS) <= set(CODE.findall(text))
    assert set(FORMATS) <= set(CODE.findall(PAGES["docs/formats.md"]))
    context = rules.SCHEMA["properties"]["rules"]["items"]["properties"]["context"]["properties"]
    boundaries = rules.SCHEMA["properties"]["rules"]["items"]["properties"]["boundary"]["enum"]
    assert {*context, *boundaries} <= set(CODE.findall(section(RULES, "## Detection rules")))


def test_every_reason_of_the_gates_own_is_reserved() -> None:
    """So that a record never leaves open whether a rule of the policy spoke."""
    form = re.compile(r"(?:\bReason\(|_say\(|\"rule\": |malformed\w*\(|rule=)\s*\"([a-z-]+)\"")
    places = [ROOT / "addon/hushgate" / name for name in ("pipeline.py", "records.py", "policy/decide.py")]
    own = {reason for place in places for reason in form.findall(place.read_text("utf-8"))}
    assert len(own) > 10
    assert own <= RESERVED


def test_every_error_that_a_client_can_get_is_told() -> None:
    """By its code, read from where the answers are made."""
    form = re.compile(
        r"(?:_plain\(\s*\d+|Refusal\(\s*\d+,\s*\"\w+\"),\s*\"(\w+)\"|return \"(\w+)\", |\"code\":\"(\w+)\""
    )
    places = [ROOT / "addon/hushgate/records.py", *(ROOT / "addon/hushgate/proxy").glob("*.py")]
    codes = {code for place in places for found in form.findall(place.read_text("utf-8")) for code in found if code}
    assert len(codes) > 12
    shown = section(TROUBLE, "## What a client is told")
    assert codes == set(re.findall(r"^\| \d+ \| `(\w+)` \|", shown, re.MULTILINE))


def test_every_part_of_the_house_is_told() -> None:
    parts = {p.stem if p.is_dir() else p.name for p in (ROOT / "addon/hushgate").iterdir() if p.name[0] not in "_."}
    assert {p for p in parts if not re.search(rf"\b{re.escape(p)}", PAGES["ARCHITECTURE.md"])} <= {"py.typed"}


def test_every_option_that_mitmdump_may_have_is_told() -> None:
    assert set(CODE.findall(CONFIGURATION)) >= safety.HARMLESS


def test_every_page_is_linked_from_the_readme() -> None:
    reached = {link.partition("#")[0] for link in LINK.findall(PAGES["README.md"])}
    assert {name for name in PAGES if name != "README.md"} <= reached


# What is named has to be there ---------------------------------------------------------------------------------------


def test_every_picture_is_shown() -> None:
    shown = {((ROOT / name).parent / link).resolve() for name, text in PAGES.items() for link in LINK.findall(text)}
    assert set((ROOT / "docs" / "images").iterdir()) <= shown


def slugs(text: str) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    plain = (re.sub(r"[`*]", "", heading).lower() for heading in HEADING.findall(BLOCK.sub("", text)))
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    for link in LINK.findall(prose(PAGES[name])):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        assert target.exists(), link
        if anchor:
            assert anchor in slugs(target.read_text("utf-8")), link


@pytest.mark.parametrize("name", PAGES)
def test_places_exist(name: str) -> None:
    """Paths of the repository in backticks and blocks; in ARCHITECTURE.md those of the package too."""
    text = PAGES[name]
    spoken = [*CODE.findall(prose(text)), *(body for _, body in BLOCK.findall(text))]
    for place in {found for code in spoken for found in PLACE.findall(code)}:
        assert list(ROOT.glob(place.rstrip("./"))), place
    if name == "ARCHITECTURE.md":
        for place in re.findall(r"`((?:\w+/)*\w+\.py)`", text):
            assert (ROOT / place).exists() or (ROOT / "addon/hushgate" / place).exists(), place


# What is shown has to work -------------------------------------------------------------------------------------------


def loaded(text: str, folder: Path) -> str:
    """Load a YAML block by its own loader; what it is."""
    file = folder / "file.yaml"
    file.write_text(text, "utf-8")
    data = yaml.safe_load(text)
    first = next(iter(data.get("rules") or [""]))
    if "tests" in data:
        load_tests(file)
        return "tests"
    if "tags" in data:
        load_mapping(file)
        return "mapping"
    if "classes" in data:
        read_columns(file)
        return "columns"
    if isinstance(first, dict):
        if "pattern" in first or "words" in first:
            adjusted = rulebook.sources([rulebook.BUILTIN], "detect") if "adjust" in data else []
            own = [rule for rule in rules.load_rules([*adjusted, file]) if rule.file == str(file)]
            assert examples.check(own) == []
            return "detection rules"
        load_policy(file)
        return "policy"
    if "labels" in data:
        assert len(rules.load_rules([file])) == len(data["labels"])
        return "detection rules"
    if any(isinstance(one, dict) for one in data.get("endpoints", ())):
        endpoints.load_endpoints([file])
        return "endpoints"
    if "steps" in data or any("id_tokens" in one for one in data.values() if isinstance(one, dict)):
        return "a job of a CI system"
    if isinstance(data.get("workloads"), list):
        assert workloads.load_workloads(file)
        return "workloads"
    if "client_id" in data:
        assert single.load_sign_on(file, {"OIDC_SECRET": "x"}, "https://gate.example").callback
        return "login"
    for named in ("corporate-ca.pem", "workloads.yaml", "login.yaml", "gate.pem", "gate.key", "company-clients.pem"):
        (folder / named).touch()
    load_settings(file, {}, {})
    return "settings"


@pytest.mark.parametrize(("where", "text"), list(blocks("yaml")))
def test_yaml_loads(where: str, text: str, tmp_path: Path) -> None:
    assert loaded(text, tmp_path), where


def test_the_policy_of_the_rules_page_passes_its_tests(tmp_path: Path) -> None:
    files = dict(re.findall(r"<!-- file: (\S+) -->\n```yaml\n(.*?)```", RULES, re.DOTALL))
    assert set(files) == {
        "acme.yaml",
        "projects.yaml",
        "models.yaml",
        "policy.yaml",
        "policy.test.yaml",
        "labels.yaml",
        "names.yaml",
    }
    for file, text in files.items():
        (tmp_path / file).write_text(text, "utf-8")
    names = "rules: [builtin, ./acme.yaml]\nendpoints: [builtin, ./models.yaml]\npolicy: ./policy.yaml\n"
    (tmp_path / "hushgate.yaml").write_text(f"version: 1\ndetect: {{ner: 'off'}}\n{names}", "utf-8")
    report = trial.run(load_settings(tmp_path / "hushgate.yaml", {}, {}))
    assert [(o.test.name, o.differences) for o in report.failures] == []
    assert len(report.outcomes) == len(yaml.safe_load(files["policy.test.yaml"])["tests"])


START = r"(?:^|[|;&(`] *|-- |\$ |=\S* |\) )hushgate (?=[a-z-])"
COMMANDS = {name for name, _ in reference.commands()}
FAMILIES = {name.partition(" ")[0] for name in COMMANDS if " " in name}
NOT_COMMANDS = {"ner", "checkpoint v1"}
"""What is called so in backticks and is none: a contestant of the bench, and the head of what is signed."""


def calls() -> Iterator[tuple[str, str, bool]]:
    """Every `hushgate ...`: the page, the words behind it, and whether it is shown in a block, to be typed."""
    for name, text in PAGES.items():
        written = reference.REGION.sub("", text)
        for kind, body in BLOCK.findall(written):
            for line in body.splitlines() if kind in ("", "sh", "console") else ():
                if "\n$ " not in f"\n{body}" or line.startswith("$ "):  # else it is what a command prints
                    yield from ((name, cut(line[found.end() :]), True) for found in re.finditer(START, line))
        for code in CODE.findall(prose(written)):
            found = re.match("hushgate (?=[a-z-])", code)
            if found and not code.startswith("hushgate error:"):
                yield name, cut(code[found.end() :]), False


def cut(words: str) -> str:
    """A command up to where the shell goes on: a pipe, a redirection, a comment, the end of `$(...)`."""
    quoted = r"\"[^\"]*\"|'[^']*'"
    found = re.match(rf"(?:{quoted}|[^\"'|;&>)#]|(?<=\w)\|(?=\w))*", words)
    return found[0].strip() if found else words


def alternatives(words: str) -> Iterator[list[str]]:
    """`ca path|show` is two commands."""
    yield from map(list, itertools.product(*(word.split("|") for word in shlex.split(words))))


@pytest.mark.parametrize(("where", "words", "typed"), sorted(set(calls())))
def test_shown_commands_are_commands(where: str, words: str, typed: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """What is shown to be typed has to be taken; prose may call a command by its name alone."""
    for command in alternatives(words):
        if " ".join(command) in NOT_COMMANDS | ({*COMMANDS, *FAMILIES} if not typed else set()):
            continue
        try:
            parser().parse_args(command)
        except SystemExit as ended:
            assert not ended.code, f"hushgate {words}: {capsys.readouterr().err}"


def test_the_finder_of_commands_finds() -> None:
    """What the test above rests on."""
    line = "$ echo x | hushgate where - | head; A=$(hushgate ca path) hushgate run -- hushgate doctor # no more"
    found = [cut(line[at.end() :]) for at in re.finditer(START, line)]
    assert found == ["where -", "ca path", "run -- hushgate doctor", "doctor"]
    assert cut("ca path|show --json > x") == "ca path|show --json"
    assert list(alternatives("ca path|show --json")) == [["ca", "path", "--json"], ["ca", "show", "--json"]]
    assert len(list(calls())) > 60
