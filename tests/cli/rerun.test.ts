// What is run again although it has a result (`--rerun`): which items, what becomes of their results, and what a kill leaves.
// Needs strace.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import { ckpt, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";
import { runTo, runUntil } from "../helpers/kill.ts";

setDefaultTimeout(120_000);

const ITEMS = ["q1", "q2", "q3", "q4", "q5", "q6"];
const COMMAND = ["--", "sh", "answer.sh", "{id}"];
const RUN = ["run", "q.jsonl", "--id", "id", "-j", "1", "-b", "2"];

/** A folder whose command answers with what stands in `word`, notes each item in `marks`, and fails for items with a file `bad-ID`. */
function folderWith(word: string, bad: readonly string[] = []): string {
  const folder = newFolder();
  writeLines(
    folder,
    "q.jsonl",
    ITEMS.map((id) => JSON.stringify({ id })),
  );
  writeLines(folder, "answer.sh", [
    'echo "$1" >> marks',
    'if test -f "bad-$1"; then echo no >&2; exit 1; fi',
    'echo "$1 $(cat word)"',
  ]);
  say(folder, word, bad);
  return folder;
}

/** What the command answers from now on, and the items that fail. */
function say(folder: string, word: string, bad: readonly string[] = []): void {
  fs.writeFileSync(path.join(folder, "word"), word);
  for (const id of ITEMS) fs.rmSync(path.join(folder, `bad-${id}`), { force: true });
  for (const id of bad) fs.writeFileSync(path.join(folder, `bad-${id}`), "");
  fs.writeFileSync(path.join(folder, "marks"), "");
}

const rerun = (folder: string, what: readonly string[], more: readonly string[] = []): Promise<Ran> =>
  ckpt(folder, [...RUN, ...what.map((word) => `--rerun=${word}`), ...more, ...COMMAND]);

/** The items that were attempted since `say()`, in order. */
const attempted = (folder: string): string[] => read(folder, "marks").split("\n").slice(0, -1);

/** The output of each item; null for a failure. */
function outputs(folder: string): (string | null)[] {
  const lines = read(folder, "q.results.jsonl").trimEnd().split("\n");
  return lines.map((line) => (JSON.parse(line) as { output?: string }).output ?? null);
}

type Logged = { readonly seq: number; readonly id: string; readonly status: string };

/** All records of the newest completed session. */
function logOf(folder: string): Logged[] {
  const { backup } = JSON.parse(read(folder, "checkpoints/last_run.json")) as { backup: string };
  const log = read(folder, `checkpoints/backups/${backup}/checkpoint_results.jsonl`);
  return log
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Logged);
}

describe("after a completed job", () => {
  test.each([
    [
      ["q2,#4", "q6"],
      ["q2", "q4", "q6"],
    ],
    [["all"], ITEMS],
    [["output~q[35] old$"], ["q3", "q5"]],
    [
      ["output~^q1", "q1,q3"],
      ["q1", "q3"],
    ],
  ])("--rerun %j runs %j, and no other item", async (what, items) => {
    const folder = folderWith("old");
    expect((await ckpt(folder, [...RUN, ...COMMAND])).code).toBe(0);
    say(folder, "new");
    const dry = await rerun(folder, what, ["--dry-run", "--json"]);
    expect(JSON.parse(dry.out)).toMatchObject({ plan: { rerun: items.length, pending: items.length } });
    expect((await rerun(folder, what)).code).toBe(0);
    expect(attempted(folder)).toEqual(items);
    expect(outputs(folder)).toEqual(ITEMS.map((id) => `${id} ${items.includes(id) ? "new" : "old"}`));
  });

  test("a failed rerun is kept as history, and the good result stays, also in a changed input", async () => {
    const folder = folderWith("old");
    await ckpt(folder, [...RUN, ...COMMAND]);
    say(folder, "new", ["q2", "q5"]);
    const { code, err } = await rerun(folder, ["q2,q5,q6"]);
    expect(code).toBe(0);
    expect(err).toContain("2 items were run again and failed; the good results from before are kept.");
    expect(outputs(folder)).toEqual(ITEMS.map((id) => `${id} ${id === "q6" ? "new" : "old"}`));
    expect(logOf(folder).map(({ id, status }) => `${id} ${status}`)).toEqual([
      ...ITEMS.map((id) => `${id} ok`),
      "q2 failed",
      "q5 failed",
      "q6 ok",
    ]);
    const shown = (await ckpt(folder, ["show", "q2"])).out;
    expect(shown).toContain("\nOutput\n  q2 old\n");
    expect(shown).toMatch(/ failed after 1 attempt in .*\n    attempt 1: exit: exit status 1: no\n$/);
    say(folder, "newest");
    fs.appendFileSync(path.join(folder, "q.jsonl"), '{"id":"q7"}\n');
    expect((await ckpt(folder, [...RUN, ...COMMAND])).code).toBe(0);
    expect(attempted(folder)).toEqual(["q7"]);
    expect(outputs(folder).slice(0, 6)).toEqual(ITEMS.map((id) => `${id} ${id === "q6" ? "new" : "old"}`));
  });

  test("when the rerun is over, the same words begin another one", async () => {
    const folder = folderWith("old");
    await ckpt(folder, [...RUN, ...COMMAND]);
    for (const word of ["second", "third"]) {
      say(folder, word);
      expect((await rerun(folder, ["q3"])).code).toBe(0);
      expect(attempted(folder)).toEqual(["q3"]);
      expect(outputs(folder)[2]).toBe(`q3 ${word}`);
    }
    say(folder, "fourth");
    expect((await ckpt(folder, [...RUN, ...COMMAND])).code).toBe(0);
    expect(attempted(folder)).toEqual([]);
  });
});

