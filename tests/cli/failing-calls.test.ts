// What a run does when the system fails it: nothing is called saved that is not, and the same command goes on.
// Needs strace.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { type CheckpointPaths, checkpointPaths } from "../../lib/checkpoint/names.ts";
import { ckpt, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { lookAt, runInjected } from "../helpers/kill.ts";
import { withStrace } from "../helpers/strace.ts";

const ITEMS = 40;
const ARGS = ["run", "q.txt", "-j", "1", "-b", "5", "--module", "m.ts"];
const MODULE = [
  'import { appendFileSync } from "node:fs";',
  'import { join } from "node:path";',
  "export async function process(item: string, context: { index: number }) {",
  '  appendFileSync(join(import.meta.dir, "marks"), `${context.index}\\n`);',
  "  await Bun.sleep(2);",
  "  return `answer to ${item}`;",
  "}",
];
const OUTPUT = Array.from(
  { length: ITEMS },
  (_, i) => `{"index":${i},"status":"ok","output":"answer to q${i}"}\n`,
).join("");

function prepare(): { readonly folder: string; readonly paths: CheckpointPaths } {
  const folder = newFolder();
  writeLines(
    folder,
    "q.txt",
    Array.from({ length: ITEMS }, (_, i) => `q${i}`),
  );
  writeLines(folder, "m.ts", MODULE);
  return { folder, paths: checkpointPaths(path.join(folder, "checkpoints")) };
}

const marks = (folder: string): number[] => read(folder, "marks").split("\n").filter(Boolean).map(Number);

/** The same command completes the job, and runs nothing that had a record. */
async function expectResume(folder: string): Promise<void> {
  const recorded = lookAt(folder).recorded ?? new Set();
  const before = marks(folder).length;
  expect((await ckpt(folder, ARGS)).code).toBe(0);
  expect(
    marks(folder)
      .slice(before)
      .filter((index) => recorded.has(index)),
  ).toEqual([]);
  expect(read(folder, "q.results.jsonl")).toBe(OUTPUT);
}

describe("a failing system call", () => {
  for (const when of [1, 2]) {
    test(`the log's sync (number ${when}): exit 1, and the status vouches for no more than before`, () =>
      withStrace(async () => {
        const { folder, paths } = prepare();
        const point = { calls: "fdatasync", paths: [paths.log], when };
        const { exitCode, errors } = await runInjected(folder, ARGS, point, "error=EIO");
        expect({ exitCode, errors }).toMatchObject({ exitCode: 1 });
        expect(errors).toContain("EIO");
        const { status, recorded } = lookAt(folder);
        if (when === 1) expect(status).toBeNull();
        else expect(status?.log.records).toBeLessThan(recorded?.size ?? 0);
        if (when === 1) fs.writeFileSync(path.join(folder, "marks"), "");
        await expectResume(folder);
      }));
  }

  test("a full disk that gets room again makes ckpt wait, and nothing is lost", () =>
    withStrace(async () => {
      const { folder, paths } = prepare();
      const point = { calls: "write", paths: [paths.log], when: "5..6" };
      const { exitCode, errors } = await runInjected(folder, ARGS, point, "error=ENOSPC");
      expect({ exitCode, errors }).toMatchObject({ exitCode: 0 });
      expect(read(folder, "q.results.jsonl")).toBe(OUTPUT);
      expect(marks(folder).length).toBe(ITEMS);
    }));

  test("a write to the log that fails permanently: exit 1, and the next run continues", () =>
    withStrace(async () => {
      const { folder, paths } = prepare();
      const point = { calls: "write", paths: [paths.log], when: 5 };
      const { exitCode, errors } = await runInjected(folder, ARGS, point, "error=EIO");
      expect({ exitCode, errors }).toMatchObject({ exitCode: 1 });
      expect(lookAt(folder).recorded?.size).toBe(4);
      await expectResume(folder);
    }));

  test("an output that cannot be written: exit 1, and all results are committed", async () => {
    const { folder, paths } = prepare();
    const args = ["run", "q.txt", "-j", "1", "-b", "1000", "-o", "out/a.jsonl", "--module", "m.ts"];
    fs.mkdirSync(path.join(folder, "out"));
    writeLines(folder, "m.ts", [
      'import { rmSync } from "node:fs";',
      'import { join } from "node:path";',
      "export async function process(item: string, context: { index: number }) {",
      '  if (context.index === 39) rmSync(join(import.meta.dir, "out"), { recursive: true });',
      "  return `answer to ${item}`;",
      "}",
    ]);
    const ran = await ckpt(folder, args);
    expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 1 });
    expect(lookAt(folder).status).toMatchObject({ completed: ITEMS, log: { records: ITEMS } });
    fs.mkdirSync(path.join(folder, "out"));
    expect((await ckpt(folder, args)).code).toBe(0);
    expect(read(folder, "out/a.jsonl")).toBe(OUTPUT);
    expect(fs.existsSync(paths.log)).toBe(false);
  });
});
