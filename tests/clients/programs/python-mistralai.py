"""The Mistral SDK: chat."""

import os
from collections.abc import Iterator

import told
from mistralai.client import Mistral

client = Mistral(api_key=os.environ["MISTRAL_API_KEY"])


def chat(text: str) -> str:
    said = client.chat.complete(model="mistral-small-latest", messages=[{"role": "user", "content": text}])
    return said.choices[0].message.content


def chat_streamed(text: str) -> Iterator[str]:
    for event in client.chat.stream(model="mistral-small-latest", messages=[{"role": "user", "content": text}]):
        yield from (choice.delta.content or "" for choice in event.data.choices)


told.run(chat, chat_streamed)
