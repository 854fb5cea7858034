// What the Node programs share; told.py says how, and what is printed. A case is an async function
// that resolves to what the model said, or an async generator that yields it.
import { EnvHttpProxyAgent, setGlobalDispatcher } from "undici";

// From 24 on, Node does this by itself where NODE_USE_ENV_PROXY is set.
if (Number(process.versions.node.split(".")[0]) < 24) setGlobalDispatcher(new EnvHttpProxyAgent());

async function pieces(one, text) {
  const said = one(text);
  if (said instanceof Promise) return [[performance.now(), await said]];
  const all = [];
  for await (const piece of said) all.push([performance.now(), piece]);
  return all;
}

const joined = (all) => all.map(([, piece]) => piece).join("");

async function tried(one, task) {
  let out = { text: null };
  try {
    const all = await pieces(one, task.text);
    out = {
      text: joined(all),
      pieces: all.filter(([, piece]) => piece).length,
      seconds: all.length ? (all.at(-1)[0] - all[0][0]) / 1000 : 0,
    };
  } catch (error) {
    out.failed = error.stack ?? String(error);
  }
  if (task.blocked === undefined) return out;
  try {
    out.refusal = { type: null, says: joined(await pieces(one, task.blocked)) };
  } catch (error) {
    out.refusal = { type: error.constructor.name, says: error.message };
  }
  return out;
}

export async function run(cases) {
  const task = JSON.parse(process.argv[2]);
  const out = {};
  for (const [name, one] of Object.entries(cases)) {
    if ((task.only ?? name) === name) out[name] = await tried(one, task);
  }
  process.stdout.write(JSON.stringify(out));
}
