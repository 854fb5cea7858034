"""The fixed words of OpenAI Responses and conversations: keys and constants that carry no value of anyone's."""

from __future__ import annotations

from typing import Final

from hushgate.wire import openai_words

_REQUEST: Final = """
input instructions previous_response_id conversation background background_options include max_output_tokens
max_tool_calls truncation prompt variables version effort summary generate_summary context_management
compact_threshold moderation policy mode prompt_cache_options ttl comparison_response_id prewarm access_programs
image context_compression personality generate stream_id completion_window continuation_id client_metadata items
starting_after
"""
_ITEM: Final = """
call_id status namespace caller caller_id phase encrypted_content queries results query url pattern sources action
actions pending_safety_checks acknowledged_safety_checks outputs output logs container_id result revised_prompt
command commands env working_directory timeout_ms max_output_length environment stdout stderr outcome exit_code
operation path diff server_label approval_request_id approve reason tools error message execution fingerprint
created_by file_url score attributes button keys x y scroll_x scroll_y
"""
_TOOL: Final = """
input_schema output_schema annotations defer_loading allowed_callers server_description server_url connector_id
tunnel_id authorization headers allowed_tools tool_names read_only require_approval always never vector_store_ids
filters key value max_num_results ranking_options ranker score_threshold hybrid_search embedding_weight text_weight
allowed_domains blocked_domains external_web_access container file_ids memory_limit network_policy domain_secrets
domain skills skill_id source media_type display_width display_height background output_format output_compression
partial_images quality size input_fidelity input_image_mask city country region timezone search_content_types
file_search
"""
_REPLY: Final = """
response response_id item item_id part delta output_index content_index summary_index command_index
annotation_index annotation sequence_number created_at completed_at incomplete_details tool_usage first_id last_id
has_more deleted partial_image_b64 partial_image_index input_tokens output_tokens input_tokens_details
output_tokens_details cache_write_tokens billing payer input_transformations prompt_cache_diagnostics event_id
previous_item_id image_file b64_json segment_id
"""
KEYS: Final = openai_words.KEYS | frozenset(f"{_REQUEST} {_ITEM} {_TOOL} {_REPLY}".split())

_STRUCTURAL: Final = """
message input_text output_text input_image input_file summary_text reasoning_text reasoning function_call
function_call_output custom_tool_call custom_tool_call_output file_search_call web_search_call computer_call
computer_call_output computer_screenshot code_interpreter_call image_generation_call local_shell_call
local_shell_call_output shell_call shell_call_output apply_patch_call apply_patch_call_output mcp_call
mcp_list_tools mcp_approval_request mcp_approval_response item_reference compaction compaction_trigger
tool_search_call tool_search_output additional_tools configuration_update program program_output
file_citation container_file_citation file_path logs exec search open_page find_in_page click double_click drag
keypress move screenshot scroll type wait left right wheel create_file update_file delete_file exit timeout
file_search web_search web_search_preview computer computer_use_preview code_interpreter image_generation
local_shell shell apply_patch mcp namespace tool_search container_auto container_reference inline skill_reference
base64 application/zip allowlist disabled enabled direct programmatic server client eq ne gt gte lt lte in nin and or
completed in_progress incomplete failed queued cancelled searching interpreting generating calling
response list conversation conversation.item commentary final_answer detailed concise xhigh max in_memory 24h
url response.input_tokens response.compaction response.create
"""
CONSTANTS: Final = openai_words.CONSTANTS | frozenset(_STRUCTURAL.split())
"""Values that are no segments where a structural word stands."""
