"""The fixed words of Ollama's API: keys and constants that carry no value of anyone's."""

from __future__ import annotations

from typing import Final

from hushgate.wire import schema

_REQUEST: Final = """
model messages prompt suffix system template context raw images stream think format options keep_alive tools input
truncate dimensions shift logprobs top_logprobs width height steps from files adapters license parameters quantize
name verbose insecure source destination query url max_results
temperature top_k top_p min_p typical_p repeat_last_n repeat_penalty presence_penalty frequency_penalty mirostat
mirostat_tau mirostat_eta penalize_newline stop seed num_predict num_keep num_ctx num_batch num_gpu main_gpu
low_vram use_mmap use_mlock num_thread numa tfs_z
"""
_MESSAGE: Final = """
role content thinking tool_name tool_call_id tool_calls id type function index name description arguments strict
"""
_REPLY: Final = """
created_at message response done done_reason total_duration load_duration prompt_eval_count prompt_eval_duration
eval_count eval_duration token logprob bytes embeddings embedding error remote_model remote_host models modified_at
size digest details parent_model family families parameter_size quantization_level expires_at size_vram
context_length modelfile model_info capabilities status completed total results title links image
"""
KEYS: Final = frozenset(f"{_REQUEST} {_MESSAGE} {_REPLY}".split()) | schema.WORDS

_STRUCTURAL: Final = "system user assistant tool function json low medium high max stop length load unload success"
CONSTANTS: Final = schema.TYPES | frozenset(_STRUCTURAL.split())
"""Values that are no segments where a structural word stands."""
