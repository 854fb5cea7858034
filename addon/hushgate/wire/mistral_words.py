"""The fixed words of Mistral's conversations: keys and constants that carry no value of anyone's."""

from __future__ import annotations

from typing import Final

from hushgate.wire import openai_words

_REQUEST: Final = """
inputs instructions completion_args agent_id agent_version handoff_execution handoffs from_entry_id tool_confirmations
confirmation library_ids tool_configuration include exclude requires_confirmation connector_id authorization
version_message output_dimension
"""
_ENTRY: Final = """
created_at completed_at result info tool tool_name tool_file title favicon file_name file_type confirmation_status
previous_agent_id previous_agent_name next_agent_id next_agent_name
"""
_REPLY: Final = """
conversation_id outputs entries output_index content_index connector_tokens connectors
"""
KEYS: Final = frozenset(f"{_REQUEST} {_ENTRY} {_REPLY}".split()) | openai_words.KEYS

_STRUCTURAL: Final = """
entry conversation conversation.response conversation.history conversation.messages
message.input message.output function.call function.result tool.execution agent.handoff
conversation.response.started conversation.response.done conversation.response.error message.output.delta
function.call.delta tool.execution.started tool.execution.delta tool.execution.done agent.handoff.started
agent.handoff.done tool_reference tool_file client server allow deny pending
web_search web_search_premium code_interpreter image_generation document_library connector
"""
CONSTANTS: Final = openai_words.CONSTANTS | frozenset(_STRUCTURAL.split())
"""Values that are no segments where a structural word stands."""