describe("with failures", () => {
  test("only those that match are tried again, and --failed retry adds the others", async () => {
    const folder = folderWith("old", ["q2", "q4"]);
    expect((await ckpt(folder, [...RUN, ...COMMAND])).code).toBe(3);
    say(folder, "new", ["q4"]);
    expect((await rerun(folder, ["q2"])).code).toBe(3);
    expect(attempted(folder)).toEqual(["q2"]);
    say(folder, "new", ["q4"]);
    expect((await rerun(folder, ["q1"], ["--failed", "retry"])).code).toBe(3);
    expect(attempted(folder)).toEqual(["q1", "q4"]);
    for (const what of ["failed", "exit"]) {
      say(folder, "new", ["q4"]);
      expect((await rerun(folder, [what])).code).toBe(3);
      expect(attempted(folder)).toEqual(["q4"]);
    }
    say(folder, "new");
    expect((await rerun(folder, ["exit"])).code).toBe(0);
    expect(outputs(folder)).toEqual(ITEMS.map((id) => `${id} ${/[124]/.test(id) ? "new" : "old"}`));
  });
});

describe("a rerun that was stopped", () => {
  test("goes on with the same words, and without any; items that are due count as pending", async () => {
    const folder = folderWith("old");
    await ckpt(folder, [...RUN, ...COMMAND]);
    say(folder, "new");
    expect((await rerun(folder, ["all"], ["--limit", "2"])).code).toBe(4);
    const info = await ckpt(folder, ["info", "--json"]);
    expect(JSON.parse(info.out)).toMatchObject({ completed: 2, pending: 4, results_saved: 6 });
    expect((await ckpt(folder, ["run", "--limit", "2"])).code).toBe(4);
    expect((await rerun(folder, ["all"])).code).toBe(0);
    expect(attempted(folder)).toEqual(ITEMS);
  });

  test("other words begin another rerun", async () => {
    const folder = folderWith("old");
    await ckpt(folder, [...RUN, ...COMMAND]);
    say(folder, "new");
    expect((await rerun(folder, ["all"], ["--limit", "2"])).code).toBe(4);
    const replaced = "The earlier rerun of all was not finished and ends here:";
    const other = await rerun(folder, ["q1,q6"]);
    expect(other.code).toBe(0);
    expect(other.err).toContain(replaced);
    expect(attempted(folder)).toEqual(["q1", "q2", "q1", "q6"]);
    const another = await rerun(folder, ["q2"]);
    expect([another.code, attempted(folder).length]).toEqual([0, 5]);
    expect(another.err).not.toContain("The earlier rerun");
  });

  test("a kill before any call that changes a file leaves old or new: the same words end it, and no item is recorded twice", async () => {
    const before = folderWith("old");
    await ckpt(before, [...RUN, ...COMMAND]);
    say(before, "new");
    const args = [...RUN, "--rerun", "q2,q3,q5", ...COMMAND];
    let kills = 0;
    for (const calls of ["rename,unlink", "fdatasync"]) {
      for (let when = 1; ; when++) {
        const folder = newFolder();
        fs.cpSync(before, folder, { recursive: true, preserveTimestamps: true });
        const { exitCode, errors } = await runTo(folder, args, { calls, paths: [], when });
        if (exitCode !== null || errors.includes("All 6 items done.")) break;
        kills++;
        const ran = await ckpt(folder, args);
        expect(`${calls} ${when}: ${ran.code}`).toBe(`${calls} ${when}: 0`);
        const again = logOf(folder).filter(({ seq }) => seq > ITEMS.length);
        expect(again.map(({ id }) => id)).toEqual(["q2", "q3", "q5"]);
        expect(attempted(folder).length).toBeLessThanOrEqual(4); // one may have been in flight
        expect(outputs(folder)).toEqual(ITEMS.map((id) => `${id} ${/[235]/.test(id) ? "new" : "old"}`));
      }
    }
    expect(kills).toBeGreaterThan(15);
  });

  test("a kill at any number of attempts repeats at most the one in flight", async () => {
    for (const count of [1, 2, 3, 5, 6]) {
      const folder = folderWith("old");
      await ckpt(folder, [...RUN, ...COMMAND]);
      say(folder, "new");
      const args = [...RUN, "--rerun", "all", ...COMMAND];
      const { exitCode } = await runUntil(folder, args, () => attempted(folder).length >= count);
      if (exitCode !== null) continue; // it had ended by then
      expect((await ckpt(folder, args)).code).toBe(0);
      expect(outputs(folder)).toEqual(ITEMS.map((id) => `${id} new`));
      expect(attempted(folder).length).toBeLessThanOrEqual(7);
    }
  });
});

