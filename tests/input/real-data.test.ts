// Question sets as they are out there. The expected values come from other ways of reading the same bytes.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import * as nodeFs from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { detectInput } from "../../lib/input/detect.ts";
import type { Input, InputSpec } from "../../lib/input/input.ts";
import { openInput } from "../../lib/input/open-input.ts";
import { DATA, itemsOf, scanOf, shortHash, specOf } from "../helpers/inputs.ts";

function open(name: string, different: Partial<InputSpec> = {}, blockBytes = 65_536): Input {
  const path = join(DATA, name);
  return openInput(specOf(path, { ...detectInput(path, null), ...different }), nodeFs, { blockBytes });
}

test.each([
  ["gsm8k_test.jsonl", 1319],
  ["gaokao-history.jsonl", 235],
  ["HumanEval.jsonl.gz", 164],
])("%s gives its %d lines, each as it stands there", async (name, count) => {
  const raw = readFileSync(join(DATA, name));
  const lines = (name.endsWith(".gz") ? gunzipSync(raw) : raw).toString().trimEnd().split("\n");
  expect(lines).toHaveLength(count);
  for (const blockBytes of [1000, 65_536]) {
    const input = open(name, {}, blockBytes);
    const items = await itemsOf(input);
    expect(items.map(({ text }) => text)).toEqual(lines);
    expect(items.map(({ hash }) => hash)).toEqual(lines.map(shortHash));
    expect(items.map(({ value }) => value)).toEqual(lines.map((line) => JSON.parse(line)));
    const { visited, result } = await scanOf(input);
    expect(visited.map(({ hash }) => hash)).toEqual(items.map(({ hash }) => hash));
    expect(result).toMatchObject({
      count,
      sizeBytes: raw.length,
      sha256: Bun.SHA256.hash(raw, "hex"),
    });
  }
});

test("HumanEval's task_id is an id", async () => {
  const { visited, result } = await scanOf(open("HumanEval.jsonl.gz", { idField: "task_id" }));
  expect(visited.map(({ id }) => id)).toEqual(visited.map((_, n) => `HumanEval/${n}`));
  expect(result.knownFields).toEqual(["task_id", "prompt", "entry_point", "canonical_solution", "test"]);
});

test("few_shot_prompts.csv: an unnamed first column, cells with line breaks, and the lines on which rows begin", async () => {
  for (const blockBytes of [1000, 65_536]) {
    const input = open("few_shot_prompts.csv", {}, blockBytes);
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
  }
});
