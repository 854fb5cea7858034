"""The value types every package shares. Frozen, slotted, standard library only. Times are Unix seconds, UTC.

Offsets are code points, half-open. No value is kept but in `Segment.text` and `Placeholder.original`: never shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, IntEnum, StrEnum
from typing import Final


class Level(IntEnum):
    """How sensitive a text is."""

    PUBLIC = 0
    INTERNAL = 1
    CONFIDENTIAL = 2
    REGULATED = 3

    @property
    def word(self) -> str:
        """The level as it is written in rules and records: `confidential`."""
        return _LEVEL_WORDS[self]

    @classmethod
    def parse(cls, word: str) -> Level:
        """Read a level's word; ValueError for any other."""
        try:
            return cls[word.upper()]
        except KeyError:
            raise ValueError(f"{word!r} is not a level (public, internal, confidential, regulated)") from None


_LEVEL_WORDS: Final = tuple(level.name.lower() for level in Level)


class Direction(StrEnum):
    """Which way a text travels."""

    REQUEST = "request"
    REPLY = "reply"


class Role(StrEnum):
    """Who speaks in a segment."""

    SYSTEM = "system"
    DEVELOPER = "developer"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    NONE = "none"


class Kind(StrEnum):
    """What a segment is to the model. OPAQUE, a structural string (an id, an enum value), is read but never changed."""

    TEXT = "text"
    SYSTEM = "system"
    TOOL_ARGS = "tool_args"
    TOOL_RESULT = "tool_result"
    TOOL_DEF = "tool_def"
    ATTACHMENT = "attachment"
    OPAQUE = "opaque"


class Area(StrEnum):
    """Which part of an HTTP message a segment was read from."""

    BODY = "body"
    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    FRAME = "frame"


class Embedded(Enum):
    """A step that is no key: here a document was read (INLINE: amid text). What is below DOCUMENT cannot be edited."""

    JSON = "json"
    TEXT = "text"
    DOCUMENT = "document"
    INLINE = "inline"


type Step = str | int | Embedded


@dataclass(frozen=True, slots=True)
class Location:
    """Where a segment stands: an area, a part of it, and a pointer inside.

    `path` holds object keys, array indices and an `Embedded` where what stands
    there was read inside. With `is_key` it is the last step itself, an object's key.
    """

    area: Area = Area.BODY
    part: int | None = None
    path: tuple[Step, ...] = ()
    is_key: bool = False

    def __hash__(self) -> int:
        """Of the pointer alone: it tells nearly all places apart, and enums hash slowly."""
        return hash(self.path)

    @property
    def key(self) -> str | None:
        """The nearest object key above the segment, if any: its label."""
        return next((s for s in reversed(self.path) if isinstance(s, str)), None)

    def __str__(self) -> str:
        """A JSON pointer (RFC 6901) behind the area: `body:/messages/0/content`.

        Keys that are not plain identifiers come out as `~`, since a key can hold a secret.
        """
        shown = _POINTERS.get(self.path)
        if shown is None:
            shown = "".join([f"/{_shown(step)}" for step in self.path]) or "/"
            # Conversations repeat their paths with every turn; a key that is not plain is not kept.
            if "~" not in shown and len(_POINTERS) < 8192:
                _POINTERS[self.path] = shown
        part = "" if self.part is None else f"[{self.part}]"
        return f"{self.area.value}{part}:{shown}{'#key' if self.is_key else ''}"

    __repr__ = __str__


_POINTERS: Final[dict[tuple[Step, ...], str]] = {}
_PLAIN: Final = re.compile("(?=[_-]*[A-Za-z])[A-Za-z_-]{1,32}")


