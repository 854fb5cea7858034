"""The OpenAI Agents SDK: an agent with a tool, over Responses and over chat completions, whole and streamed."""

from collections.abc import AsyncIterator

import told
from agents import Agent, OpenAIChatCompletionsModel, OpenAIResponsesModel, Runner, function_tool
from openai import AsyncOpenAI


@function_tool
def keep(text: str) -> str:
    """Keep a text."""
    return f"kept {text}"


def _agent(kind: type, tools: list) -> Agent:
    return Agent(name="Keeper", model=kind("gpt-4o", AsyncOpenAI()), tools=tools)


async def chat_with_tool(text: str) -> str:
    return (await Runner.run(_agent(OpenAIChatCompletionsModel, [keep]), text)).final_output


async def responses_with_tool(text: str) -> str:
    return (await Runner.run(_agent(OpenAIResponsesModel, [keep]), text)).final_output


async def chat_streamed(text: str) -> AsyncIterator[str]:
    async for piece in _streamed(OpenAIChatCompletionsModel, text):
        yield piece


async def responses_streamed(text: str) -> AsyncIterator[str]:
    async for piece in _streamed(OpenAIResponsesModel, text):
        yield piece


async def _streamed(kind: type, text: str) -> AsyncIterator[str]:
    running = Runner.run_streamed(_agent(kind, []), text)
    async for event in running.stream_events():
        if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
            yield event.data.delta


told.run(chat_with_tool, chat_streamed, responses_with_tool, responses_streamed)
