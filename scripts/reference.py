#!/usr/bin/env python3
"""Rewrite the parts of the documentation that are drawn from the code. Run with the project's Python.

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`; what is
around it is written by hand. `tests/test_docs.py` fails where one is stale.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "addon"), str(ROOT)]

from hushgate import rulebook  # noqa: E402
from hushgate.cli.commands import parser  # noqa: E402
from hushgate.detect import filters, phones, validate  # noqa: E402
from hushgate.detect.rules import Rule, load_rules  # noqa: E402
from hushgate.endpoints import load_endpoints  # noqa: E402
from hushgate.replies.dialogue import POLICY  # noqa: E402
from hushgate.routes import OPENAI, openai_routes  # noqa: E402
from hushgate.settings import schema  # noqa: E402
from hushgate.wire.base import FRAMINGS, Refusal  # noqa: E402
from hushgate.wire.document import dump_json  # noqa: E402
from hushgate.wire.registry import ANSWERED, FORMATS, ONLY_SOCKETS, SOCKETS, dialect  # noqa: E402
from tests.clients.catalogue import CLIENTS  # noqa: E402

REGION: Final = re.compile(r"<!-- generated: ([^>]+?) -->\n(.*?)<!-- end -->", re.DOTALL)
SHARED: Final = ("-h", "--config", "--state")
"""Options that every command takes: said once, above all commands."""


def pages() -> list[Path]:
    """Every page of the documentation."""
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("certs/*.md")])


def renewed(text: str) -> str:
    """A page with its generated parts as the code has them now; KeyError for a part that nothing draws."""
    return REGION.sub(lambda found: f"<!-- generated: {found[1]} -->\n{drawn(found[1])}<!-- end -->", text)


def drawn(name: str) -> str:
    """The text of one part."""
    if name.startswith("command "):
        return _command(dict(commands())[name.removeprefix("command ")])
    return PARTS[name]() + "\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


# The command line ----------------------------------------------------------------------------------------------------


def commands(
    at: argparse.ArgumentParser | None = None, name: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command that does something, by its words: `ca path`."""
    at = at or parser()
    families = [a for a in at._actions if isinstance(a, argparse._SubParsersAction)]
    if not families:
        yield name, at
    for family in families:
        for word, inner in family.choices.items():
            yield from commands(inner, f"{name} {word}".strip())


def _command(one: argparse.ArgumentParser) -> str:
    own = [a for a in one._actions if not set(a.option_strings) & set(SHARED)]
    usage = one.usage or " ".join([one.prog, "[options]", *(_called(a) for a in own if not a.option_strings)])
    lines = [one.description or "", "", "```", usage, "```", ""]
    if own:
        lines += [table(("argument", "meaning"), [(f"`{_called(a)}`", _meaning(a)) for a in own]), ""]
    return "\n".join(lines)


def _called(action: argparse.Action) -> str:
    """An argument as it is written: `--format {jsonl,csv}`, `[FILE ...]`."""
    value = f"{{{','.join(map(str, action.choices))}}}" if action.choices else str(action.metavar or "")
    if action.option_strings:
        return " ".join([", ".join(action.option_strings), *([value] if action.nargs != 0 else [])])
    if action.nargs == argparse.REMAINDER:
        return f"{value} ..."
    return f"[{value} ...]" if action.nargs == "*" else value


def _meaning(action: argparse.Action) -> str:
    said = (action.help or "").replace("%(default)s", str(action.default))
    return said[:1].upper() + said[1:]


def _commands() -> str:
    rows = [(f"[`{name}`](#hushgate-{name.replace(' ', '-')})", one.description or "") for name, one in commands()]
    return table(("command", "does"), rows)


# Settings ------------------------------------------------------------------------------------------------------------


def _settings() -> str:
    return f"```yaml\n{schema.starter_text()}```"


def _variables() -> str:
    rows = [(f"`{schema.variable(at)}`", f"`{'.'.join(at)}`", _form(leaf)) for at, leaf in schema.leaves()]
    return table(("variable", "setting", "form"), rows)


def _form(leaf: dict[str, Any]) -> str:
    if "enum" in leaf:
        return " or ".join(f"`{word}`" for word in leaf["enum"])
    kind = str(leaf["type"])
    if kind == "integer":
        return f"a number from {leaf['minimum']} to {leaf['maximum']}"
    forms = {"boolean": "`true` or `false`", "array": "`a,b`", "object": "`name=value,name=value`"}
    return forms.get(kind, "a text")


# Rules ---------------------------------------------------------------------------------------------------------------


def _named(functions: Iterable[tuple[str, Callable[..., Any]]]) -> str:
    rows = [(f"`{name}`", (function.__doc__ or "").partition("\n")[0]) for name, function in functions]
    return table(("name", "says"), rows)


