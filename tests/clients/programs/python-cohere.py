"""The Cohere SDK: chat and embeddings of the second version."""

from collections.abc import Iterator

import cohere
import told

client = cohere.ClientV2()


def chat(text: str) -> str:
    said = client.chat(model="command-r-plus", messages=[{"role": "user", "content": text}])
    return "".join(part.text for part in said.message.content)


def chat_streamed(text: str) -> Iterator[str]:
    for event in client.chat_stream(model="command-r-plus", messages=[{"role": "user", "content": text}]):
        if event.type == "content-delta":
            yield event.delta.message.content.text


def embeddings(text: str) -> str:
    done = client.embed(
        model="embed-v4.0", input_type="search_query", texts=[text], embedding_types=["float"], output_dimension=256
    )
    return f"{len(done.embeddings.float_[0])} numbers"


told.run(chat, chat_streamed, embeddings)
