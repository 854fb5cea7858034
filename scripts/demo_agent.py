"""A support agent on AutoGen, as anybody would write one: it knows nothing of hushgate.

Reads its task on stdin and prints one JSON line: `answer`, `tool_saw`, `error`.
The model is the provider double's: it calls the tool with what the user said,
then repeats what the tool returned.
"""

from __future__ import annotations

import asyncio
import json
import sys

from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.messages import TextMessage
from autogen_core.models import ModelInfo
from autogen_ext.models.openai import OpenAIChatCompletionClient

SAW: list[str] = []
ACCOUNTS = {"grace.hopper@navy-mail.com": "DE89 3704 0044 0532 0130 00"}


async def open_ticket(text: str) -> str:
    """Open a ticket for the customer whose e-mail address stands in the text."""
    SAW.append(text)
    account = next((iban for mail, iban in ACCOUNTS.items() if mail in text), None)
    if account is None:
        return "No customer of that address."
    return f"Ticket T-1042 is open; a refund goes to {account}. {text}"


async def run(task: str) -> str:
    client = OpenAIChatCompletionClient(
        model="double:tool:open_ticket",
        api_key="not-a-real-key",
        model_info=ModelInfo(
            vision=False, function_calling=True, json_output=False, structured_output=False, family="unknown"
        ),
    )
    agent = AssistantAgent(
        "support",
        model_client=client,
        tools=[open_ticket],
        system_message="You are a support agent. Open a ticket, then tell the customer.",
        reflect_on_tool_use=True,
        model_client_stream=True,
    )
    try:
        result = await agent.run(task=task)
    finally:
        await client.close()
    last = result.messages[-1]
    return last.content if isinstance(last, TextMessage) else ""


def main() -> int:
    said: dict[str, str | None] = {"answer": None, "tool_saw": None, "error": None}
    try:
        said["answer"] = asyncio.run(run(sys.stdin.read()))
    except Exception as error:  # shown to the user, as an agent would
        said["error"] = f"{type(error).__name__}: {error}"
    said["tool_saw"] = SAW[-1] if SAW else None
    print(json.dumps(said))
    return 0 if said["error"] is None else 1


if __name__ == "__main__":
    sys.exit(main())
