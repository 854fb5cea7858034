"""The Ollama SDK, with Ollama's cloud: chat, generate, embeddings."""

from collections.abc import Iterator

import told
from ollama import Client

client = Client(host="https://ollama.com")
MODEL = "gpt-oss:120b"


def chat(text: str) -> str | None:
    return client.chat(MODEL, messages=[{"role": "user", "content": text}]).message.content


def chat_streamed(text: str) -> Iterator[str]:
    for part in client.chat(MODEL, messages=[{"role": "user", "content": text}], stream=True):
        yield part.message.content or ""


def generate(text: str) -> str:
    return client.generate(MODEL, text).response


def generate_streamed(text: str) -> Iterator[str]:
    yield from (part.response for part in client.generate(MODEL, text, stream=True))


def embeddings(text: str) -> str:
    return f"{len(client.embeddings(MODEL, text).embedding)} numbers"


told.run(chat, chat_streamed, generate, generate_streamed, embeddings)
