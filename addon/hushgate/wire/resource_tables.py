"""OpenAI's resources: what their fields are, wherever they stand.

Ids, states and settings are structural, prompts and inputs are the user's,
`instructions` the system's, results a tool's. Source: the API reference of
embeddings, moderations, images, speech, files, batches, assistants, threads,
vector stores, fine-tuning and evaluations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hushgate.values import Kind, Role
from hushgate.wire import responses_words
from hushgate.wire.openai_reply import instant
from hushgate.wire.openai_request import CALLED, DEFINITION, KINDS, ROLES
from hushgate.wire.openai_tokens import probabilities, probability, spelling, written
from hushgate.wire.readers import an_object, listed, media, opaque, text
from hushgate.wire.responses_items import ANNOTATION, part, said
from hushgate.wire.responses_tools import tools
from hushgate.wire.walk import Path, Reader, Walk


def resource(walk: Walk, path: Path, value: object, role: Role) -> None:
    """One resource, a list of them, or the parameters of one."""
    if isinstance(value, list):
        walk.items(path, value, resource, role, Kind.TEXT)
        return
    table = _RESOURCE
    if isinstance(value, dict):
        word = value.get("role")
        role = ROLES.get(word, Role.NONE) if isinstance(word, str) else role
        if "logprobs" in value:
            table = {**table, "logprobs": spelling(value.get("text"))}
    walk.fields(path, value, table, role, KINDS.get(role, Kind.TEXT))


def _content(walk: Walk, path: Path, value: object, role: Role) -> None:
    """A message's content: a string, or blocks, whose text may be an object with annotations."""
    if isinstance(value, list):
        walk.items(path, value, _block, role, KINDS.get(role, Kind.TEXT))
    else:
        said(walk, path, value, role)


def _block(walk: Walk, path: Path, value: object, role: Role) -> None:
    inside = value.get("text") if isinstance(value, dict) else None
    if isinstance(value, dict) and isinstance(inside, dict):
        walk.fields(path, value, _BLOCK, role, KINDS.get(role, Kind.TEXT))
    else:
        part(walk, path, value, role)


def _block_text(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, _TEXT, role, KINDS.get(role, Kind.TEXT))


def _system(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, Role.SYSTEM, Kind.SYSTEM)


def _came_back(walk: Walk, path: Path, value: object, role: Role) -> None:
    outer, walk.tool = walk.tool, None
    walk.items(path, value, part, Role.TOOL, Kind.TOOL_RESULT)
    walk.tool = outer


def _function(walk: Walk, path: Path, value: object, role: Role) -> None:
    """A function that is called, with its output, or one that is defined."""
    if isinstance(value, dict) and not {"arguments", "output"} & value.keys():
        DEFINITION(walk, path, value, role)
        return
    name = value.get("name") if isinstance(value, dict) else None
    _using(walk, path, value, name if isinstance(name, str) else "")


def _interpreter(walk: Walk, path: Path, value: object, role: Role) -> None:
    """Code and what came of it, or the files that the interpreter may use."""
    _using(walk, path, value, "code_interpreter")


def _using(walk: Walk, path: Path, value: object, tool: str) -> None:
    outer, walk.tool = walk.tool, tool
    walk.fields(path, value, _USED, Role.ASSISTANT, Kind.TOOL_ARGS)
    walk.tool = outer


def _vector(walk: Walk, path: Path, value: object, role: Role) -> None:
    """An embedding: fractions; the same in base64 is a structural string."""
    if isinstance(value, str):
        opaque(walk, path, value, role)
    else:
        probabilities(walk, path, value, role)


def _scores(walk: Walk, path: Path, value: object, role: Role) -> None:
    """`{"category": probability, ...}`."""
    table = dict.fromkeys(value, probability) if isinstance(value, dict) else {}
    for name in table:
        walk.key((*path, name), role, Kind.OPAQUE)
    walk.fields(path, value, table, role, Kind.OPAQUE)


