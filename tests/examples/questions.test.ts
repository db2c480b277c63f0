// The demo's question set: two hundred different questions, half of them Chinese, each answered right by the demo's module.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { process as answer } from "../../examples/answer.ts";

type Question = Parameters<typeof answer>[0] & { readonly id: string; readonly lang: "en" | "zh" };

const file = join(import.meta.dir, "../../examples/questions.jsonl");
const questions = readFileSync(file, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Question);

test("examples/questions.jsonl holds 200 questions, half English and half Chinese, none twice", () => {
  expect(questions).toHaveLength(200);
  expect(questions.filter(({ lang }) => lang === "zh")).toHaveLength(100);
  expect(new Set(questions.map(({ id }) => id)).size).toBe(200);
  expect(new Set(questions.map(({ question }) => question)).size).toBe(200);
});

test("examples/answer.ts answers every question as on record", async () => {
  const { signal } = new AbortController();
  const wrong = await Promise.all(
    questions.map(async (item, index) => {
      const found = await answer(item, { index, id: item.id, attempt: 1, session: "test", signal });
      return found.correct ? [] : [`${item.id}: ${found.answer} instead of ${item.answer}`];
    }),
  );
  expect(wrong.flat()).toEqual([]);
});

test("examples/answer.ts ends at once when its attempt is aborted", async () => {
  const signal = AbortSignal.abort(new Error("out of time"));
  const attempts = questions
    .slice(0, 1)
    .map((item) => answer(item, { index: 0, id: item.id, attempt: 1, session: "test", signal }));
  const settled = await Promise.allSettled(attempts);
  expect(settled).toEqual([{ status: "rejected", reason: new Error("out of time") }]);
});
