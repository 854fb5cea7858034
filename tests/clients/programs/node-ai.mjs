// The Vercel AI SDK, with two providers: OpenAI's Responses and chat completions, and Anthropic's messages.
import { anthropic } from "@ai-sdk/anthropic";
import { openai } from "@ai-sdk/openai";
import { generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";
import { run } from "./told.mjs";

const whole = (model) => async (text) => (await generateText({ model, prompt: text })).text;

// streamText does not throw: what went wrong comes as a part of the stream.
const streamed = (model, more = {}) =>
  async function* (text) {
    for await (const part of streamText({ model, prompt: text, onError() {}, ...more }).fullStream) {
      if (part.type === "error") throw part.error;
      if (part.type === "text-delta") yield part.text;
    }
  };

// The SDK calls the tool by itself, and sends what it returned.
const withTool = (model) =>
  async function* (text) {
    const got = [];
    const keep = tool({
      description: "Keep a text.",
      inputSchema: jsonSchema({ type: "object", properties: { text: { type: "string" } } }),
      execute(input) {
        got.push(input.text);
        return `kept ${input.text}`;
      },
    });
    yield* streamed(model, { tools: { keep }, stopWhen: stepCountIs(2) })(text);
    if (got.length !== 1 || got[0] !== text) throw new Error(JSON.stringify(got));
  };

await run({
  chat: whole(openai.chat("gpt-4o")),
  chat_streamed: streamed(openai.chat("gpt-4o")),
  tool_streamed: withTool(openai.chat("gpt-4o")),
  responses: whole(openai.responses("gpt-4o")),
  responses_streamed: streamed(openai.responses("gpt-4o")),
  responses_tool_streamed: withTool(openai.responses("gpt-4o")),
  messages: whole(anthropic("claude-sonnet-4-5")),
  messages_streamed: streamed(anthropic("claude-sonnet-4-5")),
  messages_tool_streamed: withTool(anthropic("claude-sonnet-4-5")),
});
