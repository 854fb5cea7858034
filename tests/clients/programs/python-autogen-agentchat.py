"""AutoGen: an agent with a tool, a team of two, and a stream."""

from collections.abc import AsyncIterator

import told
from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.conditions import MaxMessageTermination
from autogen_agentchat.messages import ModelClientStreamingChunkEvent
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_ext.models.openai import OpenAIChatCompletionClient


def _agent(name: str, **options: object) -> AssistantAgent:
    return AssistantAgent(name, OpenAIChatCompletionClient(model="gpt-4o"), **options)


async def agent_with_tool(text: str) -> str:
    """The tool has to get the text as the user wrote it; the agent tells what it returned."""
    got = []

    def keep(text: str) -> str:
        """Keep a text."""
        got.append(text)
        return f"kept {text}"

    done = await _agent("keeper", tools=[keep], reflect_on_tool_use=True).run(task=text)
    assert got == [text], got
    return done.messages[-1].to_text()


async def team(text: str) -> str:
    """Each member hears what the one before said."""
    members = [_agent("first"), _agent("second")]
    done = await RoundRobinGroupChat(members, termination_condition=MaxMessageTermination(3)).run(task=text)
    assert [m.source for m in done.messages] == ["user", "first", "second"]
    assert done.messages[1].to_text() == text
    return done.messages[2].to_text()


async def streamed(text: str) -> AsyncIterator[str]:
    async for event in _agent("speaker", model_client_stream=True).run_stream(task=text):
        if isinstance(event, ModelClientStreamingChunkEvent):
            yield event.content


async def file_with_tool(text: str) -> str:
    """The user says nothing that matters: it is the tool that reads it."""

    def read(text: str) -> str:
        """Read the file."""
        return file

    file = text
    done = await _agent("reader", tools=[read], reflect_on_tool_use=True).run(task="Look into the file.")
    return done.messages[-1].to_text()


async def tool_streamed(text: str) -> AsyncIterator[str]:
    got = []

    def keep(text: str) -> str:
        """Keep a text."""
        got.append(text)
        return f"kept {text}"

    agent = _agent("keeper", tools=[keep], reflect_on_tool_use=True, model_client_stream=True)
    async for event in agent.run_stream(task=text):
        if isinstance(event, ModelClientStreamingChunkEvent):
            yield event.content
    assert got == [text], got


told.run(agent_with_tool, file_with_tool, team, streamed, tool_streamed)
