"""What models behind Bedrock's InvokeModel answer: each vendor's body, whole and in the pieces of a stream.

What the user said last comes back. Sources: Anthropic's and Meta's pages in AWS's reference of model parameters.
"""

from __future__ import annotations

import json
from typing import Any

from tests.doubles.chat import cut

type Answer = tuple[dict[str, Any], list[dict[str, Any]]]


def answered(document: dict[str, Any], chunk: int) -> Answer:
    """The whole answer, and its pieces of `chunk` characters; a body of no known vendor comes back as JSON."""
    if "anthropic_version" in document:
        said = document["messages"][-1]["content"]
        return _anthropic(said if isinstance(said, str) else "".join(block["text"] for block in said), chunk)
    if "max_gen_len" in document:
        return _llama(document["prompt"], chunk)
    said = json.dumps(document, ensure_ascii=False, sort_keys=True)
    pieces = [{"outputs": [{"text": piece, "stop_reason": None}]} for piece in cut(said, chunk)]
    end = {"outputs": [{"text": "", "stop_reason": "stop"}]}
    return {"outputs": [{"text": said, "stop_reason": "stop"}]}, [*pieces, end]


def _anthropic(said: str, chunk: int) -> Answer:
    head = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "stop_sequence": None}
    counts = {"input_tokens": 1, "output_tokens": 1}
    block = {"type": "text", "text": said}
    deltas = [{"type": "text_delta", "text": piece} for piece in cut(said, chunk)]
    pieces: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**head, "content": [], "stop_reason": None, "usage": counts}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": counts},
        {"type": "message_stop", "amazon-bedrock-invocationMetrics": {"inputTokenCount": 1, "outputTokenCount": 1}},
    ]
    return {**head, "content": [block], "stop_reason": "end_turn", "usage": counts}, pieces


def _llama(said: str, chunk: int) -> Answer:
    counts = {"prompt_token_count": 1, "generation_token_count": 1}
    pieces = [{"generation": piece, "stop_reason": None, **counts} for piece in cut(said, chunk)]
    end = {"generation": "", "stop_reason": "stop", **counts}
    return {"generation": said, "stop_reason": "stop", **counts}, [*pieces, end]
