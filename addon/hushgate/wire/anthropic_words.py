"""The fixed words of Anthropic messages: keys and constants that carry no value of anyone's."""

from __future__ import annotations

from typing import Final

from hushgate.wire import schema

_REQUEST: Final = """
model messages system tools tool_choice metadata user_id stop_sequences stream max_tokens temperature top_p top_k
thinking budget_tokens display service_tier container skills skill_id version mcp_servers authorization_token
tool_configuration allowed_tools enabled context_management edits trigger keep clear_at_least exclude_tools
clear_tool_inputs value instructions pause_after_compaction output_config output_format effort format task_budget
anthropic_version anthropic_beta betas cache_control ttl diagnostics previous_message_id inference_geo speed
fallbacks compaction user_profile_id workspace_id requests params custom_id prompt max_tokens_to_sample
disable_parallel_tool_use prefill
"""
_BLOCK: Final = """
role content type text citations cited_text document_index document_title start_char_index end_char_index
start_page_number end_page_number start_block_index end_block_index search_result_index encrypted_index file_id
source title context media_type data url id name input caller tool_id tool_use_id server_name mcp_server_name
toolset_name is_error signature encrypted_content encrypted_stdout stdout stderr return_code page_age retrieved_at
error_code error_message tool_references tool_name tool_changes tool definition transformations is_file_update
file_type num_lines start_line total_lines lines new_lines new_start old_lines old_start
"""
_TOOL: Final = """
name description input_schema input_examples strict defer_loading allowed_callers eager_input_streaming
max_uses max_tokens max_content_tokens max_characters allowed_domains blocked_domains user_location
display_width_px display_height_px display_number enable_zoom configs default_config caching
use_cache url_sources
"""
_REPLY: Final = """
stop_reason stop_sequence stop_details explanation category usage input_tokens output_tokens
cache_creation_input_tokens cache_read_input_tokens cache_creation ephemeral_1h_input_tokens
ephemeral_5m_input_tokens server_tool_use web_search_requests web_fetch_requests output_tokens_details
thinking_tokens iterations applied_edits cleared_input_tokens cleared_tool_uses cleared_thinking_turns expires_at
message error details request_id index delta content_block partial_json citation completion stop log_id result
processing_status request_counts processing succeeded errored canceled expired created_at ended_at archived_at
cancel_initiated_at results_url first_id last_id has_more display_name input_transformations
"""
KEYS: Final = frozenset(f"{_REQUEST} {_BLOCK} {_TOOL} {_REPLY}".split()) | schema.WORDS

_STRUCTURAL: Final = """
user assistant system message text image document thinking redacted_thinking tool_use tool_result server_tool_use
mcp_tool_use mcp_tool_result web_search_tool_result web_search_result web_fetch_tool_result web_fetch_result
web_search_tool_result_error web_fetch_tool_result_error code_execution_tool_result code_execution_result
code_execution_output bash_code_execution_tool_result bash_code_execution_result bash_code_execution_output
text_editor_code_execution_tool_result tool_search_tool_result tool_search_tool_search_result tool_reference
container_upload search_result compaction url base64 file content text/plain application/pdf image/jpeg image/png
image/gif image/webp ephemeral 5m 1h enabled disabled adaptive summarized omitted auto any tool none custom direct
standard standard_only priority batch low medium high max json_schema json_object object approximate
char_location page_location content_block_location web_search_result_location search_result_location
end_turn max_tokens stop_sequence pause_turn refusal model_context_window_exceeded completion ping error
message_start message_delta message_stop content_block_start content_block_delta content_block_stop text_delta
input_json_delta thinking_delta signature_delta citations_delta compaction_delta input_tokens tool_uses all
clear_tool_uses_20250919 clear_thinking_20251015 compact_20260112 succeeded errored canceled expired
"""
CONSTANTS: Final = schema.TYPES | frozenset(_STRUCTURAL.split())
"""Values that are no segments where a structural word stands."""
