"""The clients that are tried, and what is claimed of each: the suite holds it, docs/clients.md tells it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.doubles.bedrock import BEARER

ROOT = Path(__file__).parents[2]
MODEL_HOSTS = (
    "api.openai.com",
    "hushgate-tests.openai.azure.com",
    "api.anthropic.com",
    "generativelanguage.googleapis.com",
    "bedrock-runtime.us-east-1.amazonaws.com",
    "aws-external-anthropic.us-east-1.api.aws",
    "api.cohere.com",
    "api.mistral.ai",
    "ollama.com",
)
INVOKE_HOST = "bedrock-runtime.us-west-2.amazonaws.com"
"""Played by a double of ours: aimock has no Llama, and its chunks of InvokeModel are not wrapped as AWS wraps them."""
LIVE_HOST = "aiplatform.googleapis.com"
"""Played by a double of ours: aimock does not know `client_content`, which google-genai says over WebSockets."""


@dataclass(frozen=True, slots=True)
class Case:
    """What a program's function of that name asks, and what has to come of it."""

    name: str
    says: str = "{text}"
    requests: int = 1
    clean: int = 0
    """How many of these hold nothing to find, with either prompt."""
    bare: int = 0
    """How many of those are a WebSocket's messages without any text, which are no exchange."""
    closes: bool = False
    """A refusal closes the WebSocket, and has no more than 123 bytes for its reason."""

    @property
    def exchanges(self) -> int:
        """How many go on record as forwarded, of both prompts."""
        return self.requests + self.clean - 2 * self.bare

    @property
    def streamed(self) -> bool:
        return self.name.endswith("streamed")


SPECIAL = {
    "embeddings": Case("embeddings", "3 numbers"),
    "realtime_streamed": Case("realtime_streamed", requests=3, clean=2, bare=2),
    "live_streamed": Case("live_streamed", requests=2, clean=1, bare=1, closes=True),
    "team": Case("team", requests=2),
    "file_with_tool": Case("file_with_tool", "The tool said: {text}", 2, clean=1),
}


def _usual(name: str) -> Case:
    """The model repeats what it hears; with a tool it calls that first, and tells what came of it."""
    return Case(name, "The tool said: kept {text}", 2) if "tool" in name else Case(name)


@dataclass(frozen=True, slots=True)
class Client:
    """`program` is in programs/; `asks` names its cases; `trust` is the one variable that it takes trust from."""

    name: str
    program: str
    trust: str
    asks: str
    formats: str
    """What the gate reads its requests as, by name."""
    raises: str
    """What its exceptions for a refused request are called."""
    package: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    beside: tuple[str, ...] = ()
    """Paths that the client asks by itself, beside the cases."""

    @property
    def cases(self) -> tuple[Case, ...]:
        return tuple(SPECIAL.get(name) or _usual(name) for name in self.asks.split())

    @property
    def version(self) -> str:
        """The locked version; "" for what no lock holds."""
        if self.package is None:
            return ""
        if self.program.endswith(".mjs"):
            lock = json.loads((ROOT / "tests/clients/package-lock.json").read_text("utf-8"))
            return str(lock["packages"][f"node_modules/{self.package}"]["version"])
        lock = (ROOT / "requirements/clients.txt").read_text("utf-8")
        found = re.search(rf"^{self.package}==(\S+)", lock, re.MULTILINE)
        assert found, f"{self.package} is not locked: scripts/lock"
        return found[1]


KEYS = {"OPENAI_API_KEY": "sk-" + "fake-for-tests", "ANTHROPIC_API_KEY": "sk-ant-" + "fake-for-tests"}
PROXIED = KEYS | {"NODE_USE_ENV_PROXY": "1"}  # which Node knows from 24 on; before, the programs do it themselves
AWS = {"AWS_ACCESS_KEY_ID": "AKIA" + "FAKEFORTESTS0000", "AWS_SECRET_ACCESS_KEY": "fake" * 10}

CHAT = "chat chat_streamed tool_streamed"
RESPONSES = "responses responses_streamed responses_tool_streamed"
MESSAGES = "messages messages_streamed messages_tool_streamed"
GENERATE = "generate generate_streamed"
OPENAI = "openai-chat openai-responses openai"


def _python(name: str, package: str, asks: str, formats: str, raises: str, **more: Any) -> Client:
    return Client(
        name,
        f"python-{package}.py",
        more.pop("trust", "SSL_CERT_FILE"),
        asks,
        formats,
        raises,
        package,
        more.pop("environment", KEYS),
        **more,
    )


