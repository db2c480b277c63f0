// The question sets that tests run over: those of tests/fixtures/question-sets.ts, written into a folder of their own, and real ones where they lie
// beside the checkout. The names of tests say which were run.
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  codeTasks,
  examQuestions,
  type MadeSet,
  promptTable,
  wordProblems,
} from "../fixtures/question-sets.ts";
import { SEED } from "./seed.ts";

export type QuestionSet = { readonly name: string; readonly path: string; readonly items: number };

export const MADE: readonly MadeSet[] = [
  wordProblems(SEED, 1300),
  codeTasks(SEED, 160),
  examQuestions(SEED, 235),
  promptTable(SEED, 5),
];

const REAL_FOLDER = path.resolve(import.meta.dir, "../../../shared/data");
const REAL_ITEMS = [
  ["gsm8k_test.jsonl", 1319],
  ["HumanEval.jsonl.gz", 164],
  ["gaokao-history.jsonl", 235],
  ["few_shot_prompts.csv", 10],
] as const;

/** Those of the real sets that are there: none on most machines. */
export const REAL_SETS: readonly QuestionSet[] = REAL_ITEMS.map(([name, items]) => ({
  name: `real/${name}`,
  path: path.join(REAL_FOLDER, name),
  items,
})).filter((set) => fs.existsSync(set.path));

/** Writes the made sets into a new folder. */
export function writeMadeSets(): readonly QuestionSet[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ckpt-sets-"));
  return MADE.map(({ name, bytes, texts }) => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, bytes);
    return { name, path: file, items: texts.length };
  });
}
