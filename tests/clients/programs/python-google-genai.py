"""The Google Gen AI SDK: Gemini. The provider has no batchEmbedContents, to which this SDK sends embeddings."""

from collections.abc import AsyncIterator, Iterator

import told
from google import genai

# Under this version of the API alone the provider answers.
client = genai.Client(http_options={"api_version": "v1beta"})


def generate(text: str) -> str | None:
    return client.models.generate_content(model="gemini-2.5-flash", contents=text).text


def generate_streamed(text: str) -> Iterator[str]:
    for chunk in client.models.generate_content_stream(model="gemini-2.5-flash", contents=text):
        yield chunk.text or ""


def generate_tool_streamed(text: str) -> Iterator[str]:
    """The SDK calls the function by itself, and sends what it returned."""
    got = []

    def keep(text: str) -> str:
        """Keep a text."""
        got.append(text)
        return f"kept {text}"

    for chunk in client.models.generate_content_stream(
        model="gemini-2.5-flash", contents=text, config={"tools": [keep]}
    ):
        yield chunk.text or ""
    assert got == [text], got


vertex = genai.Client(vertexai=True)


async def live_streamed(text: str) -> AsyncIterator[str]:
    """Over a WebSocket, on Vertex AI."""
    turn = {"role": "user", "parts": [{"text": text}]}
    config = {"response_modalities": ["TEXT"]}
    async with vertex.aio.live.connect(model="gemini-2.0-flash-live-001", config=config) as session:
        await session.send_client_content(turns=turn, turn_complete=True)
        async for message in session.receive():
            yield message.text or ""


told.run(generate, generate_streamed, generate_tool_streamed, live_streamed)
