// How far a run is, as every screen and every JSON says it: completed of all, never rounded up, the same number everywhere.
import { expect, setDefaultTimeout, test } from "bun:test";
import { ckpt, newFolder, writeLines } from "../helpers/ckpt.ts";

setDefaultTimeout(60_000);

/** The objects in lines of JSON. */
const objects = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Items 1 to `count`; those in `failing` fail. */
function folderWith(count: number, failing: readonly number[]): string {
  const folder = newFolder();
  writeLines(
    folder,
    "q.txt",
    Array.from({ length: count }, (_, i) => String(i + 1)),
  );
  writeLines(folder, "m.ts", [
    "const failing = new Set<unknown>(",
    `  ${JSON.stringify(failing.map(String))},`,
    ");",
    "export function process(item: unknown): unknown {",
    '  if (failing.has(item)) throw new Error("no");',
    "  return item;",
    "}",
  ]);
  return folder;
}

test("999 of 1,000 are 99.9 % everywhere, in English and Chinese", async () => {
  const folder = folderWith(1000, [500]);
  const run = ["run", "q.txt", "--module", "m.ts", "-j", "1"];
  const first = await ckpt(folder, [...run, "--progress", "json", "--json"]);
  expect(first.code).toBe(3);
  expect(objects(first.out)).toMatchObject([{ completed: 999, failed: 1, percent: 99.9 }]);
  expect(objects(first.err).slice(-2)).toMatchObject([
    { event: "progress", completed: 999, failed: 1, percent: 99.9 },
    { event: "summary", percent: 99.9 },
  ]);
  expect((await ckpt(folder, ["backup", "kept"])).code).toBe(0);
  const info = objects((await ckpt(folder, ["info", "--json"])).out);
  expect(info).toMatchObject([{ completed: 999, failed: 1, pending: 0, percent: 99.9, results_saved: 1000 }]);
  expect((await ckpt(folder, ["info", "--lang", "en"])).out).toContain("📈 Progress: 999/1,000 (99.9%)\n");
  const chinese = (await ckpt(folder, ["info", "--lang", "zh"])).out;
  expect(chinese).toContain("📈 进度: 999/1,000 (99.9%)\n");
  expect(chinese).toContain("📝 已保存结果数: 1,000\n");
  expect((await ckpt(folder, ["list"])).out).toMatch(/^kept .* 99\.9% /m);
  // The failed one is tried again: meanwhile, and after it has failed again, nothing else is said.
  const again = await ckpt(folder, [...run, "--progress", "plain"]);
  expect(again.err).toContain("999/1,000 99.9% | ");
});

test("failures alone are no progress: with none done, every screen says 0 %", async () => {
  const folder = folderWith(
    1319,
    Array.from({ length: 21 }, (_, i) => i + 1),
  );
  const run = ["run", "q.txt", "--module", "m.ts", "-j", "1", "--limit", "10"];
  const ran = await ckpt(folder, [...run, "--progress", "plain", "--json"]);
  expect(ran.code).toBe(4);
  expect(objects(ran.out)).toMatchObject([{ completed: 0, failed: 10, percent: 0 }]);
  expect(ran.err).toContain("0/1,319 0.0% | ");
  expect(ran.err).toContain("  Saved: 0/1,319 (0.0%); 10 failed, 1,309 pending\n");
  expect((await ckpt(folder, ["info"])).out).toContain("📈 Progress: 0/1,319 (0.0%)\n");
  expect(objects((await ckpt(folder, ["info", "--json"])).out)).toMatchObject([
    { completed: 0, failed: 10, percent: 0, results_saved: 10 },
  ]);
  const chinese = await ckpt(folder, [...run, "--lang", "zh"]);
  expect(chinese.err).toContain("  已保存：0/1,319（0.0%）；失败 20，待处理 1,299\n");
});
