// The mock endpoint as a process of its own. Options as JSON in its argument; prints its port, and what it counted when its input ends.
import { seededRandom } from "../tests/helpers/seed.ts";
import { type MockOptions, mockEndpoint } from "../tests/helpers/mock-endpoint.ts";
import type { Counted, EndpointOptions } from "./endpoint-server.ts";

const {
  latencyMs,
  latencyMsMax = latencyMs,
  limits = {},
} = JSON.parse(process.argv[2] ?? "") as EndpointOptions;
const next = seededRandom(1);
const answers: { readonly atMs: number; readonly endMs: number }[] = [];

const reply: MockOptions["reply"] = () => {
  const delayMs = latencyMs + next() * (latencyMsMax - latencyMs);
  const atMs = performance.now();
  answers.push({ atMs, endMs: atMs + delayMs });
  return { kind: "answer", delayMs };
};

/** How many it worked on at once, on average from the first request to the last one's coming: then nobody keeps the window full. */
function meanAtOnce(): number {
  const startMs = answers.at(0)?.atMs ?? 0;
  const endMs = answers.at(-1)?.atMs ?? 0;
  const busyMs = answers.reduce((sum, answer) => sum + Math.min(answer.endMs, endMs) - answer.atMs, 0);
  return endMs === startMs ? 0 : busyMs / (endMs - startMs);
}

const mock = await mockEndpoint({ latencyMs, limits, reply });
console.log(mock.port);
for await (const _ of process.stdin);
const counted: Counted = { requests: mock.requests, meanAtOnce: meanAtOnce(), mostAtOnce: mock.mostAtOnce };
console.log(JSON.stringify(counted));
await mock.stop();
