from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushgate.endpoints import Endpoint, Endpoints, load_endpoints, normal_host
from hushgate.errors import ConfigError
from hushgate.routes import PathFormat

BUILTIN = Path(__file__).parents[2] / "rules" / "endpoints" / "builtin.yaml"


@pytest.fixture(scope="module")
def builtin() -> Endpoints:
    return load_endpoints([BUILTIN])


@pytest.mark.parametrize(
    ("host", "endpoint"),
    [
        ("api.openai.com", "openai"),
        ("API.OPENAI.COM.", "openai"),
        ("eu.api.openai.com", "openai"),
        ("openai.com", None),
        ("api.openai.com.evil.example", None),
        ("acme.openai.azure.com", "azure-openai"),
        ("a.b.openai.azure.com", "azure-openai"),
        ("openai.azure.com", None),
        ("evilopenai.azure.com", None),
        ("api.anthropic.com", "anthropic"),
        ("generativelanguage.googleapis.com", "google-gemini"),
        ("europe-west4-aiplatform.googleapis.com", "google-vertex"),
        ("aiplatform.googleapis.com", "google-vertex"),
        ("storage.googleapis.com", None),
        ("bedrock-runtime.eu-central-1.amazonaws.com", "aws-bedrock"),
        ("s3.eu-central-1.amazonaws.com", None),
        ("bedrock-agentcore.eu-central-1.amazonaws.com", "aws-agentcore"),
        ("tools-x1.gateway.bedrock-agentcore.us-west-2.amazonaws.com", "aws-agentcore-gateway"),
        ("aws-external-anthropic.us-west-2.api.aws", "aws-claude-platform"),
        ("firebasevertexai.googleapis.com", "google-firebase"),
        ("q.eu-central-1.amazonaws.com", "amazon-q"),
        ("desktop-release.q.us-east-1.amazonaws.com", None),
        ("eastus.api.cognitive.microsoft.com", "azure-openai"),
        ("x1.us-east-1.aws.endpoints.huggingface.cloud", "huggingface"),
        ("api.cohere.com", "cohere"),
        ("api.mistral.ai", "mistral"),
        ("api.groq.com", "groq"),
        ("api.together.xyz", "together"),
        ("api.fireworks.ai", "fireworks"),
        ("api.deepseek.com", "deepseek"),
        ("api.x.ai", "xai"),
        ("openrouter.ai", "openrouter"),
        ("api.perplexity.ai", "perplexity"),
        ("api.cerebras.ai", "cerebras"),
        ("integrate.api.nvidia.com", "nvidia"),
        ("router.huggingface.co", "huggingface"),
        ("chatgpt.com", "chatgpt"),
        ("api.individual.githubcopilot.com", "github-copilot"),
        ("not a host", None),
        ("", None),
    ],
)
def test_builtin_hosts(builtin: Endpoints, host: str, endpoint: str | None) -> None:
    found = builtin.find(host)
    assert (found.id if found else None) == endpoint


VERTEX = "us-east5-aiplatform.googleapis.com"
GEMINI = "generativelanguage.googleapis.com"
FIREBASE = "firebasevertexai.googleapis.com"
FIRELIVE = "/ws/google.firebase.vertexai.v1beta"
AGENTCORE = "bedrock-agentcore.us-east-1.amazonaws.com"
SAP = "/v2/inference/deployments/d1"
GOOGLE = "/v1/projects/p/locations/us-east5/publishers/google/models"
CLAUDE = "/v1/projects/p/locations/us-east5/publishers/anthropic/models"


