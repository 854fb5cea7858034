"""The clients that are tried, and what is claimed of each: the suite holds it, docs/clients.md tells it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
MODEL_HOSTS = (
    "api.openai.com",
    "api.anthropic.com",
    "generativelanguage.googleapis.com",
    "bedrock-runtime.us-east-1.amazonaws.com",
    "api.cohere.com",
    "api.mistral.ai",
    "ollama.com",
)


@dataclass(frozen=True, slots=True)
class Case:
    """What a program's function of that name asks, and what has to come of it."""

    name: str
    says: str = "{text}"
    requests: int = 1
    clean: int = 0
    """How many of these hold nothing to find: the next one does."""

    @property
    def streamed(self) -> bool:
        return self.name.endswith("streamed")


SPECIAL = {
    "embeddings": Case("embeddings", "3 numbers"),
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


def _python(name: str, package: str, asks: str, trust: str = "SSL_CERT_FILE", **more: Any) -> Client:
    return Client(name, f"python-{package}.py", trust, asks, package, **more)


def _node(name: str, program: str, package: str, asks: str) -> Client:
    return Client(name, f"node-{program}.mjs", "NODE_EXTRA_CA_CERTS", asks, package, KEYS)


KEYS = {"OPENAI_API_KEY": "sk-" + "fake-for-tests", "ANTHROPIC_API_KEY": "sk-ant-" + "fake-for-tests"}
AWS = {"AWS_ACCESS_KEY_ID": "AKIA" + "FAKEFORTESTS0000", "AWS_SECRET_ACCESS_KEY": "fake" * 10}
CHAT = "chat chat_streamed tool_streamed"
RESPONSES = "responses responses_streamed responses_tool_streamed"
MESSAGES = "messages messages_streamed messages_tool_streamed"
BEDROCK = "converse converse_streamed converse_tool_streamed"

CLIENTS = (
    _python("openai (Python)", "openai", f"{CHAT} {RESPONSES} embeddings", environment=KEYS),
    _python("anthropic (Python)", "anthropic", MESSAGES, environment=KEYS),
    _python(
        "google-genai",
        "google-genai",
        "generate generate_streamed generate_tool_streamed",
        environment={"GEMINI_API_KEY": "fake"},
    ),
    _python("boto3, signed", "boto3", BEDROCK, "AWS_CA_BUNDLE", environment=AWS),
    _python("boto3, API key", "boto3", BEDROCK, "AWS_CA_BUNDLE", environment={"AWS_BEARER_TOKEN_BEDROCK": "fake"}),
    _python("cohere", "cohere", f"{CHAT} embeddings", environment={"CO_API_KEY": "fake"}),
    _python("mistralai", "mistralai", "chat chat_streamed", environment={"MISTRAL_API_KEY": "fake"}),
    _python(
        "ollama",
        "ollama",
        f"{CHAT} generate generate_streamed embeddings",
        environment={"OLLAMA_API_KEY": "fake"},
    ),
    _python(
        "LiteLLM",
        "litellm",
        "openai openai_streamed anthropic anthropic_streamed",
        environment=KEYS | {"LITELLM_LOCAL_MODEL_COST_MAP": "True"},
    ),
    _python("langchain-openai", "langchain-openai", "chat chat_streamed with_tool", environment=KEYS),
    _python(
        "openai-agents",
        "openai-agents",
        "chat_with_tool chat_streamed responses_with_tool responses_streamed",
        environment=KEYS,
        beside=("/v1/traces/ingest",),
    ),
    _python(
        "AutoGen", "autogen-agentchat", "agent_with_tool file_with_tool team streamed tool_streamed", environment=KEYS
    ),
    _node("openai (Node)", "openai", "openai", f"{CHAT} responses responses_streamed embeddings"),
    _node("@anthropic-ai/sdk", "anthropic", "@anthropic-ai/sdk", MESSAGES),
    _node("ai (Vercel)", "ai", "ai", f"{CHAT} {RESPONSES} {MESSAGES}"),
    Client("curl", "curl.py", "CURL_CA_BUNDLE", "chat chat_streamed"),
)
