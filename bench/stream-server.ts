// A chat endpoint whose answers are streams, as a process of its own. On node:http, as the mock endpoint is, two writes an answer cost the server more than
// any client; this one leaves the processors to those who are measured. Options as JSON in its argument; prints its port, and ends with its input.
import { chatEvents, sseText } from "../examples/mock-streams.ts";
import type { Counted, EndpointOptions } from "./endpoint-server.ts";

const { latencyMs, events = 0 } = JSON.parse(process.argv[2] ?? "") as EndpointOptions;
const message = { role: "assistant", content: "word".repeat(events) };
const ANSWER = { model: "mock", choices: [{ index: 0, message, finish_reason: "stop" }] };
const EVENTS = chatEvents(ANSWER, 4);
const HALVES = [EVENTS.slice(0, events / 2), EVENTS.slice(events / 2)].map((half) =>
  Buffer.from(sseText(half)),
);

/** The first half at once, the second one after the latency. */
async function* halves(): AsyncGenerator<Uint8Array> {
  for (const [at, half] of HALVES.entries()) {
    if (at > 0) await Bun.sleep(latencyMs);
    yield half;
  }
}

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  idleTimeout: 0,
  fetch: async (request) => {
    const { stream = false } = (await request.json()) as { readonly stream?: boolean };
    if (stream) return new Response(halves, { headers: { "content-type": "text/event-stream" } });
    await Bun.sleep(latencyMs);
    return Response.json(ANSWER);
  },
});
console.log(server.port);
for await (const _ of process.stdin);
const counted: Counted = { requests: [], meanAtOnce: 0, mostAtOnce: 0, meanMs: 0 };
console.log(JSON.stringify(counted));
await server.stop(true);
