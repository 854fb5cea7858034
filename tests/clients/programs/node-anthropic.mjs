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
});
