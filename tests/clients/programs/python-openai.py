"""The OpenAI SDK: chat completions, Responses, embeddings."""

from collections.abc import Iterator

import told
from openai import OpenAI

client = OpenAI()


def chat(text: str) -> str | None:
    turn = {"role": "user", "content": text}
    return client.chat.completions.create(model="gpt-4o", messages=[turn]).choices[0].message.content


def chat_streamed(text: str) -> Iterator[str]:
    turn = {"role": "user", "content": text}
    for chunk in client.chat.completions.create(model="gpt-4o", messages=[turn], stream=True):
        yield from (choice.delta.content or "" for choice in chunk.choices)


def responses(text: str) -> str:
    return client.responses.create(model="gpt-4o", input=text).output_text


def responses_streamed(text: str) -> Iterator[str]:
    """The deltas, which have to agree with every event that tells the text once more."""
    said, repeated = "", []
    for event in client.responses.create(model="gpt-4o", input=text, stream=True):
        match event.type:
            case "response.output_text.delta":
                said += event.delta
                yield event.delta
            case "response.output_text.done":
                repeated.append(event.text)
            case "response.content_part.done":
                repeated.append(event.part.text)
            case "response.completed":
                repeated.append(event.response.output_text)
    assert repeated == [said] * 3, repeated


def embeddings(text: str) -> str:
    done = client.embeddings.create(model="text-embedding-3-small", input=[text, "more"])
    return f"{len(done.data[1].embedding)} numbers"


told.run(chat, chat_streamed, responses, responses_streamed, embeddings)
