"""boto3: Bedrock's Converse, signed or with a Bedrock API key, as the environment has it."""

import json
from collections.abc import Iterator

import boto3
import told

client = boto3.client("bedrock-runtime", region_name="us-east-1")
MODEL = "anthropic.claude-3-5-sonnet-20241022-v2:0"
KEEP = {
    "name": "keep",
    "description": "Keep a text.",
    "inputSchema": {"json": {"type": "object", "properties": {"text": {"type": "string"}}}},
}
TOOLS = {"tools": [{"toolSpec": KEEP}]}


def converse(text: str) -> str:
    said = client.converse(modelId=MODEL, messages=[{"role": "user", "content": [{"text": text}]}])
    return "".join(block["text"] for block in said["output"]["message"]["content"])


def converse_streamed(text: str) -> Iterator[str]:
    said = client.converse_stream(modelId=MODEL, messages=[{"role": "user", "content": [{"text": text}]}])
    for event in said["stream"]:
        yield event.get("contentBlockDelta", {}).get("delta", {}).get("text", "")


def converse_tool_streamed(text: str) -> Iterator[str]:
    """The call's input is put together from its deltas; the answer to its result is streamed, too."""
    turns = [{"role": "user", "content": [{"text": text}]}]
    start, arguments = {}, ""
    for event in client.converse_stream(modelId=MODEL, messages=turns, toolConfig=TOOLS)["stream"]:
        start = event.get("contentBlockStart", {}).get("start", {}).get("toolUse", start)
        arguments += event.get("contentBlockDelta", {}).get("delta", {}).get("toolUse", {}).get("input", "")
    called = {"toolUseId": start["toolUseId"], "name": start["name"], "input": json.loads(arguments)}
    assert called["input"] == {"text": text}, arguments
    result = {"toolUseId": start["toolUseId"], "content": [{"text": f"kept {text}"}]}
    turns += [{"role": "assistant", "content": [{"toolUse": called}]}]
    turns += [{"role": "user", "content": [{"toolResult": result}]}]
    for event in client.converse_stream(modelId=MODEL, messages=turns, toolConfig=TOOLS)["stream"]:
        yield event.get("contentBlockDelta", {}).get("delta", {}).get("text", "")


told.run(converse, converse_streamed, converse_tool_streamed)
