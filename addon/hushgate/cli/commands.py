"""Every command and its arguments. What a command does is in the file its `call` names, imported when it runs."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import Final, NoReturn

import hushgate
from hushgate.cli.spans import seconds
from hushgate.values import Area, Kind, Role

type Commands = argparse._SubParsersAction[Parser]

CATALOGS: Final = ("dbt", "openmetadata", "datahub", "atlas", "purview", "collibra", "csv", "yaml")
LEVELS: Final = ("public", "internal", "confidential", "regulated")


class Parser(argparse.ArgumentParser):
    """Errors in our own form: what happened, then a hint."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"error: {message}\nhint: {self._hint()}\n")

    def _hint(self) -> str:
        """Of a family's few commands all; else where to read on."""
        families = (a.choices for a in self._actions if isinstance(a, argparse._SubParsersAction))
        names = [name for choices in families for name in choices]
        return f"{self.prog} {'|'.join(names)}" if 0 < len(names) < 6 else f"{self.prog} --help"


def parser() -> Parser:
    """The whole command line."""
    top = Parser(
        prog="hushgate",
        description="Reads, masks, blocks and records what LLM clients send, before it leaves.",
        epilog="`hushgate COMMAND --help` says more. Exit codes: 0 fine, 1 found something, 2 usage or "
        "configuration, 3 could not do it.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"hushgate {hushgate.__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True, title="commands")
    _gate(commands)
    _setup(commands)
    _scan(commands)
    _approvals(commands)
    _ledger(commands)
    _rules(commands)
    _catalog(commands)
    return top


def _common() -> Parser:
    """The options that every command takes."""
    parent = Parser(add_help=False)
    group = parent.add_argument_group("where things are")
    group.add_argument("--config", metavar="FILE", type=Path, help="configuration (default: ./hushgate.yaml if there)")
    group.add_argument("--state", metavar="DIR", type=Path, help="state folder (default: ~/.local/state/hushgate)")
    return parent


def _add(commands: Commands, name: str, call: str, summary: str, *, json: bool = False) -> Parser:
    """Add a command. `call` is `file.function`; `summary` its line in the list, without a full stop."""
    said = summary[0].upper() + summary[1:] + "."
    added = commands.add_parser(name, help=summary, description=said, parents=[_common()], allow_abbrev=False)
    if json:
        added.add_argument("--json", action="store_true", help="print JSON")
    added.set_defaults(call=call)
    return added


def _family(commands: Commands, name: str, summary: str) -> Commands:
    """Add a command that only has commands of its own."""
    added = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
    return added.add_subparsers(metavar="COMMAND", required=True, title="commands")


def _behind_dashes(added: Parser, says: str, tail: str = "-- CMD ...") -> None:
    added.usage = f"{added.prog} [options] {tail}"
    added.add_argument("command", metavar="CMD", nargs=argparse.REMAINDER, help=says)


def _gate(commands: Commands) -> None:
    up = _add(commands, "up", "gate.up", "run the gate in the foreground")
    up.add_argument("--listen", metavar="HOST:PORT", help="where to listen (port 0: any free one, told in ready.json)")
    up.add_argument("--console", metavar="HOST:PORT", help="where to serve the console's pages (default: nowhere)")
    run = _add(commands, "run", "gate.run", "run a command behind the gate: the running one, or one of its own")
    run.add_argument("--session", metavar="NAME", help="the session's name on record")
    run.add_argument("--proxy", metavar="URL", help="use this gate: http://[NAME:TOKEN@]HOST:PORT")
    run.add_argument("--ca", metavar="FILE", type=Path, help="what to trust, with --proxy to another machine")
    says = "in a CI job: whom its signed token is for, as the gate's workloads say (default: %(default)s)"
    run.add_argument("--audience", metavar="AUD", default="hushgate", help=says)
    run.add_argument("--quiet", action="store_true", help="no summary at the end")
    _behind_dashes(run, "the command and its arguments")


def _setup(commands: Commands) -> None:
    init = _add(commands, "init", "init.init", "write a commented starter configuration")
    init.add_argument("--force", action="store_true", help="overwrite the file")
    doctor = _add(commands, "doctor", "doctor.doctor", "check the set-up and say what to fix", json=True)
    _behind_dashes(doctor, "a program to check as well", "[-- CMD ...]")
    ca = _family(commands, "ca", "the CA that clients trust")
    says = "print the file of certificates for clients; makes the CA if need be"
    path = _add(ca, "path", "authority.path", says, json=True)
    path.add_argument("--roots", action="store_true", help="the file with hushgate's root alone, to import somewhere")
    _add(ca, "show", "authority.show", "show fingerprints, lifetimes and the hosts it may sign for", json=True)
    _add(ca, "rotate", "authority.rotate", "make a new CA; the old root stays in the bundle for 30 days")
    users = _family(commands, "users", "who may use the gate")
    adding = _add(users, "add", "users.add", "add a user and print the token, this once")
    adding.add_argument("name", metavar="NAME", help="letters, digits and . _ @ + -")
    adding.add_argument("--group", metavar="G", action="append", default=[], help="a group; may be repeated")
    roles = ("developer", "approver", "auditor", "admin", "revealer")
    says = "what the user is here for; may be repeated (default: developer)"
    adding.add_argument("--role", choices=roles, action="append", default=[], help=says)
    says = "ask for a password for the console, too, or read it from stdin"
    adding.add_argument("--password", action="store_true", help=says)
    _scoped(adding)
    adding.add_argument("--expires", metavar="SPAN", type=seconds, help="the user ends then: 8h, 30d (default: never)")
    says = "give a user a password for the console: typed twice, or read from stdin"
    password = _add(users, "password", "passwords.change", says)
    password.add_argument("name", metavar="NAME", help="as `users list` shows it")
    password.add_argument("--remove", action="store_true", help="take the password away")
    ticket = _add(users, "ticket", "users.ticket", "give a user a token that ends by itself, and print it this once")
    ticket.add_argument("name", metavar="NAME", help="as `users list` shows it")
    lasting = ticket.add_mutually_exclusive_group()
    lasting.add_argument("--hours", metavar="N", type=float, default=8.0, help="how long it lasts; default: 8")
    lasting.add_argument("--expires", metavar="SPAN", type=seconds, help="the same as a span: 30m, 8h, 30d")
    _scoped(ticket)
    says = "turn a CI job's signed token, from stdin, into a short-lived proxy URL"
    exchange = _add(users, "exchange", "users.exchange", says, json=True)
    exchange.add_argument("--proxy", metavar="URL", help="the gate: http://HOST:PORT; default: the one that runs here")
    _scoped(exchange)
    _add(users, "list", "users.everyone", "list users, their groups and tokens", json=True)
    revoking = _add(users, "revoke", "users.revoke", "take a user's access away")
    revoking.add_argument("name", metavar="NAME", help="as `users list` shows it")
    revoking.add_argument("--token", metavar="ID", help="this token alone (default: the user and all tokens)")


def _scoped(added: Parser) -> None:
    """The options that say what a token is good for."""
    endpoint = "an endpoint it is good for, by id, provider or host; may be repeated (default: any)"
    added.add_argument("--endpoint", metavar="ID", action="append", default=[], help=endpoint)
    model = "an LLM it is good for, * for any rest; may be repeated (default: any)"
    added.add_argument("--model", metavar="NAME", action="append", default=[], help=model)
    source = "a network it is used from, such as 10.0.0.0/8; may be repeated (default: any)"
    added.add_argument("--from", metavar="NETWORK", dest="sources", action="append", default=[], help=source)


def _scan(commands: Commands) -> None:
    scan = _add(commands, "scan", "scan.scan", "classify text, files or folders without a proxy")
    scan.add_argument("files", metavar="FILE", nargs="*", help="files or folders, or `-` for stdin")
    shapes = ("table", "json", "jsonl", "sarif")
    formats = scan.add_mutually_exclusive_group()
    formats.add_argument("--format", choices=shapes, help="default: table, or jsonl with --jsonl-in")
    formats.add_argument("--json", action="store_const", const="json", dest="format", help="same as --format json")
    scan.add_argument("--jsonl-in", action="store_true", help='each line is {"id", "text"}; one line out for each')
    scan.add_argument("--level", choices=LEVELS, default="public", help="tell findings of this level and above")


def _approvals(commands: Commands) -> None:
    approvals = _family(commands, "approvals", "held requests, and who says yes to them")
    asking = _deciding(approvals, "request", "approvals.request", "ask beforehand, for oneself")
    asking.add_argument("--entity", metavar="NAME", action="append", required=True, help="what of; may be repeated")
    asking.add_argument("--to", metavar="ENDPOINT", required=True, help="an endpoint's id; * is any")
    asking.add_argument("--for", metavar="SPAN", dest="span", type=seconds, required=True, help="from the yes: 30m, 2h")
    asking.add_argument("--reason", metavar="TEXT", required=True, help="what for; goes on record")
    asking.add_argument("--uses", metavar="N", type=int, help="how many requests (default: any number in that time)")
    asking.add_argument("--raw", action="store_true", help="unmasked")
    listing = _deciding(approvals, "list", "approvals.everything", "list what waits for approval")
    listing.add_argument("--all", action="store_true", help="what is decided as well")
    showing = _deciding(approvals, "show", "approvals.show", "show an approval, with masked text around what was found")
    showing.add_argument("id", metavar="ID", help="the approval's id")
    saying = _deciding(approvals, "approve", "approvals.approve", "let a held request go on, its values masked")
    saying.add_argument("id", metavar="ID", help="the approval's id")
    raw = "send values as they are: these findings, by their numbers in `show`, or all that it is held for"
    saying.add_argument("--raw", metavar="N", type=int, nargs="*", help=raw)
    saying.add_argument("--any-content", action="store_true", help="any request that is held for the same")
    saying.add_argument("--group", metavar="G", help="whoever is of this group, not the one who asked alone")
    saying.add_argument("--uses", metavar="N", type=int, default=1, help="how many requests (default: %(default)s)")
    saying.add_argument("--for", metavar="SPAN", dest="span", type=seconds, help="how long (default: expire_minutes)")
    refusing = _deciding(approvals, "reject", "approvals.reject", "refuse a held request")
    refusing.add_argument("id", metavar="ID", help="the approval's id")
    refusing.add_argument("--reason", metavar="TEXT", default="", help="told to who asked, and recorded")
    says = "show a value that was found, once, while its request waits; takes the role revealer, and is recorded"
    revealing = _deciding(approvals, "reveal", "approvals.reveal", says)
    revealing.add_argument("id", metavar="ID", help="the approval's id")
    revealing.add_argument("finding", metavar="N", type=int, help="the finding's number in `show`")
    _deciding(approvals, "watch", "watch.watch", "watch what waits for approval, and decide with keys")
    says = "send a test message to each channel of approvals.notify, and say what came back"
    _add(approvals, "notify-test", "notify.test", says, json=True)
    grants = _family(commands, "grants", "what was said yes to")
    listing = _deciding(grants, "list", "approvals.grants", "list open grants")
    listing.add_argument("--all", action="store_true", help="those that are used up, over or revoked as well")
    revoking = _deciding(grants, "revoke", "approvals.revoke", "take a grant back")
    revoking.add_argument("id", metavar="ID", help="the grant's id")
    deputies = _family(commands, "deputies", "who decides in whose place")
    naming = _deciding(deputies, "name", "approvals.name_deputy", "let another user decide in your place for a time")
    naming.add_argument("deputy", metavar="NAME", help="the deputy")
    naming.add_argument("--for", metavar="SPAN", dest="span", type=seconds, required=True, help="how long: 14d")
    _deciding(deputies, "list", "approvals.deputies", "list deputies")
    _deciding(deputies, "end", "approvals.end_deputy", "have nobody decide in your place any more")


def _deciding(commands: Commands, name: str, call: str, summary: str) -> Parser:
    """Add a command that speaks to the running gate as somebody."""
    added = _add(commands, name, call, summary, json=True)
    who = "who you are (default: your account's name); the token comes from HUSHGATE_TOKEN, or is asked for"
    added.add_argument("--as", metavar="NAME", dest="name_as", help=who)
    return added


def _ledger(commands: Commands) -> None:
    sessions = _add(commands, "sessions", "ledger.sessions", "list sessions, the latest first", json=True)
    sessions.add_argument("--actor", metavar="NAME", help="of this actor only")
    sessions.add_argument("--limit", metavar="N", type=int, default=-1, help="at most N")
    show = _add(commands, "show", "ledger.show", "show an exchange, or the exchanges of a session", json=True)
    show.add_argument("id", metavar="ID", help="an exchange's id, or a session's")
    where = _add(commands, "where", "ledger.where", "find where a value travelled; the look-up is recorded", json=True)
    where.add_argument("value", metavar="VALUE", help="or `-` to read it from stdin, which keeps it out of history")
    says = "check that nothing on record was edited, removed or moved"
    verify = _add(commands, "verify", "ledger.verify", says, json=True)
    kept = "a checkpoint that was kept elsewhere, as `verify --json` printed it; may be repeated"
    verify.add_argument("--kept", metavar="FILE", type=Path, action="append", default=[], help=kept)
    replay = _add(
        commands, "replay", "replay.replay", "show a session as mitmproxy flows, in mitmweb or in a file, or play it"
    )
    replay.add_argument("session", metavar="SESSION", help="the session's id, or a file of flows")
    replay.add_argument("--actor", metavar="NAME", help="of this actor only")
    replay.add_argument("--out", metavar="FILE", type=Path, help="write the flows to FILE (.mitm)")
    replay.add_argument("--web", action="store_true", help="open mitmweb, which is what happens without --out")
    replay.add_argument("--serve", action="store_true", help="run a gate that answers from it, in the provider's place")
    replay.add_argument("--listen", metavar="HOST:PORT", help="where to listen, with --serve")
    export = _add(commands, "export", "ledger.export", "write all exchanges to stdout; the export is recorded")
    formats = export.add_mutually_exclusive_group()
    formats.add_argument("--format", choices=("jsonl", "csv"), default="jsonl", help="default: %(default)s")
    formats.add_argument("--json", action="store_const", const="jsonl", dest="format", help="same as --format jsonl")
    export.add_argument("--since", metavar="DAYS", type=float, help="only the last DAYS days")
    says = "sum up what went through the gate, and whether its record is whole"
    report = _add(commands, "report", "report.report", says, json=True)
    report.add_argument("--since", metavar="DAYS", type=float, default=30.0, help="the last DAYS days; default: 30")
    says = "erase from the record, for good; that it was done stays on record"
    pruning = _add(commands, "prune", "prune.prune", says, json=True)
    pruning.add_argument("--older", metavar="SPAN", type=seconds, help="what is older than that: 90d")
    pruning.add_argument("--session", metavar="NAME", help="of this session only")
    pruning.add_argument("--actor", metavar="NAME", help="of this actor only")
    pruning.add_argument("--dry-run", action="store_true", help="count only, and erase nothing")
    pruning.add_argument("--yes", action="store_true", help="do not ask")


def _moment(text: str) -> str:
    """A moment such as `2030-01-31T12:00Z`, as it was written."""
    try:
        known = datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        known = False
    if not known:
        raise argparse.ArgumentTypeError(f"{text!r} is no moment such as 2030-01-31T12:00Z")
    return text


def _rules(commands: Commands) -> None:
    policy = _family(commands, "policy", "what happens to what is found")
    testing = _add(policy, "test", "policies.test", "run policy tests", json=True)
    testing.add_argument("files", metavar="FILE", nargs="*", type=Path, help="default: the policy's own *.test.yaml")
    linting = _add(policy, "lint", "policies.check", "find rules that never speak, or are spoken over", json=True)
    linting.add_argument(
        "policy", metavar="POLICY", nargs="?", help="a file, `builtin` or `builtin:PACK`; default: the one in force"
    )
    says = "show what another policy would have decided of the exchanges on record"
    differing = _add(policy, "diff", "policies.diff", says, json=True)
    differing.add_argument("old", metavar="OLD", help="a file, `builtin` or `builtin:PACK`")
    differing.add_argument("new", metavar="NEW", help="the same")
    which = differing.add_mutually_exclusive_group()
    which.add_argument("--since", metavar="DAYS", type=float, help="only the last DAYS days")
    tests_of = "over the policy tests in these files instead"
    which.add_argument("--tests", metavar="FILE", nargs="+", type=Path, help=tests_of)
    says = "show how a decision comes about: of a text, or of an exchange on record under the policy of now"
    explaining = _add(policy, "explain", "explain.explain", says, json=True)
    explaining.add_argument("what", metavar="FILE|ID", help="a file, `-` for stdin, or an exchange's id")
    explaining.add_argument("--direction", choices=("request", "reply"), help="of the text; default: request")
    explaining.add_argument("--actor", metavar="NAME", help="who says it; default: local")
    explaining.add_argument(
        "--group", metavar="NAME", action="append", dest="groups", help="a group of theirs; may be repeated"
    )
    explaining.add_argument("--destination", metavar="NAME", help="an endpoint's id; default: openai")
    explaining.add_argument("--host", metavar="NAME", help="its host; default: the first of the endpoint's")
    explaining.add_argument("--model", metavar="NAME", help="the model that is asked")
    explaining.add_argument("--session", metavar="NAME", help="the session's name")
    explaining.add_argument("--client", metavar="NAME", help="the program's User-Agent")
    explaining.add_argument("--source", choices=("ci", "person"), help="where it comes from; default: person")
    explaining.add_argument("--at", metavar="TIME", type=_moment, help="when, as 2030-01-31T12:00Z; default: now")
    explaining.add_argument("--role", choices=tuple(Role), metavar="ROLE", help="who speaks in the text; default: user")
    explaining.add_argument("--kind", choices=tuple(Kind), metavar="KIND", help="what the text is; default: text")
    explaining.add_argument("--area", choices=tuple(Area), metavar="AREA", help="where it stands; default: body")
    rules = _family(commands, "rules", "what is found")
    _add(rules, "test", "rules.test_rules", "check every detection rule against its own examples", json=True)
    listing = _add(rules, "list", "rules.list_rules", "list the detection rules", json=True)
    listing.add_argument("--entity", metavar="NAME", help="of this entity only")
    says = "print the fingerprint of a value that is known to be public, for `exclude` in a rule file"
    marking = _add(rules, "fingerprint", "rules.fingerprint", says, json=True)
    marking.add_argument("value", metavar="VALUE", help="the value; `-` reads it from stdin, which leaves no history")
    importing = _add(rules, "import", "rules.import_rules", "print rules of other formats as hushgate's own YAML")
    importing.add_argument("files", metavar="FILE", nargs="+", type=Path, help="gitleaks.toml, or Presidio's YAML")


def _catalog(commands: Commands) -> None:
    catalog = _family(commands, "catalog", "what the organisation knows of its own")
    says = "turn the export of a data catalog into a file of columns, which the gate reads"
    importing = _add(catalog, "import", "catalog.import_columns", says, json=True)
    importing.add_argument("source", metavar="SOURCE", type=Path, help="the export: a file, or a folder of files")
    whose = "whose export it is; default: told by what it holds"
    importing.add_argument("--kind", choices=CATALOGS, help=whose)
    says = "what tags mean, said before the mapping that comes with hushgate"
    importing.add_argument("--mapping", metavar="FILE", type=Path, help=says)
    says = "the file to write, and to tell the changes of; default: stdout"
    importing.add_argument("--out", metavar="FILE", type=Path, help=says)
    says = "write nothing; exit with 1 where FILE would change"
    importing.add_argument("--check", action="store_true", help=says)
    _add(catalog, "list", "catalog.columns", "list the columns in force", json=True)
    says = "turn records into keyed fingerprints of their values, which the gate finds in prompts"
    values = _add(catalog, "values", "catalog_values.values", says, json=True)
    values.add_argument("file", metavar="FILE", help="records as CSV with a head, or `-` for stdin")
    values.add_argument("--columns", metavar="A,B", default="", help="columns whose values count by themselves")
    together = "columns whose values of one record have LEVEL where all stand in one prompt; may be repeated"
    values.add_argument("--together", metavar="A,B[:LEVEL]", action="append", default=[], help=together)
    values.add_argument("--level", choices=LEVELS, default="confidential", help="of a value; default: %(default)s")
    entity = "what they are called; default: the column's name; may be repeated"
    values.add_argument("--entity", metavar="[COLUMN=]NAME", action="append", default=[], help=entity)
    values.add_argument("--category", metavar="WORD", default="pii", help="default: %(default)s")
    values.add_argument("--owner", metavar="NAME", default="", help="who answers for the records")
    values.add_argument("--name", metavar="NAME", default="", help="what the records are called; default: FILE's name")
    values.add_argument("--most", metavar="N", type=int, default=100, help="no value of more records; default: 100")
    values.add_argument("--out", metavar="FILE", type=Path, help="the file to write; default: FILE.values")
    says = "turn documents into keyed fingerprints of their parts, which the gate finds in prompts"
    documents = _add(catalog, "documents", "catalog_documents.documents", says, json=True)
    documents.add_argument("folder", metavar="FOLDER", type=Path, help="text, PDFs, office documents, sources")
    documents.add_argument("--level", choices=LEVELS, required=True, help="of what stands in them")
    documents.add_argument("--ignore", metavar="FOLDER", type=Path, action="append", default=[],
                           help="what stands there says nothing; may be repeated")  # fmt: skip
    documents.add_argument("--entity", metavar="NAME", default="DOCUMENT", help="default: %(default)s")
    documents.add_argument("--category", metavar="WORD", default="ip", help="default: %(default)s")
    documents.add_argument("--owner", metavar="NAME", default="", help="who answers for them")
    documents.add_argument("--most", metavar="N", type=int, default=10, help="no part of more documents; default: 10")
    documents.add_argument("--out", metavar="FILE", type=Path, help="the file to write; default: FOLDER.documents")
