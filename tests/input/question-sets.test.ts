// Question sets as they are out there, read whole. What must be found is known from the making of the made sets; of the real ones, which are
// read where they lie beside the checkout, it comes from other ways of reading the same bytes.
import { afterAll, describe, expect, test } from "bun:test";
import * as nodeFs from "node:fs";
import { gunzipSync } from "node:zlib";
import { detectInput } from "../../lib/input/detect.ts";
import type { Input, InputSpec } from "../../lib/input/input.ts";
import { openInput } from "../../lib/input/open-input.ts";
import { SUBJECTS } from "../fixtures/question-sets.ts";
import { itemsOf, newFile, removeFiles, scanOf, shortHash, specOf } from "../helpers/inputs.ts";
import { MADE, type QuestionSet, REAL_SETS } from "../helpers/question-sets.ts";
import { seeded } from "../helpers/seed.ts";

afterAll(removeFiles);

const BLOCK_SIZES = [1000, 65_536] as const;

function open(path: string, name: string, different: Partial<InputSpec> = {}, blockBytes = 65_536): Input {
  return openInput(specOf(path, { ...detectInput(name, null), ...different }), nodeFs, { blockBytes });
}

describe.each(MADE)("$name", ({ name, bytes, texts, lines }) => {
  const path = newFile(bytes);

  test.each(BLOCK_SIZES)(
    seeded("gives its items, each as it stands there, in blocks of %d bytes"),
    async (blockBytes) => {
      const items = await itemsOf(open(path, name, {}, blockBytes));
      expect(items.map(({ text }) => text)).toEqual([...texts]);
      expect(items.map(({ value }) => value)).toEqual(texts.map((text) => JSON.parse(text)));
      expect(items.map(({ hash }) => hash)).toEqual(texts.map(shortHash));
      expect(items.map(({ line }) => line)).toEqual([...lines]);
    },
  );

  test.each(BLOCK_SIZES)(seeded("is scanned as it is read, in blocks of %d bytes"), async (blockBytes) => {
    const { visited, result } = await scanOf(open(path, name, {}, blockBytes));
    expect(visited.map(({ hash }) => hash)).toEqual(texts.map(shortHash));
    expect(visited.map(({ line }) => line)).toEqual([...lines]);
    expect(result).toMatchObject({
      count: texts.length,
      sizeBytes: bytes.length,
      sha256: Bun.SHA256.hash(bytes, "hex"),
    });
  });
});

describe.each(REAL_SETS.filter(({ path }) => !path.endsWith(".csv")))("$name", ({ path, items: count }) => {
  test.each(BLOCK_SIZES)(
    "gives its lines, each as it stands there, in blocks of %d bytes",
    async (blockBytes) => {
      const raw = nodeFs.readFileSync(path);
      const lines = (path.endsWith(".gz") ? gunzipSync(raw) : raw).toString().trimEnd().split("\n");
      expect(lines).toHaveLength(count);
      const input = open(path, path, {}, blockBytes);
      const items = await itemsOf(input);
      expect(items.map(({ text }) => text)).toEqual(lines);
      expect(items.map(({ hash }) => hash)).toEqual(lines.map(shortHash));
      expect(items.map(({ value }) => value)).toEqual(lines.map((line) => JSON.parse(line)));
      const { visited, result } = await scanOf(input);
      expect(visited.map(({ hash }) => hash)).toEqual(items.map(({ hash }) => hash));
      expect(result).toMatchObject({ count, sizeBytes: raw.length, sha256: Bun.SHA256.hash(raw, "hex") });
    },
  );
});

test("a field of each task is its id", async () => {
  for (const { path, name } of [madeSet("code-tasks.jsonl.gz"), ...realSet("HumanEval.jsonl.gz")]) {
    const { visited, result } = await scanOf(open(path, name, { idField: "task_id" }));
    expect(visited.map(({ id }) => id?.replace(/^\w+\//, ""))).toEqual(visited.map((_, n) => `${n}`));
    expect(result.knownFields).toEqual(["task_id", "prompt", "entry_point", "canonical_solution", "test"]);
  }
});

test("the first column of a table of prompts has no name: it is column_1, and is known under that name alone", async () => {
  const { path, name } = madeSet("prompts.csv");
  const { result } = await scanOf(open(path, name), [["history-zh"], ["ratios"], ["column_1"], [""]]);
  expect(result.missingPaths).toEqual([[""]]);
  expect(result.knownFields.slice(0, 3)).toEqual(["column_1", ...SUBJECTS.slice(0, 2)]);
});

describe.each(realSet("few_shot_prompts.csv"))("$name", ({ path }) => {
  test.each(BLOCK_SIZES)(
    "gives its rows, and the lines on which they begin, in blocks of %d bytes",
    async (blockBytes) => {
      const input = open(path, path, {}, blockBytes);
      const items = await itemsOf(input);
      expect(items.map(({ value }) => (value as { column_1: string }).column_1)).toEqual(
        [1, 2, 3, 4, 5].flatMap((n) => [`sample ${n}`, `explanation ${n}`]),
      );
      // Counted with Python's csv module: first lines of the rows, characters of all their cells.
      expect(items.map(({ line }) => line)).toEqual([2, 3, 164, 165, 210, 211, 293, 295, 332, 334]);
      expect(
        items.map(({ value }) =>
          Object.values(value as object).reduce((sum, cell: string) => sum + Array.from(cell).length, 0),
        ),
      ).toEqual([18149, 12193, 17646, 7143, 19953, 11449, 4948, 3800, 4811, 3489]);
      for (const { value } of items) expect(Object.keys(value as object)).toHaveLength(21);
      const { result } = await scanOf(input, [["gaokao-history"], ["aqua-rat"], [""]]);
      expect(result.missingPaths).toEqual([[""]]);
      expect(result.knownFields.slice(0, 3)).toEqual(["column_1", "lsat-ar", "lsat-lr"]);
    },
  );
});

/** The made set of this name, in a new file. */
function madeSet(name: string): Pick<QuestionSet, "name" | "path"> {
  const set = MADE.find((one) => one.name === name);
  if (set === undefined) throw new Error(`no made set ${name}`);
  return { name, path: newFile(set.bytes) };
}

/** Empty where the real sets are not. */
function realSet(name: string): readonly QuestionSet[] {
  return REAL_SETS.filter((set) => set.path.endsWith(`/${name}`));
}
