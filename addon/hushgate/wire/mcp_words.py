"""The fixed words of MCP over JSON-RPC: keys and constants that carry no value of anyone's."""

from __future__ import annotations

from typing import Final

from hushgate.wire import schema

_ENVELOPE: Final = """
jsonrpc id method params result error code message data _meta progressToken cursor nextCursor resultType ttlMs
cacheScope requestState inputRequests inputResponses
"""
_FIELDS: Final = """
name title description arguments content contents structuredContent isError role type text mimeType blob uri
uriTemplate size resource resources resourceTemplates prompts prompt tools roots inputSchema outputSchema
annotations audience priority lastModified readOnlyHint destructiveHint idempotentHint openWorldHint execution
taskSupport icons src sizes theme input toolUseId messages systemPrompt instructions modelPreferences hints
costPriority speedPriority intelligencePriority includeContext temperature maxTokens stopSequences metadata
toolChoice mode model stopReason requestedSchema action elicitationId url ref argument value context completion
values total hasMore level logger progress requestId reason protocolVersion capabilities clientInfo serverInfo
version websiteUrl supportedVersions supported requested requiredCapabilities listChanged subscribe sampling
elicitation logging completions experimental extensions tasks task taskId status statusMessage createdAt
lastUpdatedAt ttl pollInterval notifications list cancel requests form
"""
KEYS: Final = frozenset(f"{_ENVELOPE} {_FIELDS}".split()) | schema.WORDS

_STRUCTURAL: Final = """
2.0 initialize ping initialized tools/list tools/call resources/list resources/read resources/templates/list
resources/subscribe resources/unsubscribe prompts/list prompts/get completion/complete logging/setLevel
sampling/createMessage elicitation/create roots/list server/discover notifications/initialized
notifications/cancelled notifications/progress notifications/message notifications/roots/list_changed
notifications/tools/list_changed notifications/resources/list_changed notifications/resources/updated
notifications/prompts/list_changed notifications/elicitation/complete tasks/get tasks/list tasks/cancel
tasks/result notifications/tasks/status user assistant text image audio resource resource_link tool_use
tool_result ref/prompt ref/resource accept decline cancel form url auto required none thisServer allServers
endTurn stopSequence maxTokens toolUse debug info notice warning error critical alert emergency complete
input_required public private forbidden optional working completed failed cancelled text/plain application/json
2024-11-05 2025-03-26 2025-06-18 2025-11-25 2026-07-28
"""
CONSTANTS: Final = schema.TYPES | frozenset(_STRUCTURAL.split())
"""Values that are no segments where a structural word stands."""
