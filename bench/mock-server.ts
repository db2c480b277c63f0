// The mock endpoint as a process of its own. Options as JSON in its argument; prints its port, and what it counted when its input ends.
import { seededRandom } from "../tests/helpers/seed.ts";
import { type MockOptions, mockEndpoint } from "../tests/helpers/mock-endpoint.ts";
import type { Counted, EndpointOptions } from "./endpoint-server.ts";

const {
  latencyMs,
  latencyMsMax = latencyMs,
  slowPast = Number.POSITIVE_INFINITY,
  limits = {},
} = JSON.parse(process.argv[2] ?? "") as EndpointOptions;
const next = seededRandom(1);
const answers: { readonly atMs: number; readonly endMs: number }[] = [];

/** When those end that are in work; kept only where their number matters. */
let inFlight: number[] = [];

const reply: MockOptions["reply"] = () => {
  const atMs = performance.now();
  inFlight = inFlight.filter((endMs) => endMs > atMs);
  const times = inFlight.length >= slowPast ? 2 : 1;
  const delayMs = times * (latencyMs + next() * (latencyMsMax - latencyMs));
  if (Number.isFinite(slowPast)) inFlight.push(atMs + delayMs);
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

const meanMs = (): number =>
  answers.reduce((sum, { atMs, endMs }) => sum + endMs - atMs, 0) / Math.max(1, answers.length);

const mock = await mockEndpoint({ latencyMs, limits, reply });
console.log(mock.port);
for await (const _ of process.stdin);
const counted: Counted = {
  requests: mock.requests,
  meanAtOnce: meanAtOnce(),
  mostAtOnce: mock.mostAtOnce,
  meanMs: meanMs(),
};
console.log(JSON.stringify(counted));
await mock.stop();