@pytest.mark.parametrize(
    ("host", "method", "path", "speaks"),
    [
        ("api.openai.com", "POST", "/v1/chat/completions", "openai-chat"),
        ("api.openai.com", "post", "/v1/chat/completions?x=1", "openai-chat"),
        ("api.openai.com", "POST", "//v1/chat/completions/", "openai-chat"),
        ("api.openai.com", "GET", "/v1/chat/completions", "openai"),
        ("api.openai.com", "POST", "/v1/chat/completions/abc", "openai"),
        ("api.openai.com", "POST", "/v1/responses", "openai-responses"),
        ("api.openai.com", "POST", "", "generic"),
        ("a.openai.azure.com", "POST", "/openai/deployments/gpt/chat/completions?api-version=1", "openai-chat"),
        ("a.openai.azure.com", "POST", "/openai/deployments/chat/completions", "openai-completions"),
        ("a.openai.azure.com", "POST", "/openai/deployments/a/b/chat/completions", "openai"),
        ("openrouter.ai", "POST", "/api/v1/chat/completions", "openai-chat"),
        ("api.anthropic.com", "POST", "/v1/messages?beta=true", "anthropic-messages"),
        ("api.anthropic.com", "POST", "/v1/messages/count_tokens", "anthropic-messages"),
        ("api.anthropic.com", "GET", "/v1/messages/batches/msgbatch_1/results", "anthropic-messages"),
        ("api.anthropic.com", "POST", "/v1/complete", "anthropic-messages"),
        ("api.anthropic.com", "POST", "/api/event_logging/batch", "generic"),
        ("a.services.ai.azure.com", "POST", "/anthropic/v1/messages", "anthropic-messages"),
        (VERTEX, "POST", f"{CLAUDE}/claude-x@20260101:streamRawPredict", "anthropic-messages"),
        (VERTEX, "POST", f"{CLAUDE}/count-tokens:rawPredict", "anthropic-messages"),
        (VERTEX, "POST", f"{CLAUDE}/claude-x@20260101:predict", "generic"),
        (GEMINI, "POST", "/v1beta/models/gemini-x:generateContent", "google-generate"),
        (GEMINI, "POST", "/v1alpha/models/gemini-x:streamGenerateContent?alt=sse", "google-stream"),
        (GEMINI, "POST", "/v1/models/gemini-x:batchEmbedContents", "google-generate"),
        (GEMINI, "POST", "/v1beta/tunedModels/mine:streamGenerateContent", "google-stream"),
        (GEMINI, "POST", "/v1beta/cachedContents", "google-generate"),
        (GEMINI, "POST", "/upload/v1beta/files", "generic"),
        (GEMINI, "POST", "/v1beta/interactions", "google-interactions"),
        (GEMINI, "GET", "/v1beta/interactions/i-1?stream=true", "google-interactions"),
        (GEMINI, "POST", "/v1beta/models/a/b:generateContent", "generic"),
        (GEMINI, "GET", "/v1beta/models/gemini-x", "generic"),
        ("cloudcode-pa.googleapis.com", "POST", "/v1internal:streamGenerateContent?alt=sse", "google-stream"),
        ("cloudcode-pa.googleapis.com", "POST", "/v1internal:countTokens", "google-generate"),
        ("cloudcode-pa.googleapis.com", "POST", "/v1internal:loadCodeAssist", "generic"),
        (VERTEX, "POST", f"{GOOGLE}/gemini-x:streamGenerateContent", "google-stream"),
        (VERTEX, "POST", f"{GOOGLE}/gemini-x:countTokens", "google-generate"),
        (VERTEX, "POST", "/v1/projects/p/locations/l/endpoints/12:generateContent", "google-generate"),
        (VERTEX, "POST", "/v1/projects/p/locations/l/endpoints/12:rawPredict", "generic"),
        (VERTEX, "POST", "/v1beta1/publishers/google/models/gemini-x:generateContent", "google-generate"),
        (FIREBASE, "POST", "/v1beta/projects/p/models/gemini-x:streamGenerateContent?alt=sse", "google-stream"),
        (FIREBASE, "POST", f"/v1beta{GOOGLE[3:]}/gemini-x:generateContent", "google-generate"),
        (FIREBASE, "POST", "/v1beta/projects/p/templates/t:templateStreamGenerateContent", "google-stream"),
        (FIREBASE, "POST", "/v1beta/projects/p/locations/l/templates/t:templateGenerateContent", "google-generate"),
        (FIREBASE, "GET", f"{FIRELIVE}.GenerativeService/BidiGenerateContent?key=k", "google-live"),
        (FIREBASE, "GET", f"{FIRELIVE}.LlmBidiService/BidiGenerateContent/locations/us-central1", "google-live"),
        (
            AGENTCORE,
            "POST",
            "/runtimes/arn%3Aaws%3Abedrock-agentcore%3Aus-east-1%3A1%3Aruntime%2Fa/invocations",
            "bedrock",
        ),
        (AGENTCORE, "POST", "/harnesses/invoke?harnessArn=arn", "bedrock-converse"),
        (f"t.gateway.{AGENTCORE}", "POST", "/mcp", "mcp"),
        ("q.us-east-1.amazonaws.com", "POST", "/", "bedrock"),
        ("q.us-east-1.amazonaws.com", "POST", "/SendMessageStreaming", "bedrock"),
        ("aws-external-anthropic.us-west-2.api.aws", "POST", "/v1/messages?beta=true", "anthropic-messages"),
        ("us-south.ml.cloud.ibm.com", "POST", "/ml/v1/text/chat_stream?version=2025-01-01", "openai-chat"),
        ("us-south.ml.cloud.ibm.com", "POST", "/ml/v1/text/generation", "generic"),
        ("api.ai.prod.eu-central-1.aws.ml.hana.ondemand.com", "POST", f"{SAP}/chat/completions", "openai-chat"),
        ("api.ai.prod.eu-central-1.aws.ml.hana.ondemand.com", "POST", f"{SAP}/invoke", "bedrock-invoke"),
        ("opencode.ai", "POST", "/zen/v1/messages", "anthropic-messages"),
        ("opencode.ai", "POST", "/zen/v1/models/gemini-x:streamGenerateContent", "google-stream"),
        ("ark.cn-beijing.volces.com", "POST", "/api/v3/chat/completions", "openai-chat"),
        ("api.cohere.com", "POST", "/v2/chat", "cohere"),
        ("api.cohere.ai", "POST", "/v1/chat", "cohere-v1"),
        ("api.cohere.com", "POST", "/v1/rerank", "cohere"),
        ("api.cohere.com", "GET", "/v1/models", "generic"),
        ("ollama.com", "POST", "/api/chat", "ollama"),
        ("api.mistral.ai", "POST", "/v1/fim/completions", "openai-completions"),
        ("api.mistral.ai", "POST", "/v1/agents/completions", "openai-chat"),
        ("api.mistral.ai", "POST", "/v1/conversations", "mistral-conversations"),
        ("api.mistral.ai", "POST", "/v1/conversations/conv_1/restart", "mistral-conversations"),
        ("api.mistral.ai", "GET", "/v1/conversations/conv_1/history", "mistral-conversations"),
        ("api.mistral.ai", "POST", "/v1/ocr", "openai"),
        ("ollama.com", "POST", "/api/pull", "generic"),
    ],
)
def test_builtin_formats(builtin: Endpoints, host: str, method: str, path: str, speaks: str) -> None:
    endpoint = builtin.find(host)
    assert endpoint is not None
    assert endpoint.format_of(method, path) == speaks


