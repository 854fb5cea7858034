"""The fixed words of the Bedrock runtime: keys and constants that carry no value of anyone's.

Source: the Bedrock runtime API reference (Converse, ConverseStream,
ApplyGuardrail, CountTokens, async invocations).
"""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase, digits
from typing import Final

from hushgate.wire import schema

_REQUEST: Final = """
additionalModelRequestFields additionalModelResponseFieldPaths any auto body checks clientRequestToken content
contentFilter converse effort entities categories category guardrailConfig guardrailIdentifier guardrailVersion
guardContent inferenceConfig input inputSchema invokeModel json jsonSchema key kmsKeyId bucketOwner latency maxTokens
messages modelId modelInput name outputConfig outputDataConfig outputScope performanceConfig promptAttack
projectIdentifier promptVariables qualifiers requestMetadata s3OutputDataConfig s3Uri sensitiveInformation
serviceTier source stopSequences streamProcessingMode strict structure system systemTool tags temperature textFormat
tool toolChoice toolConfig toolSpec tools topP trace type value
"""
_CONTENT: Final = """
audio bytes cachePoint citation citations citationsContent context description document documentChar documentChunk
documentIndex documentPage domain enabled end error format image location message reasoningContent reasoningText
redactedContent role s3Location schema searchResult searchResultIndex searchResultLocation serverName signature
sourceContent start status text title toolAddition toolRemoval toolResult toolUse toolUseId ttl uri url video web
"""
_REPLY: Final = """
additionalModelResponseFields cacheDetails cacheReadInputTokens cacheWriteInputTokens contentBlockIndex delta
failureMessage asyncInvokeSummaries endTime inputTokens invocationArn lastModifiedTime latencyMs metrics modelArn
nextToken output outputTokens promptRouter invokedModelId results stopReason submitTime totalTokens usage
originalMessage originalStatusCode p messageStart contentBlockStart contentBlockDelta contentBlockStop messageStop
metadata
"""
_GUARDRAIL: Final = """
action actionReason appliedGuardrailDetails assessments automatedReasoningPolicies automatedReasoningPolicy
automatedReasoningPolicyUnits beginOffset confidence confidenceScore contentIndex contentPolicy
contentPolicyImageUnits contentPolicyUnits contextualGroundingPolicy contextualGroundingPolicyUnits customWords
detected endOffset filterStrength filters findings guarded guardrail guardrailArn guardrailCoverage guardrailId
guardrailOrigin guardrailOwnership guardrailProcessingLatency images inputAssessment invocationMetrics
managedWordLists match messageIndex modelOutput outputAssessments outputs piiEntities regex regexes score
sensitiveInformationPolicy sensitiveInformationPolicyFreeUnits sensitiveInformationPolicyUnits severityScore
textCharacters textUnits threshold topicPolicy topicPolicyUnits topics total truncated wordPolicy wordPolicyUnits
"""
KEYS: Final = frozenset(f"{_REQUEST} {_CONTENT} {_REPLY} {_GUARDRAIL}".split()) | schema.WORDS

_STRUCTURAL: Final = """
1h 5m INPUT OUTPUT INTERVENTIONS FULL NONE GUARDRAIL_INTERVENED InProgress Completed Failed aac assistant async
content_filtered csv default disabled doc docx enabled enabled_full end_turn error flac flex flv gif
grounding_source guard_content guardrail_intervened html jpeg json_schema m4a malformed_model_output
malformed_tool_use max_tokens md mka mkv model_context_window_exceeded mov mp3 mp4 mpeg mpg mpga ogg optimized opus
pcm pdf png priority query reserved server_tool_use standard stop_sequence success sync system three_gp tool_use
txt user wav webm webp wmv x-aac xls xlsx
"""
CONSTANTS: Final = schema.TYPES | frozenset(_STRUCTURAL.split())
"""Values that are no segments where a structural word stands."""

PADDING: Final = ascii_lowercase + ascii_uppercase + digits
"""What events are filled up with from its beginning (`p`), so that their size does not tell the text's."""
