// The Anthropic SDK for Node: messages.
import Anthropic from "@anthropic-ai/sdk";
import { run } from "./told.mjs";

const client = new Anthropic();
const asked = (text) => ({
  model: "claude-sonnet-4-5",
  max_tokens: 500,
  messages: [{ role: "user", content: [{ type: "text", text }] }],
});

await run({
  async messages(text) {
    return (await client.messages.create(asked(text))).content.map((block) => block.text).join("");
  },
  async *messages_streamed(text) {
    for await (const event of await client.messages.create({ ...asked(text), stream: true })) {
      if (event.type === "content_block_delta") yield event.delta.text;
    }
  },
  async *messages_tool_streamed(text) {
    const input_schema = { type: "object", properties: { text: { type: "string" } } };
    const tools = [{ name: "keep", description: "Keep a text.", input_schema }];
    const { content } = await client.messages.stream({ ...asked(text), tools }).finalMessage();
    if (content[0].input.text !== text) throw new Error(JSON.stringify(content));
    const result = { type: "tool_result", tool_use_id: content[0].id, content: `kept ${text}` };
    const messages = [...asked(text).messages, { role: "assistant", content }, { role: "user", content: [result] }];
    for await (const event of await client.messages.create({ ...asked(text), tools, messages, stream: true })) {
      if (event.type === "content_block_delta") yield event.delta.text;
    }
  },
});
