"""What a program needs to use the gate, told by its kind: for `hushgate doctor -- CMD`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hushgate.launch import NO_PROXY_VARIABLES
from hushgate.proxy.ca import Authority
from hushgate.proxy.trust import certificates


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `good` None: worth knowing, nothing to fix."""

    what: str
    good: bool | None
    says: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Program:
    """A kind of program: the variables for certificates it reads (one is enough), and what else to know."""

    kind: str
    trusts: tuple[str, ...]
    note: str = ""
    needs: tuple[tuple[str, str], ...] = ()


_PYTHON: Final = Program(
    "Python", ("SSL_CERT_FILE",), "boto3 and requests read AWS_CA_BUNDLE and REQUESTS_CA_BUNDLE instead"
)
_NODE: Final = Program(
    "Node",
    ("NODE_EXTRA_CA_CERTS",),
    "Node before 24 uses a proxy only through an agent in the program",
    (("NODE_USE_ENV_PROXY", "1"),),
)
KINDS: Final[dict[str, Program]] = {
    "python": _PYTHON,
    "uv": _PYTHON,
    "pytest": _PYTHON,
    "aider": _PYTHON,
    "llm": _PYTHON,
    "node": _NODE,
    "npm": _NODE,
    "npx": _NODE,
    "gemini": _NODE,
    "opencode": Program("opencode", ("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE")),
    "claude": Program("Claude Code", ("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE")),
    "codex": Program("Codex", ("CODEX_CA_CERTIFICATE", "SSL_CERT_FILE")),
    "curl": Program("curl", ("CURL_CA_BUNDLE", "SSL_CERT_FILE")),
    "git": Program("git", ("GIT_SSL_CAINFO",)),
    "deno": Program("Deno", ("DENO_CERT",)),
    "aws": Program("AWS", ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")),
}
UNKNOWN: Final = Program("a program", ("SSL_CERT_FILE",), "how it finds its certificates is not known here")


def kind_of(command: str) -> Program:
    """The kind of a command, by its name: `/usr/bin/python3.13` is Python."""
    name = Path(command).name.lower().removesuffix(".exe").rstrip("0123456789.")
    return KINDS.get(name, UNKNOWN)


def examine(command: list[str], environ: Mapping[str, str], authority: Authority) -> Iterator[Finding]:
    """What would happen if the command ran in this environment, without `hushgate run`."""
    name, program = command[0], kind_of(command[0])
    inside = "`hushgate run -- CMD` sets all of these"
    if shutil.which(name) is None:
        yield Finding(name, False, "is not found", "check PATH")
        return
    yield Finding(name, None, f"taken for {program.kind}" + (f"; {program.note}" if program.note else ""))
    proxy = environ.get("HTTPS_PROXY") or environ.get("https_proxy")
    if not proxy:
        yield Finding(name, None, "HTTPS_PROXY is not set here", inside)
        return
    yield Finding(name, True, "HTTPS_PROXY is set")
    past = [environ[v] for v in NO_PROXY_VARIABLES if environ.get(v)]
    if any("*" in value.split(",") for value in past):
        yield Finding(name, False, "NO_PROXY is *, so nothing goes through the proxy", "unset it")
    root = certificates(authority.roots.read_bytes())[0].strip()
    held = [v for v in program.trusts if v in environ and _holds(Path(environ[v]), root)]
    if held:
        yield Finding(name, True, f"{held[0]} holds the CA")
    else:
        hint = f"export {program.trusts[0]}={authority.bundle}, or use `hushgate run -- CMD`"
        yield Finding(name, False, "it would not trust the gate", hint)
    for variable, wanted in program.needs:
        if environ.get(variable) != wanted:
            yield Finding(name, False, f"{variable} is not {wanted}", f"export {variable}={wanted}")


def _holds(bundle: Path, root: bytes) -> bool:
    try:
        return root in bundle.read_bytes().replace(b"\r", b"")
    except OSError:
        return False
