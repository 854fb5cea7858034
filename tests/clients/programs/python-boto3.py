"""boto3: Bedrock's Converse, signed or with a Bedrock API key, as the environment has it."""

from collections.abc import Iterator

import boto3
import told

client = boto3.client("bedrock-runtime", region_name="us-east-1")
MODEL = "anthropic.claude-3-5-sonnet-20241022-v2:0"


def converse(text: str) -> str:
    said = client.converse(modelId=MODEL, messages=[{"role": "user", "content": [{"text": text}]}])
    return "".join(block["text"] for block in said["output"]["message"]["content"])


def converse_streamed(text: str) -> Iterator[str]:
    said = client.converse_stream(modelId=MODEL, messages=[{"role": "user", "content": [{"text": text}]}])
    for event in said["stream"]:
        yield event.get("contentBlockDelta", {}).get("delta", {}).get("text", "")


told.run(converse, converse_streamed)
