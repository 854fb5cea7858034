"""LangChain's OpenAI models: chat, a tool, a stream."""

from collections.abc import Iterator

import told
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI

model = ChatOpenAI(model="gpt-4o")


@tool
def keep(text: str) -> str:
    """Keep a text."""
    return f"kept {text}"


def chat(text: str) -> str:
    return model.invoke(text).text


def chat_streamed(text: str) -> Iterator[str]:
    yield from (chunk.text for chunk in model.stream(text))


def with_tool(text: str) -> str:
    able, said = model.bind_tools([keep]), HumanMessage(text)
    called = able.invoke([said])
    assert isinstance(called, AIMessage)
    [call] = called.tool_calls
    assert call["args"] == {"text": text}, call["args"]
    return able.invoke([said, called, ToolMessage(keep.invoke(call["args"]), tool_call_id=call["id"])]).text


told.run(chat, chat_streamed, with_tool)
