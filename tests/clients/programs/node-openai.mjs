// The OpenAI SDK for Node: chat completions, Responses, embeddings.
import OpenAI from "openai";
import { run } from "./told.mjs";

const client = new OpenAI();
const model = "gpt-4o";
const parameters = { type: "object", properties: { text: { type: "string" } } };
const tools = [{ type: "function", function: { name: "keep", description: "Keep a text.", parameters } }];

await run({
  async chat(text) {
    const said = await client.chat.completions.create({ model, messages: [{ role: "user", content: text }] });
    return said.choices[0].message.content;
  },
  async *chat_streamed(text) {
    const messages = [{ role: "user", content: text }];
    for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
      yield chunk.choices[0]?.delta.content ?? "";
    }
  },
  async *tool_streamed(text) {
    const messages = [{ role: "user", content: text }];
    const { message } = (await client.chat.completions.stream({ model, messages, tools }).finalChatCompletion()).choices[0];
    const [call] = message.tool_calls;
    if (JSON.parse(call.function.arguments).text !== text) throw new Error(call.function.arguments);
    messages.push(message, { role: "tool", tool_call_id: call.id, content: `kept ${text}` });
    for await (const chunk of await client.chat.completions.create({ model, messages, tools, stream: true })) {
      yield chunk.choices[0]?.delta.content ?? "";
    }
  },
  async responses(text) {
    return (await client.responses.create({ model, input: text })).output_text;
  },
  async *responses_streamed(text) {
    let said = "";
    const repeated = [];
    for await (const event of await client.responses.create({ model, input: text, stream: true })) {
      if (event.type === "response.output_text.delta") {
        said += event.delta;
        yield event.delta;
      }
      if (event.type === "response.output_text.done") repeated.push(event.text);
      if (event.type === "response.completed") repeated.push(event.response.output[0].content[0].text);
    }
    if (repeated.length !== 2 || repeated.some((one) => one !== said)) throw new Error(JSON.stringify(repeated));
  },
  async embeddings(text) {
    const asked = { model: "text-embedding-3-small", input: [text, "more"], encoding_format: "float" }; // not base64: aimock
    const done = await client.embeddings.create(asked);
    return `${done.data[1].embedding.length} numbers`;
  },
});