describe.each([
  ["en", "Cannot run q9, #12 again: no such item has a result", "there are no results of this job in"],
  ["zh", "无法重新处理 q9、#12：没有这样的条目有结果", "没有这项任务的结果"],
])("in %s", (lang, missing, nothing) => {
  test("items that are not there are refused before anything is moved; without results, the exit code is 10", async () => {
    const folder = folderWith("old");
    const none = await rerun(folder, ["all"], ["--lang", lang]);
    expect(none.code).toBe(10);
    expect(none.err).toContain(nothing);
    await ckpt(folder, [...RUN, ...COMMAND]);
    const backups = fs.readdirSync(path.join(folder, "checkpoints/backups"));
    for (const more of [[], ["--dry-run"]]) {
      const { code, err } = await rerun(folder, ["q1,q9", "#12"], ["--lang", lang, ...more]);
      expect(code).toBe(2);
      expect(err).toContain(missing);
    }
    expect(fs.readdirSync(path.join(folder, "checkpoints/backups"))).toEqual(backups);
    expect((await rerun(folder, ["timeout"], ["--lang", lang])).code).toBe(0);
  });
});

test("any series of reruns and failures leaves each item with its last good output", async () => {
  const step = fc.record({
    what: fc.uniqueArray(fc.constantFrom(...ITEMS), { minLength: 1 }),
    bad: fc.uniqueArray(fc.constantFrom(...ITEMS)),
  });
  const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 3 }), async (steps) => {
    const folder = folderWith("0");
    await ckpt(folder, [...RUN, ...COMMAND]);
    const expected = new Map(ITEMS.map((id) => [id, `${id} 0`]));
    for (const [at, { what, bad }] of steps.entries()) {
      say(folder, String(at + 1), bad);
      expect((await rerun(folder, [what.join(",")])).code).toBe(0);
      expect(attempted(folder).toSorted()).toEqual(what.toSorted());
      for (const id of what) if (!bad.includes(id)) expected.set(id, `${id} ${at + 1}`);
      expect(outputs(folder)).toEqual([...expected.values()]);
    }
  });
  await fc.assert(property, { numRuns: 6 });
});
