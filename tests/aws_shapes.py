"""Documents with every member that AWS's own model of the Bedrock runtime knows (as botocore ships it)."""

from __future__ import annotations

from typing import Any

from botocore.model import Shape
from botocore.session import get_session

from hushgate.values import Kind, Location, Role
from hushgate.wire.base import Frame, Reading

MODEL = get_session().get_service_model("bedrock-runtime")


class Filled:
    """A document with every member of a shape; `leaves` are its texts, by a mark that each of them is."""

    def __init__(self, shape: Shape) -> None:
        self.leaves: list[str] = []
        self.words: set[str] = set()
        self.keys: set[str] = set()
        self.document = self.fill(shape, ())

    def fill(self, shape: Any, above: tuple[str, ...]) -> Any:
        match shape.type_name:
            case "structure" if shape.name in above:
                return None
            case "structure" if not shape.members and getattr(shape, "is_document_type", False):
                return {"named": self.mark()}
            case "structure":
                here = {k: v for k, v in shape.members.items() if not v.serialization.get("location")}
                self.keys |= here.keys()
                made = {key: self.fill(member, (*above, shape.name)) for key, member in here.items()}
                return {key: value for key, value in made.items() if value is not None}
            case "list":
                item = self.fill(shape.member, above)
                return [] if item is None else [item]
            case "map":
                return {"named": self.fill(shape.value, above)}
            case "string" if shape.enum:
                self.words |= set(shape.enum)
                return shape.enum[0]
            case "string" | "blob" | "timestamp":
                return self.mark()
            case "boolean":
                return True
            case _:
                return 7

    def mark(self) -> str:
        self.leaves.append(f"mark{len(self.leaves)}")
        return self.leaves[-1]


def shape_of(operation: str, side: str) -> Filled:
    return Filled(getattr(MODEL.operation_model(operation), f"{side}_shape"))


def events() -> dict[str, Filled]:
    """The documents of ConverseStream's events."""
    stream = MODEL.operation_model("ConverseStream").output_shape.members["stream"]
    return {name: Filled(member) for name, member in stream.members.items()}


def read_of(document: Any, reading: Reading | Frame) -> set[str]:
    """Everything that a reading tells of: texts, deltas, and what it names as unread."""
    deltas = reading.deltas if isinstance(reading, Frame) else ()
    return {one.text for one in (*reading.segments, *deltas)} | {_at(document, u.location) for u in reading.unread}


def _at(document: Any, where: Location) -> Any:
    for step in where.path:
        document = document[step]
    return document


def texts(reading: Reading) -> dict[str, tuple[Role, Kind]]:
    return {segment.text: (segment.role, segment.kind) for segment in reading.segments if not segment.location.is_key}
