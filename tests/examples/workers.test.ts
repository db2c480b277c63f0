// The workers in examples/, each on the questions that stand beside them.
// Needs python3, node, jq.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ckpt, newFolder } from "../helpers/ckpt.ts";

const EXAMPLES = resolve(import.meta.dir, "../../examples");
const QUESTIONS = join(EXAMPLES, "questions.jsonl");

test.each([
  ["Python", ["python3", join(EXAMPLES, "worker.py")]],
  ["Node", ["node", join(EXAMPLES, "worker.mjs")]],
  ["shell", ["sh", join(EXAMPLES, "worker.sh")]],
] as const)("the worker in %s answers every question", async (_name, command) => {
  const folder = newFolder();
  const ran = await ckpt(folder, [
    "run",
    QUESTIONS,
    "-j",
    "2",
    "--worker-inflight",
    "4",
    "-o",
    "out.jsonl",
    "--worker",
    "--",
    ...command,
  ]);
  expect({ code: ran.code, err: ran.code === 0 ? "" : ran.err }).toEqual({ code: 0, err: "" });
  const outputs = readFileSync(join(folder, "out.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).output);
  const questions = readFileSync(QUESTIONS, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).question as string);
  expect(outputs).toEqual(questions.map((question) => question.split(/\s+/).length));
});
