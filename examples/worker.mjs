// A worker for Node: one JSON line in, one JSON line out (docs/worker.md). Answers come when they are ready, in any order.
import { createInterface } from "node:readline";

for await (const line of createInterface({ input: process.stdin })) void answer(JSON.parse(line));

async function answer({ index, item }) {
  await new Promise((resolve) => setTimeout(resolve, index % 3));
  const output = item.question.split(/\s+/).length;
  process.stdout.write(`${JSON.stringify({ index, output })}\n`);
}
