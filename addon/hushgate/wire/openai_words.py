"""The fixed words of OpenAI completions, chat and legacy: keys and constants that carry no value of anyone's."""

from __future__ import annotations

from typing import Final

from hushgate.wire import schema

_REQUEST: Final = """
model messages tools functions tool_choice function_call response_format prediction web_search_options audio
stream stream_options include_usage include_obfuscation user safety_identifier metadata stop prompt_cache_key
prompt_cache_retention service_tier reasoning_effort verbosity modalities logit_bias seed max_tokens
max_completion_tokens temperature top_p top_k min_p n presence_penalty frequency_penalty repetition_penalty
logprobs top_logprobs parallel_tool_calls store search_context_size user_location approximate
prompt suffix echo best_of random_seed min_tokens safe_prompt prompt_mode agent_id guardrails
"""
_MESSAGE: Final = """
role name content refusal reasoning_content reasoning tool_call_id tool_calls function_call type text image_url
url detail input_audio data format voice file file_data file_id filename function custom arguments input
id index annotations url_citation start_index end_index transcript expires_at thinking signature closed prefix
document_url document_name reference_ids
"""
_TOOL: Final = """
name description parameters schema strict json_schema grammar syntax definition cache_control
"""
_REPLY: Final = """
id object created choices delta message finish_reason logprobs usage system_fingerprint service_tier error code
param obfuscation token bytes logprob prompt_tokens completion_tokens total_tokens prompt_tokens_details
completion_tokens_details cached_tokens audio_tokens reasoning_tokens accepted_prediction_tokens
rejected_prediction_tokens tokens token_logprobs text_offset
prompt_filter_results content_filter_results prompt_index hate self_harm sexual
violence jailbreak protected_material_text protected_material_code filtered detected severity
"""
KEYS: Final = frozenset(f"{_REQUEST} {_MESSAGE} {_TOOL} {_REPLY}".split()) | schema.WORDS

_STRUCTURAL: Final = """
system developer user assistant tool function custom text image_url input_audio file refusal url_citation
auto none required low medium high minimal default flex priority scale json_object json_schema content
chat.completion chat.completion.chunk text_completion stop length tool_calls content_filter function_call wav mp3
flac opus pcm16 audio thinking document_url reference
ephemeral lark regex grammar approximate safe date date-time email uri uuid
"""
CONSTANTS: Final = schema.TYPES | frozenset(_STRUCTURAL.split())
"""Values that are no segments where a structural word stands."""