@pytest.mark.parametrize(
    ("path", "asked", "speaks"),
    [
        ("/m/{model}:chat", "/m/gpt-4:chat", ("openai-chat", "gpt-4")),
        ("/m/{model}:chat", "/m/a%3Ab%2Fc:chat", ("openai-chat", "a:b/c")),
        ("/m/{model}:chat", "/m/gpt-4:count", ("generic", None)),
        ("/m/{model}:chat", "/m/:chat", ("generic", None)),
        ("/m/{model}:chat", "/m/a/b:chat", ("generic", None)),
        ("/m/*:chat", "/m/gpt-4:chat?x", ("openai-chat", None)),
        ("/m/a.c", "/m/abc", ("generic", None)),
        ("/m/**", "/m/a/b/c", ("openai-chat", None)),
        ("/m/**", "/m", ("generic", None)),
        ("/m/**", "/m/", ("generic", None)),
    ],
)
def test_a_path_has_wildcards_and_may_name_the_model(path: str, asked: str, speaks: tuple[str, str | None]) -> None:
    routes = (PathFormat(path, "openai-chat"),)
    assert Endpoint("a", "a", ("a.example",), False, "https", routes, "a.yaml", 1).speaks("POST", asked) == speaks


@pytest.mark.parametrize(
    ("host", "likely"),
    [
        ("us-east5-aiplatform.googleapis.com", False),  # governed
        ("mars1-aiplatform.googleapis.com", True),
        ("labs.openai.com", True),
        ("ollama.corp.example", True),
        ("api.new-model.ai", True),
        ("github.com", False),
        ("pypi.org", False),
    ],
)
def test_hosts_that_look_like_an_llm(builtin: Endpoints, host: str, likely: bool) -> None:
    assert builtin.likely_llm(host) is likely


def test_every_builtin_host_has_an_intercepted_place(builtin: Endpoints) -> None:
    assert {h for h, _, _ in builtin.intercepted()} == set(builtin.hosts())
    assert all(file.endswith("builtin.yaml") and line > 1 for _, file, line in builtin.intercepted())
    assert not any(e.self_hosted or e.scheme != "https" for e in builtin.endpoints)