def builtin() -> tuple[Rule, ...]:
    """The detection rules that come with hushgate, those in code among them."""
    return (*load_rules(rulebook.sources([rulebook.BUILTIN], "detect")), *phones.RULES)


def _rules() -> str:
    rules = builtin()
    parts = []
    for category in dict.fromkeys(rule.category for rule in rules):
        found = sorted((r for r in rules if r.category == category), key=lambda r: (r.entity, r.id))
        rows = [(f"`{r.id}`", f"`{r.entity}`", r.level.word, r.says) for r in found]
        parts.append(f"### Category `{category}`\n\n{table(('rule', 'entity', 'level', 'says'), rows)}\n")
    return "\n".join(parts)


# Formats -------------------------------------------------------------------------------------------------------------

SAMPLE: Final = Refusal(400, "policy_violation", "policy_violation", "...", "ID")
SHOWN: Final = 3
"""Hosts of an endpoint that are named one by one."""


BY_TYPE: Final = "by content type"
"""What a format is streamed as where it has no framing of its own: see the line above the table."""


def _formats() -> str:
    usual = ", ".join(f"{framing} (`{kind}`)" for kind, framing in FRAMINGS.items() if kind in PLAIN)
    rows = []
    for name in sorted(FORMATS):
        spoken = dialect(name)
        own = {kind: f for kind in OWN_TYPES if (f := spoken.framing(kind)) is not None}
        ways = [] if name in ONLY_SOCKETS else [BY_TYPE, *(f"{f} (`{kind}`)" for kind, f in own.items())]
        ways += ["messages of a WebSocket"] if name in SOCKETS else []
        rows.append((f"`{name}`", spoken.says, ", ".join(ways), _refused(name)))
    return f"*By content type* is: {usual}.\n\n" + table(
        ("format", "what is read and restored", "streamed as", "refusal"), rows
    )


def _refused(name: str) -> str:
    """What a request gets; of a format that has no requests, a message."""
    if name not in ONLY_SOCKETS:
        answer = dialect(name).refusal(SAMPLE)
        return f"`{answer.body.decode()}`" + "".join(f"; `{k}: {v}`" for k, v in answer.headers if k != "content-type")
    if name in ANSWERED:
        return f"`{dump_json(dialect(name).refusal_frame(SAMPLE)).decode()}`"
    return f"the connection is closed with {POLICY}"


PLAIN: Final = ("text/event-stream", "application/x-ndjson", "application/vnd.amazon.eventstream")
"""Of several names of one media type, the one that is told."""
OWN_TYPES: Final = ("application/json", "application/stream+json")
"""Media types that are streams in some formats and not in others."""


def _endpoints() -> str:
    parts = []
    for one in load_endpoints(rulebook.sources([rulebook.BUILTIN], "endpoints")).endpoints:
        more = f" and {len(one.hosts) - SHOWN} more" if len(one.hosts) > SHOWN else ""
        hosts = ", ".join(f"`{host}`" for host in one.hosts[:SHOWN])
        written = one.routes[: len(one.routes) - len(openai_routes(one.openai))]
        rows = [(f"`{route.method or 'any'} {route.path}`", f"`{route.format}`") for route in written]
        rows += [(f"below `{base}`", "[OpenAI's paths](#openais-paths)") for base in one.openai]
        paths = table(("path", "format"), [*rows, ("any other", "`generic`")])
        parts.append(f"### {one.id}\n\n{hosts}{more}\n\n{paths}\n")
    return "\n".join(parts)


def _openai_paths() -> str:
    rows = [(f"`{method or 'any'} {path}`", f"`{form}`") for path, method, form in OPENAI]
    return table(("path", "format"), [*rows, ("any other, below a base other than `/`", "`openai`")])


# Clients -------------------------------------------------------------------------------------------------------------


def _clients() -> str:
    columns = ("client", "version", "trusts by", "asked", "read as", "a refusal is", "sent")
    rows = [
        (
            one.name,
            one.version or "the system's",
            f"`{one.trust}`",
            ", ".join(case.name.replace("_", " ") for case in one.cases),
            ", ".join(f"`{name}`" for name in one.formats.split()),
            " or ".join(f"`{name}`" for name in one.raises.split()),
            "once",
        )
        for one in CLIENTS
    ]
    return table(columns, rows)


PARTS: Final[dict[str, Callable[[], str]]] = {
    "commands": _commands,
    "settings": _settings,
    "variables": _variables,
    "validators": lambda: _named(validate.VALIDATORS.items()),
    "filters": lambda: _named(filters.FILTERS.items()),
    "rules": _rules,
    "clients": _clients,
    "formats": _formats,
    "endpoints": _endpoints,
    "openai-paths": _openai_paths,
}


def main() -> None:
    for page in pages():
        text = page.read_text("utf-8")
        fresh = renewed(text)
        if fresh != text:
            page.write_text(fresh, "utf-8")
            print(f"renewed {page.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