def _shown(step: Step) -> str:
    if isinstance(step, str):
        return step if _PLAIN.fullmatch(step) else "~"
    return str(step) if isinstance(step, int) else f"({step.value})"


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of text to be classified. `tool`: whose arguments it belongs to, "" where that cannot be told."""

    location: Location
    direction: Direction
    role: Role
    kind: Kind
    text: str = field(repr=False)
    tool: str | None = field(default=None, repr=False)
    file: str | None = field(default=None, repr=False)  # the name of the file that it is of
    number: bool = False  # one of few digits: only the name that it stands under tells of it


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that was sent and could not be read, and why. `size` in bytes."""

    location: Location
    reason: str
    size: int


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file whose text was read, as far as nothing in it is `Unread`. `type` is a word of ours; `size` in bytes."""

    location: Location
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Route:
    """Where an exchange goes, as the endpoint rules name it. `path` is without the query."""

    endpoint: str
    provider: str
    host: str
    path: str = field(repr=False)
    format: str
    method: str = "POST"
    model: str | None = field(default=None, repr=False)
    self_hosted: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """What a token is good for: endpoints (their ids, providers or hosts), LLMs by name, networks. None: any."""

    endpoints: tuple[str, ...] | None = None
    models: tuple[str, ...] | None = None
    sources: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who sends: a name and its groups; the id of the token it came by, and the scopes that all have to let it."""

    name: str
    groups: tuple[str, ...] = ()
    token: str = field(default="", compare=False)
    scopes: tuple[Scope, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request, read; its reply belongs to it. `asked` is its own id, which an answer repeats (JSON-RPC).

    `at` is when it was made, `client` its program, `source` "ci" or "person", `others` LLMs that it names as well."""

    id: str
    route: Route
    actor: Actor
    session: str
    segments: tuple[Segment, ...]
    unread: tuple[Unread, ...] = ()
    files: tuple[FileRead, ...] = ()
    asked: str | int | None = field(default=None, repr=False)
    at: float = 0.0
    client: str = field(default="", repr=False)
    source: str = ""
    others: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Origin:
    """What an organisation knows a value from: "dbt", a table or a document, its column, who answers for it; or ""."""

    source: str
    asset: str
    column: str = ""
    owner: str = ""
    beside: str = ""  # columns of the same record that it counts together with

    def __str__(self) -> str:
        place, owner = f".{self.column}" if self.column else "", f", {self.owner}" if self.owner else ""
        beside = f", beside {self.beside} of the same record" if self.beside else ""
        return f"{self.asset}{place} ({self.source}{owner}){beside}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A detected value's place and kind; never the value.

    `layer` names the encoding the value was found under ("" for plain text, "base64", "percent>base64"): then
    `start:end` covers the whole encoded blob. `fingerprint` is an HMAC of the normalised inner value, in hex.
    """

    location: Location
    start: int
    end: int
    entity: str
    category: str
    level: Level
    score: float
    rule_id: str
    layer: str
    fingerprint: str
    origin: Origin | None = None
    least: Level = Level.PUBLIC  # What an organisation knows it as besides: no policy lowers it further.


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that kept a text from being judged. `where` names the part, never the text."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What detection says of an exchange."""

    findings: tuple[Finding, ...] = ()
    faults: tuple[Fault, ...] = ()


class Gate(IntEnum):
    """What happens to an exchange; the maximum wins."""

    ALLOW = 0
    HOLD = 1
    BLOCK = 2

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: the policy rule's id (or a built-in one's), and a sentence without any value."""

    rule: str
    says: str


type Tools = tuple[tuple[str, ...], ...]
"""Some tools: a name has to fit one pattern of each list (`*` stands for anything). No list at all: any tool."""

ANY_TOOL: Final[Tools] = ()
NO_TOOL: Final[Tools] = ((),)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happens to one finding. If `restorable`, it comes back in what is said and in the arguments of `tools`."""

    finding: Finding
    mask: bool
    style: str
    restorable: bool
    reasons: tuple[Reason, ...]
    tools: Tools = ANY_TOOL
    own: Level | None = None  # The level it was found at, where policy gives it another.


@dataclass(frozen=True, slots=True)
class Decision:
    """The whole judgement on an exchange. No field has a default: none is forgotten.

    `verdicts` stand in the order of the scan's findings. `message` is the rule author's own
    sentence for a refusal. With `enforced` False the decision is only recorded.
    """

    gate: Gate
    verdicts: tuple[Verdict, ...]
    reasons: tuple[Reason, ...]
    route: str | None
    warnings: tuple[str, ...]
    level: Level
    faults: tuple[Fault, ...]
    ruleset_revision: str
    enforced: bool
    message: str | None


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A token, what it stands for, and the tools whose arguments may hold that. Lives in memory only."""

    token: str
    original: str = field(repr=False)
    tools: Tools = ANY_TOOL


PLACEHOLDER_PATTERN: Final = r"<[A-Z][A-Z0-9_]{1,40}_[a-z2-7]{10,26}>"
"""What a placeholder looks like (RFC 4648 base32, lower case, no padding)."""
