"""OpenAI Responses: the tools that a request offers, of every type.

Source: the API reference of POST /v1/responses, `tools`. What authenticates to
a tool's server (`authorization`, `headers`, `domain_secrets`) is of use only as
it is: it is structural, so a secret that is found in it blocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hushgate.values import Kind, Role
from hushgate.wire.openai_request import DEFINED, DEFINITION, PLACE, URL
from hushgate.wire.openai_tokens import probability
from hushgate.wire.readers import an_object, file_beside, listed, opaque, text, tool_def
from hushgate.wire.schema import read_schema
from hushgate.wire.walk import Path, Reader, Walk


def tools(walk: Walk, path: Path, value: object, role: Role) -> None:
    """`tools`: a list of definitions."""
    walk.items(path, value, _tool, role, Kind.TOOL_DEF)


def _tool(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, _TOOL, role, Kind.TOOL_DEF)


def _filters(walk: Walk, path: Path, value: object, role: Role) -> None:
    """Which files or pages to search: one filter, or a list of them."""
    if isinstance(value, list):
        walk.items(path, value, _filters, role, Kind.TOOL_DEF)
    else:
        walk.fields(path, value, _FILTER, role, Kind.TOOL_DEF)


_SECRET: Final[Mapping[str, Reader]] = {"domain": tool_def, "name": opaque, "value": opaque}
_NETWORK: Final[Mapping[str, Reader]] = {
    "type": opaque,
    "allowed_domains": tool_def,
    "domain_secrets": listed(an_object(_SECRET, Kind.TEXT), Kind.TEXT),
}
_SOURCE: Final[Mapping[str, Reader]] = {"type": opaque, "media_type": opaque}
_SKILL: Final[Mapping[str, Reader]] = {
    "type": opaque,
    "name": opaque,
    "description": tool_def,
    "path": tool_def,
    "skill_id": opaque,
    "version": opaque,
    "source": file_beside(_SOURCE, "data", media_type="media_type"),
}
CONTAINER: Final[Mapping[str, Reader]] = {
    "type": opaque,
    "container_id": opaque,
    "file_ids": opaque,
    "memory_limit": opaque,
    "network_policy": an_object(_NETWORK, Kind.TOOL_DEF),
    "skills": listed(an_object(_SKILL, Kind.TOOL_DEF), Kind.TOOL_DEF),
}
"""Where code and shells run."""
_FILTER: Final[Mapping[str, Reader]] = {"type": opaque, "key": opaque, "filters": _filters}
_RANKING: Final[Mapping[str, Reader]] = {"ranker": opaque, "score_threshold": probability, "hybrid_search": opaque}
_MASK: Final[Mapping[str, Reader]] = {"image_url": URL, "file_id": opaque}
_STRUCTURAL: Final = """
type server_label connector_id tunnel_id allowed_tools require_approval allowed_callers vector_store_ids
max_num_results search_context_size search_content_types model size quality background moderation
output_format output_compression partial_images input_fidelity action execution defer_loading
""".split()
_TOOL: Final[Mapping[str, Reader]] = {
    **dict.fromkeys(_STRUCTURAL, opaque),
    **DEFINED,
    "function": DEFINITION,
    "custom": DEFINITION,
    "input_schema": read_schema,
    "output_schema": read_schema,
    "server_description": tool_def,
    "server_url": text,
    "authorization": opaque,
    "headers": opaque,
    "filters": _filters,
    "ranking_options": an_object(_RANKING, Kind.TOOL_DEF),
    "user_location": an_object(PLACE, Kind.TEXT),
    "container": an_object(CONTAINER, Kind.TOOL_DEF, opaque),
    "environment": an_object(CONTAINER, Kind.TOOL_DEF, opaque),
    "input_image_mask": an_object(_MASK, Kind.TOOL_DEF),
    "file_search": an_object({"ranking_options": an_object(_RANKING, Kind.TOOL_DEF)}, Kind.TOOL_DEF),
    "tools": tools,
}
