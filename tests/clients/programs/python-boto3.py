"""boto3: Bedrock's Converse and InvokeModel, signed or with a Bedrock API key, as the environment has it."""

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


other = boto3.client("bedrock-runtime", region_name="us-west-2")
LLAMA = "meta.llama3-1-70b-instruct-v1:0"


def anthropic(text: str) -> dict[str, str]:
    turn = {"role": "user", "content": [{"type": "text", "text": text}]}
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 500, "messages": [turn]}
    return {"modelId": MODEL, "body": json.dumps(body)}


def llama(text: str) -> dict[str, str]:
    return {"modelId": LLAMA, "body": json.dumps({"prompt": text, "max_gen_len": 500})}


def invoke(text: str) -> str:
    said = json.loads(client.invoke_model(**anthropic(text))["body"].read())
    return "".join(block["text"] for block in said["content"])


def invoke_streamed(text: str) -> Iterator[str]:
    for event in other.invoke_model_with_response_stream(**anthropic(text))["body"]:
        said = json.loads(event["chunk"]["bytes"])
        yield said["delta"]["text"] if said["type"] == "content_block_delta" else ""


def invoke_llama(text: str) -> str:
    return json.loads(other.invoke_model(**llama(text))["body"].read())["generation"]


def invoke_llama_streamed(text: str) -> Iterator[str]:
    for event in other.invoke_model_with_response_stream(**llama(text))["body"]:
        yield json.loads(event["chunk"]["bytes"])["generation"]


told.run(
    converse, converse_streamed, converse_tool_streamed, invoke, invoke_streamed, invoke_llama, invoke_llama_streamed
)
