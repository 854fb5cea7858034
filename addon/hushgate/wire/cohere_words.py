"""The fixed words of Cohere's API, v1 and v2: keys and constants that carry no value of anyone's."""

from __future__ import annotations

from typing import Final

from hushgate.wire import schema

_REQUEST: Final = """
model messages message chat_history preamble conversation_id prompt_truncation connectors search_queries_only
documents citation_quality citation_options mode temperature max_tokens max_input_tokens k p seed stop_sequences
end_sequences frequency_penalty presence_penalty raw_prompting return_prompt tools tool_results tool_choice
strict_tools force_single_step response_format json_schema schema safety_mode thinking token_budget logprobs priority
stream accepts prompt num_generations truncate preset return_likelihoods logit_bias query top_n rank_fields
return_documents max_chunks_per_doc max_tokens_per_doc texts images inputs input_type embedding_types
output_dimension examples label length format extractiveness additional_command user_access_token
continue_on_failure options
"""
_MESSAGE: Final = """
role content type text image_url url detail document data id tool_calls tool_plan function name arguments
parameters parameter_definitions description required call outputs tool_call_id citations sources start end
document_ids content_index tool_output title snippet
"""
_REPLY: Final = """
event_type delta index finish_reason usage billed_units tokens input_tokens output_tokens cached_tokens search_units
classifications pages image_tokens text_tokens meta api_version version is_deprecated is_experimental warnings
generation_id response_id is_finished response is_search_required search_queries search_results search_query connector
error_message tool_call_delta generations likelihood token_likelihoods token token_ids error err results
relevance_score relevant_spans score embeddings response_type float int8 uint8 binary ubinary base64 width height
bit_depth summary input prediction predictions confidence confidences labels classification_type token_strings debug
"""
KEYS: Final = frozenset(f"{_REQUEST} {_MESSAGE} {_REPLY}".split()) | schema.WORDS

_STRUCTURAL: Final = """
user assistant system tool USER CHATBOT SYSTEM TOOL text image_url document function thinking json_object
message-start content-start content-delta content-end tool-plan-delta tool-call-start tool-call-delta tool-call-end
citation-start citation-end message-end debug stream-start search-queries-generation search-results text-generation
citation-generation tool-calls-generation tool-calls-chunk stream-end stream-error
COMPLETE MAX_TOKENS STOP_SEQUENCE TOOL_CALL ERROR ERROR_TOXIC ERROR_LIMIT USER_CANCEL TIMEOUT
FAST ACCURATE OFF fast accurate off enabled disabled AUTO AUTO_PRESERVE_ORDER NONE START END REQUIRED
CONTEXTUAL STRICT TEXT_CONTENT PLAN THINKING_CONTENT search_document search_query classification clustering image
float int8 uint8 binary ubinary base64 embeddings_floats embeddings_by_type single-label multi-label str bool int
"""
CONSTANTS: Final = schema.TYPES | frozenset(_STRUCTURAL.split())
"""Values that are no segments where a structural word stands."""