@pytest.mark.parametrize(
    ("host", "normal"),
    [
        ("API.Example.COM.", "api.example.com"),
        ("b\u00fccher.example", "xn--bcher-kva.example"),
        ("api\u3002openai\u3002com", "api.openai.com"),
        ("\uff41pi.openai.com", "api.openai.com"),
        ("[::1]", "::1"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
        ("_x.example", "_x.example"),
    ],
)
def test_normal_hosts(host: str, normal: str) -> None:
    assert normal_host(host) == normal


@pytest.mark.parametrize(
    "host",
    [
        "",
        ".",
        "a..b",
        "-a.example",
        "a b",
        "a/b",
        "a:80",
        "a@b",
        "a%2eb",
        "x" * 64,
        "a\n",
        "[a.example]",
        "[127.0.0.1]",
    ],
)
def test_what_is_no_host(host: str) -> None:
    with pytest.raises(ValueError):
        normal_host(host)


@given(st.text(max_size=40))
def test_a_normal_host_stays_as_it_is(host: str) -> None:
    try:
        once = normal_host(host)
    except ValueError:
        return
    assert normal_host(once) == once
    assert once == once.lower()
    assert once.isascii()


def write(tmp_path: Path, text: str, name: str = "x.yaml") -> Path:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def test_own_endpoints(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        """
version: 1
endpoints:
  - id: acme-llm
    hosts: [llm.acme.example, "*.Models.acme.example", "*.deep.models.acme.example"]
    routes: [{path: /v1/*/chat, format: openai-chat}]
  - id: local
    provider: ollama
    hosts: [localhost, 127.0.0.1]
    self_hosted: true
    scheme: http
  - id: deep
    hosts: [exact.models.acme.example]
likely_llm: ["*.Brain.example"]
""",
    )
    found = load_endpoints([file])
    acme, local = found.endpoints[:2]
    assert (acme.provider, acme.scheme, acme.self_hosted) == ("acme-llm", "https", False)
    assert acme.format_of("PUT", "/v1/x/chat") == "openai-chat"
    assert (local.provider, local.scheme, local.self_hosted) == ("ollama", "http", True)
    assert found.find("127.0.0.1") is local
    assert found.find("x.models.acme.example") is acme
    assert found.find("exact.models.acme.example") is found.named("deep")
    assert found.likely_llm("a.brain.example")
    assert {h for h, _, _ in found.intercepted()}.isdisjoint({"localhost", "127.0.0.1"})
    assert found.named("nobody") is None


def test_the_revision_follows_the_content(tmp_path: Path) -> None:
    text = "version: 1\nendpoints:\n  - {id: a, hosts: [a.example]}\n"
    first = load_endpoints([write(tmp_path, text)])
    same = load_endpoints([write(tmp_path, "# moved\n" + text, "y.yaml")])
    other = load_endpoints([write(tmp_path, text.replace("a.example", "b.example"))])
    assert first.revision == same.revision != other.revision


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("version: 2\nendpoints: []\n", 1, ""),
        ("version: 1\nendpoints:\n  - {id: a, host: [a.example]}\n", 3, "host"),
        ("version: 1\nendpoints:\n  - {id: a, hosts: []}\n", 3, ""),
        ("version: 1\nendpoints:\n  - {id: a, hosts: ['https://a.example']}\n", 3, "not a host"),
        ("version: 1\nendpoints:\n  - {id: a, hosts: ['a.*.example']}\n", 3, "not a host"),
        ("version: 1\nendpoints:\n  - {id: a, hosts: ['*']}\n", 3, "not a host"),
        ("version: 1\nendpoints:\n  - {id: a, hosts: ['*.com']}\n", 3, "top-level"),
        ("version: 1\nendpoints:\n  - {id: a, hosts: [10.0.0.1]}\n", 3, "is an address"),
        ("version: 1\nendpoints:\n  - {id: a, hosts: [a.example], scheme: http}\n", 3, "self-hosted"),
        ("version: 1\nendpoints:\n  - {id: a, hosts: [a.example], routes: [{path: x, format: generic}]}\n", 3, ""),
        ("version: 1\nendpoints:\n  - {id: a, hosts: [a.example], routes: [{path: /x, format: telex}]}\n", 3, "telex"),
        ("version: 1\nendpoints:\n  - {id: a, hosts: [a.example]}\n  - {id: a, hosts: [b.example]}\n", 4, "id a"),
        ("version: 1\nendpoints:\n  - {id: a, hosts: [a.example]}\n  - {id: b, hosts: [A.example]}\n", 4, "belongs to"),
        ("version: 1\nendpoints: []\n", 0, "no host is governed"),
        ("version: 1\nendpoints: [\n", 0, ""),
    ],
)
def test_faults(tmp_path: Path, text: str, line: int, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_endpoints([write(tmp_path, text)])
    fault = caught.value.faults[0]
    assert says in str(fault)
    assert not line or fault.line == line


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    one = write(tmp_path, "version: 1\nendpoints:\n  - {id: a, hosts: ['*', '*.com']}\n", "one.yaml")
    two = write(tmp_path, "version: 1\nnonsense: true\n", "two.yaml")
    with pytest.raises(ConfigError) as caught:
        load_endpoints([one, two])
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize(
    ("host", "path", "form"),
    [
        ("api.openai.com", "/v1/responses", "openai-responses"),
        ("api.openai.com", "/v1/embeddings", "openai"),
        ("api.openai.com", "/v1/assistants", "openai"),
        ("eu.api.openai.com", "/v1/completions", "openai-completions"),
        ("chatgpt.com", "/backend-api/codex/responses", "openai-responses"),
        ("chatgpt.com", "/backend-api/conversation", "generic"),
        ("acme.openai.azure.com", "/openai/deployments/gpt/chat/completions", "openai-chat"),
        ("acme.openai.azure.com", "/openai/deployments/gpt/completions", "openai-completions"),
        ("acme.openai.azure.com", "/openai/deployments/gpt/images/generations", "openai"),
        ("acme.openai.azure.com", "/openai/v1/responses", "openai-responses"),
        ("acme.openai.azure.com", "/openai/responses/resp_1/cancel", "openai-responses"),
        ("acme.openai.azure.com", "/openai/threads/t/runs", "openai"),
        ("acme.services.ai.azure.com", "/api/projects/p/openai/responses", "openai-responses"),
        ("acme.services.ai.azure.com", "/models/embeddings", "openai"),
        ("acme.services.ai.azure.com", "/anthropic/v1/messages", "anthropic-messages"),
        ("api.githubcopilot.com", "/chat/completions", "openai-chat"),
        ("api.githubcopilot.com", "/responses", "openai-responses"),
        ("api.githubcopilot.com", "/v1/messages", "anthropic-messages"),
        ("copilot-proxy.githubusercontent.com", "/v1/engines/gpt-41/completions", "openai-completions"),
        ("api.groq.com", "/openai/v1/responses", "openai-responses"),
        ("api.fireworks.ai", "/inference/v1/responses", "openai-responses"),
        ("api.deepseek.com", "/beta/completions", "openai-completions"),
        ("api.deepseek.com", "/chat/completions", "openai-chat"),
        ("api.mistral.ai", "/v1/fim/completions", "openai-completions"),
        ("api.mistral.ai", "/v1/conversations", "mistral-conversations"),
        ("api.x.ai", "/v1/responses/r", "openai-responses"),
        ("openrouter.ai", "/api/v1/embeddings", "openai"),
        ("router.huggingface.co", "/v1/responses", "openai-responses"),
        ("models.github.ai", "/orgs/acme/inference/embeddings", "openai"),
        ("ws1.ap-southeast-1.maas.aliyuncs.com", "/compatible-mode/v1/chat/completions", "openai-chat"),
        ("bedrock-runtime.us-east-1.amazonaws.com", "/openai/v1/responses", "openai-responses"),
        ("bedrock-mantle.us-east-1.api.aws", "/v1/responses", "openai-responses"),
    ],
)
def test_paths_of_openais_api(builtin: Endpoints, host: str, path: str, form: str) -> None:
    endpoint = builtin.find(host)
    assert endpoint is not None
    assert endpoint.format_of("POST", path) == form


def test_written_routes_go_before_openais(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "version: 1\nendpoints:\n  - id: own\n    hosts: [llm.internal.example]\n    openai: [/v1]\n"
        "    routes: [{path: /v1/responses, format: generic}]\n"
    )
    own = load_endpoints([path]).named("own")
    assert own is not None
    assert own.openai == ("/v1",)
    assert [own.format_of("POST", f"/v1/{name}") for name in ("responses", "completions", "rerank")] == [
        "generic", "openai-completions", "openai",
    ]  # fmt: skip
