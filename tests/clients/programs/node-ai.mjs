// The Vercel AI SDK, with two providers: OpenAI's Responses and chat completions, and Anthropic's messages.
import { anthropic } from "@ai-sdk/anthropic";
import { openai } from "@ai-sdk/openai";
import { generateText, streamText } from "ai";
import { run } from "./told.mjs";

const whole = (model) => async (text) => (await generateText({ model, prompt: text })).text;

// streamText does not throw: what went wrong comes as a part of the stream.
const streamed = (model) =>
  async function* (text) {
    for await (const part of streamText({ model, prompt: text, onError() {} }).fullStream) {
      if (part.type === "error") throw part.error;
      if (part.type === "text-delta") yield part.text;
    }
  };

await run({
  chat: whole(openai.chat("gpt-4o")),
  chat_streamed: streamed(openai.chat("gpt-4o")),
  responses: whole(openai.responses("gpt-4o")),
  responses_streamed: streamed(openai.responses("gpt-4o")),
  messages: whole(anthropic("claude-sonnet-4-5")),
  messages_streamed: streamed(anthropic("claude-sonnet-4-5")),
});