def _node(name: str, program: str, package: str, asks: str, formats: str, raises: str) -> Client:
    return Client(name, f"node-{program}.mjs", "NODE_EXTRA_CA_CERTS", asks, formats, raises, package, PROXIED)


def _boto3(name: str, environment: Mapping[str, str]) -> Client:
    asks = "converse converse_streamed converse_tool_streamed invoke invoke_streamed invoke_llama invoke_llama_streamed"
    formats = "bedrock-converse bedrock-invoke"
    return _python(name, "boto3", asks, formats, "ValidationException", trust="AWS_CA_BUNDLE", environment=environment)


CLIENTS = (
    _python(
        "openai (Python)",
        "openai",
        f"{CHAT} {RESPONSES} responses_socket_streamed realtime_streamed embeddings",
        f"{OPENAI} openai-realtime",
        "BadRequestError Failed",
    ),
    Client(
        "openai (Python), Azure",
        "python-openai-azure.py",
        "SSL_CERT_FILE",
        "chat chat_streamed",
        "openai-chat",
        "BadRequestError",
        "openai",
        {"AZURE_OPENAI_API_KEY": "fake"},
    ),
    _python("anthropic (Python)", "anthropic", MESSAGES, "anthropic-messages", "BadRequestError"),
    Client(
        "anthropic (Python), AWS",
        "python-anthropic-aws.py",
        "SSL_CERT_FILE",
        "messages messages_streamed",
        "anthropic-messages",
        "BadRequestError",
        "anthropic",
        AWS | {"AWS_REGION": "us-east-1", "ANTHROPIC_AWS_WORKSPACE_ID": "wrkspc_" + "fake"},
    ),
    _python(
        "google-genai",
        "google-genai",
        f"{GENERATE} generate_tool_streamed live_streamed",
        "google-generate google-stream google-live",
        "ClientError APIError",
        environment={"GOOGLE_API_KEY": "fake"},
    ),
    _boto3("boto3, signed", AWS),
    _boto3("boto3, API key", {"AWS_BEARER_TOKEN_BEDROCK": BEARER}),
    _python("cohere", "cohere", f"{CHAT} embeddings", "cohere", "BadRequestError", environment={"CO_API_KEY": "fake"}),
    _python(
        "mistralai",
        "mistralai",
        "chat chat_streamed",
        "openai-chat",
        "SDKError",
        environment={"MISTRAL_API_KEY": "fake"},
    ),
    _python(
        "ollama",
        "ollama",
        f"{CHAT} {GENERATE} embeddings",
        "ollama",
        "ResponseError",
        environment={"OLLAMA_API_KEY": "fake"},
    ),
    _python(
        "LiteLLM",
        "litellm",
        "openai openai_streamed anthropic anthropic_streamed",
        "openai-chat anthropic-messages",
        "BadRequestError",
        environment=KEYS | {"LITELLM_LOCAL_MODEL_COST_MAP": "True"},
    ),
    _python(
        "langchain-openai",
        "langchain-openai",
        "chat chat_streamed with_tool",
        "openai-chat",
        "OpenAIInvalidRequestError",
    ),
    _python(
        "openai-agents",
        "openai-agents",
        "chat_with_tool chat_streamed responses_with_tool responses_streamed",
        "openai-chat openai-responses",
        "BadRequestError",
        beside=("/v1/traces/ingest",),
    ),
    _python(
        "AutoGen",
        "autogen-agentchat",
        "agent_with_tool file_with_tool team streamed tool_streamed",
        "openai-chat",
        "BadRequestError RuntimeError",
    ),
    _node(
        "openai (Node)",
        "openai",
        "openai",
        f"{CHAT} responses responses_streamed embeddings",
        OPENAI,
        "BadRequestError",
    ),
    _node("@anthropic-ai/sdk", "anthropic", "@anthropic-ai/sdk", MESSAGES, "anthropic-messages", "BadRequestError"),
    _node(
        "ai (Vercel)",
        "ai",
        "ai",
        f"{CHAT} {RESPONSES} {MESSAGES}",
        "openai-chat openai-responses anthropic-messages",
        "APICallError",
    ),
    Client("curl", "curl.py", "CURL_CA_BUNDLE", "chat chat_streamed", "openai-chat", "ExitCode22"),
)
