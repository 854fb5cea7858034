// The provider: @copilotkit/aimock, which speaks every format by itself. Here is only what its model says:
// it calls the first tool it is offered, with the user's text; tells a tool's result; and repeats the rest.
// Prints its port when it listens, and ends with its standard input.
import { ServerResponse } from "node:http";
import { LLMock } from "@copilotkit/aimock";

// AWS starts no block for text, and boto3 fails on a start of nothing.
const write = ServerResponse.prototype.write;
ServerResponse.prototype.write = function (data, ...more) {
  return String(data).includes('"start":{}') ? true : write.call(this, data, ...more);
};

const text = (content) =>
  typeof content === "string" ? content : (content ?? []).map((part) => part.text ?? "").join("");

// Google's SDK wraps what a function returned.
function result(content) {
  try {
    return JSON.parse(content).result ?? content;
  } catch {
    return content;
  }
}

const mock = new LLMock({ port: 0, chunkSize: 9, latency: 45, logLevel: "warn" });
mock.on({ predicate: () => true }, (request) => {
  if (request._endpointType === "embedding") return { embedding: [0.25, -0.5, 0.125] };
  const last = request.messages.at(-1);
  if (last.role === "tool") return { content: `The tool said: ${result(text(last.content))}` };
  const [tool] = request.tools ?? [];
  if (tool) return { toolCalls: [{ name: tool.function.name, arguments: JSON.stringify({ text: text(last.content) }) }] };
  return { content: text(last.content) };
});
await mock.start();
console.log(new URL(mock.url).port);
process.stdin.resume().on("end", () => process.exit(0));
