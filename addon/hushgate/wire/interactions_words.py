"""The fixed words of Google's interactions: keys and constants that carry no value of anyone's."""

from __future__ import annotations

from typing import Final

from hushgate.wire import schema

_REQUEST: Final = """
model agent input system_instruction tools generation_config response_format response_mime_type response_modalities
previous_interaction_id background store stream labels cached_content service_tier safety_settings agent_config
environment continuation_token webhook_config temperature top_p max_output_tokens seed stop_sequences thinking_level
thinking_summaries tool_choice allowed_tools mode speech_config image_config schema
"""
_ITEM: Final = """
type role text content data mime_type uri resolution id call_id name server_name arguments result is_error signature
summary annotations start_index end_index url title headers description parameters code language queries
"""
_REPLY: Final = """
event_type event_id index step delta interaction interaction_id status usage step_usage metadata created updated
steps outputs output_text error errors message total_tokens total_input_tokens total_output_tokens
total_cached_tokens total_thought_tokens total_tool_use_tokens input_tokens_by_modality output_tokens_by_modality
cached_tokens_by_modality tool_use_tokens_by_modality modality tokens object
"""
KEYS: Final = frozenset(f"{_REQUEST} {_ITEM} {_REPLY}".split()) | schema.WORDS

_STRUCTURAL: Final = """
user model text image audio video document thought user_input model_output function function_call function_result
code_execution code_execution_call code_execution_result google_search google_search_call google_search_result
url_context url_context_call url_context_result file_search file_search_call file_search_result mcp_server
mcp_server_tool_call mcp_server_tool_result computer_use google_maps retrieval tool_search url_citation
thought_summary thought_signature arguments_delta text_annotation_delta text_annotation
interaction.created interaction.completed interaction.start interaction.complete interaction.status_update
step.start step.delta step.stop content.start content.delta content.stop error interaction
in_progress requires_action completed failed cancelled incomplete queued
auto any none validated minimal low medium high python bash text/plain application/json image/png image/jpeg
"""
CONSTANTS: Final = schema.TYPES | frozenset(_STRUCTURAL.split())
"""Values that are no segments where a structural word stands."""
