"""The Google Gen AI SDK: Gemini. The provider has no batchEmbedContents, to which this SDK sends embeddings."""

from collections.abc import Iterator

import told
from google import genai

# Under this version of the API alone the provider answers.
client = genai.Client(http_options={"api_version": "v1beta"})


def generate(text: str) -> str | None:
    return client.models.generate_content(model="gemini-2.5-flash", contents=text).text


def generate_streamed(text: str) -> Iterator[str]:
    for chunk in client.models.generate_content_stream(model="gemini-2.5-flash", contents=text):
        yield chunk.text or ""


told.run(generate, generate_streamed)
