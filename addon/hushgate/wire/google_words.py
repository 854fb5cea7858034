"""The fixed words of Google's Gemini API: keys and constants that carry no value of anyone's.

The API takes and tells each field in two spellings, `systemInstruction` and
`system_instruction` (the JSON mapping of protocol buffers). Both are read
alike, side by side too, so it does not matter which one the provider picks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from hushgate.wire import schema

_CAPITAL: Final = re.compile(r"(?<=[a-z0-9])[A-Z]")


def snake(word: str) -> str:
    """`systemInstruction` as `system_instruction`."""
    return _CAPITAL.sub(lambda found: "_" + found[0].lower(), word)


def both[Value](table: Mapping[str, Value]) -> dict[str, Value]:
    """`table` with its keys in both spellings."""
    return {**table, **{snake(key): value for key, value in table.items()}}


def _words(*lists: str) -> Iterable[str]:
    for word in " ".join(lists).split():
        yield word
        yield snake(word)


_REQUEST: Final = """
model contents content systemInstruction tools toolConfig safetySettings generationConfig cachedContent labels
requests request generateContentRequest instances batch inputConfig metadata key displayName fileName file name
ttl expireTime createTime updateTime kmsKeyName encryptionSpec taskType title outputDimensionality store priority
project userPromptId sessionId enabledCreditTypes modelArmorConfig promptTemplateName responseTemplateName
"""
_PART: Final = """
role parts text inlineData fileData data mimeType fileUri functionCall functionResponse args response
willContinue scheduling partialArgs jsonPath stringValue numberValue boolValue nullValue executableCode language code
codeExecutionResult outcome output thought thoughtSignature videoMetadata startOffset endOffset fps mediaResolution
level toolCall toolResponse toolType partMetadata audioTranscription id
"""
_CONFIG: Final = """
temperature topP topK candidateCount maxOutputTokens stopSequences seed presencePenalty frequencyPenalty
responseMimeType responseSchema responseJsonSchema responseModalities responseLogprobs logprobs thinkingConfig
includeThoughts thinkingBudget thinkingLevel speechConfig voiceConfig prebuiltVoiceConfig voiceName
multiSpeakerVoiceConfig speakerVoiceConfigs languageCode imageConfig aspectRatio imageSize audioTimestamp
enableEnhancedCivicAnswers routingConfig modelSelectionConfig functionDeclarations description parameters
parametersJsonSchema behavior responseJsonSchema googleSearch googleSearchRetrieval dynamicRetrievalConfig mode
dynamicThreshold codeExecution urlContext googleMaps enterpriseWebSearch computerUse environment fileSearch
retrieval vertexAiSearch vertexRagStore functionCallingConfig allowedFunctionNames streamFunctionCallArguments
retrievalConfig latLng latitude longitude category threshold method
"""
_REPLY: Final = """
candidates index finishReason finishMessage tokenCount avgLogprobs logprobsResult chosenCandidates topCandidates token
tokenId logProbability logProbabilitySum safetyRatings probability probabilityScore severity severityScore blocked
citationMetadata citations citationSources startIndex endIndex uri license publicationDate year month day
groundingMetadata groundingChunks groundingSupports groundingChunkIndices confidenceScores segment partIndex web
domain retrievedContext searchEntryPoint renderedContent sdkBlob webSearchQueries retrievalQueries
retrievalMetadata googleSearchDynamicRetrievalScore urlContextMetadata urlMetadata retrievedUrl urlRetrievalStatus
promptFeedback blockReason blockReasonMessage usageMetadata promptTokenCount candidatesTokenCount totalTokenCount
cachedContentTokenCount thoughtsTokenCount toolUsePromptTokenCount promptTokensDetails candidatesTokensDetails
cacheTokensDetails toolUsePromptTokensDetails modality trafficType modelVersion responseId modelStatus modelStage
error message status details reason totalTokens totalBillableCharacters embedding embeddings values statistics
truncated traceId
"""
_SCHEMA: Final = "propertyOrdering nullable anyOf minItems maxItems minLength maxLength minProperties maxProperties"
KEYS: Final = frozenset(_words(_REQUEST, _PART, _CONFIG, _REPLY, _SCHEMA)) | schema.WORDS

_STRUCTURAL: Final = """
user model function system STRING NUMBER INTEGER BOOLEAN ARRAY OBJECT NULL TYPE_UNSPECIFIED
STOP MAX_TOKENS SAFETY RECITATION LANGUAGE OTHER BLOCKLIST PROHIBITED_CONTENT SPII MALFORMED_FUNCTION_CALL
UNEXPECTED_TOOL_CALL TOO_MANY_TOOL_CALLS IMAGE_SAFETY FINISH_REASON_UNSPECIFIED
HARM_CATEGORY_HARASSMENT HARM_CATEGORY_HATE_SPEECH HARM_CATEGORY_SEXUALLY_EXPLICIT HARM_CATEGORY_DANGEROUS_CONTENT
HARM_CATEGORY_CIVIC_INTEGRITY BLOCK_NONE OFF BLOCK_ONLY_HIGH BLOCK_MEDIUM_AND_ABOVE BLOCK_LOW_AND_ABOVE
NEGLIGIBLE LOW MEDIUM HIGH MINIMAL HARM_SEVERITY_NEGLIGIBLE HARM_SEVERITY_LOW HARM_SEVERITY_MEDIUM HARM_SEVERITY_HIGH
AUTO ANY NONE VALIDATED MODE_DYNAMIC PYTHON OUTCOME_OK OUTCOME_FAILED OUTCOME_DEADLINE_EXCEEDED
TEXT IMAGE AUDIO VIDEO DOCUMENT ON_DEMAND PROVISIONED_THROUGHPUT text/plain application/json image/png image/jpeg
application/pdf RETRIEVAL_QUERY RETRIEVAL_DOCUMENT SEMANTIC_SIMILARITY CLASSIFICATION CLUSTERING QUESTION_ANSWERING
FACT_VERIFICATION CODE_RETRIEVAL_QUERY enum date-time float double int32 int64 byte
"""
CONSTANTS: Final = schema.TYPES | frozenset(_STRUCTURAL.split())
"""Values that are no segments where a structural word stands."""