def _words(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.items(path, value, _word, role, Kind.TEXT)


def _word(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, {"start": probability, "end": probability}, role, Kind.TEXT)


_TEXT: Final[Mapping[str, Reader]] = {"value": said, "annotations": listed(ANNOTATION, Kind.TEXT)}
_BLOCK: Final[Mapping[str, Reader]] = {"type": opaque, "index": opaque, "text": _block_text}
_USED: Final[Mapping[str, Reader]] = {
    **CALLED,
    "file_ids": opaque,
    "output": _came_back,
    "outputs": _came_back,
}
_OUTPUT: Final[Mapping[str, Reader]] = {"tool_call_id": opaque, "output": _came_back}

_STRUCTURAL: Final = """
id object status type role model purpose index endpoint encoding_format dimensions voice response_format stream_format
size quality style background moderation output_format output_compression partial_images completion_window
file_id file_ids input_file_id output_file_id error_file_id training_file validation_file result_files thread_id
assistant_id run_id message_id step_id tool_call_id vector_store_id vector_store_ids organization_id eval_id
container_id part_ids fine_tuned_model hyperparameters method usage file_counts request_counts
incomplete_details truncation_strategy tool_choice chunking_strategy expires_after first_id last_id previous_item_id
detail service_tier reasoning_effort temperature task language md5 seek include ranker anchor
""".split()
_TIMES: Final = """
created created_at expires_at completed_at failed_at cancelled_at expired_at started_at incomplete_at finished_at
in_progress_at finalizing_at cancelling_at last_active_at estimated_finish
""".split()
_MEASURES: Final = "score avg_logprob compression_ratio no_speech_prob duration start end score_threshold".split()
_CONTAINERS: Final = """
data delta thread required_action submit_tool_outputs step_details message_creation tool_resources file_search results
messages additional_messages attachments segments ranking_options
""".split()
_RESOURCE: Final[Mapping[str, Reader]] = {
    **dict.fromkeys(_STRUCTURAL, opaque),
    **dict.fromkeys(_TIMES, instant),
    **dict.fromkeys(_MEASURES, probability),
    **dict.fromkeys(_CONTAINERS, resource),
    **dict.fromkeys(("name", "filename", "description", "metadata", "user", "safety_identifier", "url"), text),
    "input": written,
    "prompt": written,
    "query": written,
    "suffix": written,
    "revised_prompt": text,
    "text": said,
    "content": _content,
    "instructions": _system,
    "additional_instructions": _system,
    "tools": tools,
    "tool_calls": resource,
    "function": _function,
    "code_interpreter": _interpreter,
    "tool_outputs": listed(an_object(_OUTPUT, Kind.TOOL_RESULT), Kind.TOOL_RESULT),
    "embedding": _vector,
    "category_scores": _scores,
    "words": _words,
    "b64_json": media("image", link=False),
}

_WORDS: Final = """
parts flagged categories category_applied_input_types speed word speaker seconds days total last_error
last_messages max_prompt_tokens static max_chunk_size_tokens chunk_overlap_tokens usage_bytes errors n_epochs
batch_size learning_rate_multiplier trained_tokens integrations supervised dpo beta file_citation quote
rewrite_query
"""
KEYS: Final = responses_words.KEYS | frozenset(_RESOURCE) | frozenset(_WORDS.split())
_CONSTANT: Final = """
embedding float base64 text_completion moderation file batch assistant thread thread.message thread.message.delta
thread.run thread.run.step thread.run.step.delta vector_store vector_store.file fine_tuning.job upload model url
b64_json assistants vision fine-tune user_data evals batch_output message_creation tool_calls submit_tool_outputs
requires_action cancelling expired validating finalizing processed uploaded pending mp3 opus aac sse natural vivid
hd standard transparent png jpeg webp last_active_at created_at static last_messages image_file supervised
text-embedding-3-small text-embedding-3-large
"""
CONSTANTS: Final = responses_words.CONSTANTS | frozenset(_CONSTANT.split())
