// The examples of docs/worker.md are what ckpt and a worker say to each other.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAnswer, requestLine } from "../../../lib/processors/worker/worker-protocol.ts";
import { jsonItem } from "../../helpers/attempts.ts";

const PAGE = readFileSync(join(import.meta.dir, "../../../docs/worker.md"), "utf8");

function example(name: string): string {
  const block = new RegExp(`<!-- example: ${name} -->\n\`\`\`\n([^]*?)\`\`\``).exec(PAGE)?.[1];
  if (block === undefined) throw new Error(`no example ${name}`);
  return block;
}

test("the request", () => {
  const text = '{"id":"q1","question":"What is 2 + 2?","n":12345678901234567890}';
  expect(requestLine(jsonItem(0, null, "q1", text), 1)).toBe(example("request"));
  expect(requestLine(jsonItem(0, null, "q1", text), 1, 2)).toBe(example("request of a second answer"));
});

test("the answers", () => {
  const answers = example("answers")
    .trim()
    .split("\n")
    .map((line) => parseAnswer(line));
  expect(answers).toEqual([
    { index: 0, outcome: { status: "ok", outputJson: '"4"' } },
    {
      index: 1,
      outcome: {
        status: "ok",
        outputJson: '{"score":0.75}',
        usage: { input_tokens: 12, output_tokens: 3, cost: 0.001 },
      },
    },
    {
      index: 2,
      outcome: {
        status: "failed",
        error: { kind: "no_answer", message: "the model said nothing" },
        retryable: true,
      },
    },
  ]);
});
