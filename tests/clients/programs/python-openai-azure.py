"""The OpenAI SDK with Azure: chat completions of a deployment."""

from collections.abc import Iterator

import told
from openai import AzureOpenAI

client = AzureOpenAI(azure_endpoint="https://hushgate-tests.openai.azure.com", api_version="2025-01-01-preview")


def chat(text: str) -> str | None:
    turn = {"role": "user", "content": text}
    return client.chat.completions.create(model="our-gpt-4o", messages=[turn]).choices[0].message.content


def chat_streamed(text: str) -> Iterator[str]:
    turn = {"role": "user", "content": text}
    for chunk in client.chat.completions.create(model="our-gpt-4o", messages=[turn], stream=True):
        yield from (choice.delta.content or "" for choice in chunk.choices)


told.run(chat, chat_streamed)
