// Results that were paid for: an output file is replaced only by the session that wrote it, or where that is agreed to; a job that was completed
// is found among the backups, whatever was run since.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { seal } from "../../lib/checkpoint/status/seal.ts";
import { ckpt, ENV, EXECUTABLE, newFolder, type Ran, read, start, writeLines } from "../helpers/ckpt.ts";
import { earlierJob } from "../helpers/earlier-checkpoint.ts";
import { tree } from "../helpers/in-process.ts";
import { runTo } from "../helpers/kill.ts";
import { hasStrace, withStrace } from "../helpers/strace.ts";
import { testUnless } from "../helpers/test-unless.ts";

setDefaultTimeout(60_000);

const LANGUAGES = [["en"], ["zh"]] as const;

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`);
const marks = (folder: string): string[] =>
  fs.existsSync(path.join(folder, "marks")) ? read(folder, "marks").trim().split("\n") : [];
const backups = (folder: string): string[] => fs.readdirSync(path.join(folder, "checkpoints/backups"));
const outputs = (folder: string, name = "n.results.jsonl"): string[] =>
  read(folder, name)
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { output: string }).output);

/** Notes each attempt in `marks`, and answers with a word and the item; some items fail while there is no file `ok`. */
function job(word: string, fails = "none"): string[] {
  const script = `echo "${word} $1" >> marks; test -e ok || case " ${fails} " in *" $1 "*) exit 1;; esac; printf '%s' "${word} $1"`;
  return ["-j", "1", "--", "sh", "-c", script, "x", "{}"];
}
const run = (folder: string, word: string, ...options: readonly string[]): Promise<Ran> =>
  ckpt(folder, ["run", "n.txt", ...options, ...job(word)]);

/** A folder in which job A has been completed on the numbers 1 to 5. */
async function finished(): Promise<string> {
  const folder = fs.realpathSync(newFolder());
  writeLines(folder, "n.txt", numbers(1, 5));
  expect((await run(folder, "A")).code).toBe(0);
  return folder;
}

describe.each(LANGUAGES)("the output of another job, in %s", (lang) => {
  test("is left alone: exit 12 before any attempt, with the file, the job that made it, and both ways out", async () => {
    const folder = await finished();
    const before = tree(folder);
    const refused = await run(folder, "B", "--lang", lang);
    expect(refused).toMatchObject({ code: 12, out: "" });
    const [backup] = backups(folder);
    for (const text of [
      `${folder}/n.results.jsonl`,
      'echo "A $1"',
      "n.txt",
      "-o n.results-2.jsonl",
      "--force",
      `${backup}`,
    ])
      expect(refused.err).toContain(text);
    expect(refused.err).toContain(lang === "zh" ? "另一项任务的结果" : "the results of another job");
    expect(refused.err).not.toContain("--no-resume");
    expect(tree(folder)).toEqual(before);
  });

  test("is replaced neither for --yes, --resume, nor --no-resume", async () => {
    const folder = await finished();
    const before = tree(folder);
    for (const option of ["--yes", "--resume", "--no-resume"])
      expect({ option, code: (await run(folder, "B", "--lang", lang, option)).code }).toEqual({
        option,
        code: 12,
      });
    expect(tree(folder)).toEqual(before);
  });

  test("a file of which nothing is on record is left alone, too", async () => {
    const folder = newFolder();
    writeLines(folder, "n.txt", numbers(1, 3));
    writeLines(folder, "n.results.jsonl", ["precious"]);
    const refused = await run(folder, "A", "--lang", lang, "--json");
    const { error } = JSON.parse(refused.out) as { error: Record<string, string> };
    expect({ code: refused.code, name: error["code"], path: error["path"] }).toEqual({
      code: 12,
      name: "output.exists",
      path: path.join(folder, "n.results.jsonl"),
    });
    expect(error["message"]).toContain(lang === "zh" ? "没有这个文件的任何记录" : "a file unknown to ckpt");
    expect({ marks: marks(folder), file: read(folder, "n.results.jsonl") }).toEqual({
      marks: [],
      file: "precious\n",
    });
  });

  test("one that was changed since is said to be so, by run and by export", async () => {
    const folder = await finished();
    fs.appendFileSync(path.join(folder, "n.results.jsonl"), "mine\n");
    const own =
      lang === "zh"
        ? /原为这项任务的结果（20.*），此后被改动过\n/
        : /it held results of this job, 20.*, and has been changed since\n/;
    for (const option of ["--yes", "--no-resume"]) {
      const refused = await run(folder, "A", "--lang", lang, option);
      expect(refused.code).toBe(12);
      expect(refused.err).toMatch(own);
      expect(refused.err).not.toContain(lang === "zh" ? "--no-resume（" : "--no-resume (");
    }
    const exported = await ckpt(folder, ["export", "-o", "n.results.jsonl", "--lang", lang]);
    expect(exported.code).toBe(12);
    expect(exported.err).toMatch(own);
    const other = await run(folder, "B", "--lang", lang);
    expect(other.err).toMatch(
      lang === "zh"
        ? /其中原为另一项任务的结果（命令 sh.*，输入 n\.txt，.*此后被改动过\n/
        : /it held the results of another job: command sh.*input n\.txt, .*changed since\n/,
    );
    expect(read(folder, "n.results.jsonl")).toEndWith("mine\n");
  });

  test("of items that came by standard input is said to be so", () => {
    const folder = newFolder();
    const piped = (word: string): { code: number; err: string } => {
      const words = ["run", "-", "--format", "txt", "-o", "out.jsonl", "-q", "--lang", lang, ...job(word)];
      const stdin = Buffer.from("1\n2\n");
      const { exitCode, stderr } = Bun.spawnSync([EXECUTABLE, ...words], { cwd: folder, env: ENV, stdin });
      return { code: exitCode, err: stderr.toString() };
    };
    expect(piped("A")).toEqual({ code: 0, err: "" });
    expect(piped("B").err).toContain(lang === "zh" ? "，标准输入，" : ", standard input, ");
  });

  test("a completed job says when that was, where its results are, and what attempts them again", async () => {
    const folder = await finished();
    const again = await run(folder, "A", "--lang", lang);
    expect(again.code).toBe(0);
    const time = String.raw`20\d\d-\d\d-\d\d \d\d:\d\d:\d\d`;
    expect(again.err).toMatch(
      lang === "zh"
        ? new RegExp(`^此前已全部完成：共 5 个条目，无需再做。\n  完成时间：${time}\n`)
        : new RegExp(`^Already complete: all 5 items done; nothing to do\\.\n  Completed: ${time}\n`),
    );
    expect(again.err).toContain(backups(folder)[0] ?? "?");
    expect(again.err).toContain("--no-resume");
  });
});

describe("an output file", () => {
  test("of another job: -o as it was offered writes next to it, --force replaces it", async () => {
    const folder = await finished();
    expect((await run(folder, "B", "-o", "n.results-2.jsonl")).code).toBe(0);
    expect([outputs(folder)[0], outputs(folder, "n.results-2.jsonl")[0]]).toEqual(["A 1", "B 1"]);
    expect((await run(folder, "C", "--force")).code).toBe(0);
    expect(outputs(folder)[0]).toBe("C 1");
  });

  test("of another input with the same -o is left alone", async () => {
    const folder = newFolder();
    writeLines(folder, "a.txt", ["a"]);
    writeLines(folder, "b.txt", ["b"]);
    const both = (name: string): Promise<Ran> => ckpt(folder, ["run", name, "-o", "out.jsonl", ...job("A")]);
    expect((await both("a.txt")).code).toBe(0);
    const refused = await both("b.txt");
    expect({ code: refused.code, out: outputs(folder, "out.jsonl") }).toEqual({ code: 12, out: ["A a"] });
    expect(refused.err).toContain("input a.txt");
  });

  test("is replaced by the session that wrote it: resumed, or continued after its completion", async () => {
    const folder = newFolder();
    writeLines(folder, "n.txt", numbers(1, 3));
    const words = ["run", "n.txt", ...job("A", "2")];
    expect((await ckpt(folder, words)).code).toBe(3);
    fs.writeFileSync(path.join(folder, "ok"), "");
    expect((await ckpt(folder, words)).code).toBe(0);
    expect(outputs(folder)).toEqual(["A 1", "A 2", "A 3"]);
    writeLines(folder, "n.txt", numbers(1, 4));
    expect((await ckpt(folder, words)).code).toBe(0);
    expect({ out: outputs(folder), attempts: marks(folder).length }).toEqual({
      out: ["A 1", "A 2", "A 3", "A 4"],
      attempts: 5,
    });
  });

  test("under another name, with the same bytes, is not the session's; in a folder that was moved it is", async () => {
    const folder = newFolder();
    writeLines(folder, "n.txt", numbers(1, 3));
    const words = (...options: string[]): string[] => ["run", "n.txt", ...options, ...job("A", "2")];
    expect((await ckpt(folder, words())).code).toBe(3);
    fs.copyFileSync(path.join(folder, "n.results.jsonl"), path.join(folder, "kept.jsonl"));
    expect((await ckpt(folder, words("-o", "kept.jsonl"))).code).toBe(12);
    const moved = path.join(newFolder(), "moved");
    fs.renameSync(folder, moved);
    fs.writeFileSync(path.join(moved, "ok"), "");
    expect((await ckpt(moved, words())).code).toBe(0);
    expect(outputs(moved)).toEqual(["A 1", "A 2", "A 3"]);
  });

  test("that was changed by hand is nobody's any more", async () => {
    const folder = await finished();
    fs.appendFileSync(path.join(folder, "n.results.jsonl"), "my note\n");
    writeLines(folder, "n.txt", numbers(1, 6));
    expect((await run(folder, "A")).code).toBe(12);
    expect(read(folder, "n.results.jsonl")).toEndWith("my note\n");
    expect(marks(folder).length).toBe(5);
  });

  test("that comes there while the run continues is left alone: exit 12, and no result is lost", async () => {
    const folder = newFolder();
    writeLines(folder, "n.txt", numbers(1, 3));
    const slow = [
      "-j",
      "1",
      "--",
      "sh",
      "-c",
      "touch started; while ! test -e go; do sleep 0.01; done; echo $1",
      "x",
      "{}",
    ];
    const args = ["run", "n.txt", "--dir", "slow", ...slow];
    const child = start(folder, args);
    while (!fs.existsSync(path.join(folder, "started"))) await Bun.sleep(5);
    expect((await run(folder, "A")).code).toBe(0);
    fs.writeFileSync(path.join(folder, "go"), "");
    const [err, code] = await Promise.all([child.stderr.text(), child.exited]);
    expect({ code, first: outputs(folder)[0] }).toEqual({ code: 12, first: "A 1" });
    expect(err).toContain("which was written while this run went on");
    const info = await ckpt(folder, ["info", "--dir", "slow", "--json"]);
    expect(JSON.parse(info.out)).toMatchObject({ completed: 3, pending: 0 });
    fs.rmSync(path.join(folder, "go")); // an attempt would not end
    expect((await ckpt(folder, [...args.slice(0, 4), "-o", "slow.jsonl", ...slow])).code).toBe(0);
    expect(outputs(folder, "slow.jsonl")).toEqual(["1", "2", "3"]);
  });

  testUnless(
    hasStrace ? [] : ["strace is not installed"],
    "that is just being replaced by its session still is, when a kill comes in between",
    () =>
      withStrace(async () => {
        const folder = newFolder();
        writeLines(folder, "n.txt", numbers(1, 3));
        const words = ["run", "n.txt", ...job("A", "2")];
        expect((await ckpt(folder, words)).code).toBe(3);
        fs.writeFileSync(path.join(folder, "ok"), "");
        const { session } = JSON.parse(read(folder, "checkpoints/processing_status.json")) as {
          session: { nonce: string };
        };
        const staged = path.join(folder, `.n.results.jsonl.${session.nonce.slice(0, 8)}.ckpt.tmp`);
        const { exitCode } = await runTo(folder, words, { calls: "rename", paths: [staged], when: 1 });
        expect(exitCode).toBe(null);
        expect(await ckpt(folder, words)).toMatchObject({ code: 0 });
        expect({ out: outputs(folder), attempts: marks(folder).length }).toEqual({
          out: ["A 1", "A 2", "A 3"],
          attempts: 4,
        });
      }),
  );
});

describe("--no-resume", () => {
  test("attempts all items of a completed job again, and replaces what this job wrote", async () => {
    const folder = await finished();
    fs.writeFileSync(path.join(folder, "n.results.jsonl"), read(folder, "n.results.jsonl"));
    expect((await run(folder, "A", "--no-resume")).code).toBe(0);
    expect({ attempts: marks(folder).length, backups: backups(folder).length }).toEqual({
      attempts: 10,
      backups: 2,
    });
    writeLines(folder, "n.txt", numbers(1, 7)); // the same job, its input grown
    expect((await run(folder, "A", "--no-resume")).code).toBe(0);
    expect({ attempts: marks(folder).length, out: outputs(folder).length }).toEqual({ attempts: 17, out: 7 });
  });

  test("may be killed: the same words without it continue, and replace the file as was agreed", async () => {
    const folder = await finished();
    writeLines(folder, "n.txt", numbers(1, 6));
    expect((await run(folder, "A", "--no-resume", "--limit", "2")).code).toBe(4);
    expect(outputs(folder).length).toBe(5);
    expect((await run(folder, "A")).code).toBe(0);
    expect({ attempts: marks(folder).length, out: outputs(folder).length }).toEqual({ attempts: 11, out: 6 });
  });

  test("a run that is stopped names an export that replaces the same file", async () => {
    const folder = await finished();
    const stopped = await run(folder, "A", "--no-resume", "--limit", "2", "--json");
    expect((JSON.parse(stopped.out) as { export_command: string }).export_command).toEndWith(
      "ckpt export -o n.results.jsonl",
    );
    expect((await ckpt(folder, ["export", "-o", "n.results.jsonl"])).code).toBe(0);
    expect(outputs(folder).length).toBe(2);
    expect((await run(folder, "A")).code).toBe(0);
    expect(outputs(folder).length).toBe(5);
  });

  test("replaces what the session wrote that it starts over, though the command has changed", async () => {
    const folder = newFolder();
    writeLines(folder, "n.txt", numbers(1, 3));
    expect((await ckpt(folder, ["run", "n.txt", ...job("A", "2")])).code).toBe(3);
    expect((await run(folder, "B")).code).toBe(12);
    expect((await run(folder, "B", "--no-resume")).code).toBe(0);
    expect(outputs(folder)).toEqual(["B 1", "B 2", "B 3"]);
  });
});

test("a session that an older ckpt began, which had nothing on record of its output, is resumed with the same words", async () => {
  const folder = await finished();
  expect((await run(folder, "B", "--force", "--limit", "2")).code).toBe(4);
  const file = path.join(folder, "checkpoints/processing_status.json");
  const { sum: _sum, ...status } = JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, unknown>;
  fs.writeFileSync(file, seal({ ...status, output: null }));
  expect((await run(folder, "B")).code).toBe(0);
  expect({ attempts: marks(folder).length, first: outputs(folder)[0] }).toEqual({
    attempts: 10,
    first: "B 1",
  });
});

describe("a completed job is found among the backups", () => {
  test("whatever was run since: no attempt, the same exit code; its output is written where it is missing", async () => {
    const folder = await finished();
    for (const word of ["B", "C", "D", "E", "F", "G"])
      expect((await run(folder, word, "-o", `${word}.jsonl`)).code).toBe(0);
    const attempts = marks(folder).length;
    expect((await run(folder, "A")).code).toBe(0);
    fs.rmSync(path.join(folder, "n.results.jsonl"));
    const again = await run(folder, "A", "--json");
    expect(JSON.parse(again.out)).toMatchObject({
      outcome: "already_complete",
      exit_code: 0,
      total: 5,
      completed: 5,
      attempted: 0,
      backup: expect.stringMatching(/^auto_completed_/),
      finished_at: expect.stringMatching(/^20.*Z$/),
      output: { path: path.join(folder, "n.results.jsonl") },
    });
    expect(outputs(folder)).toEqual(numbers(1, 5).map((n) => `A ${n}`));
    expect((await run(folder, "C", "-o", "C.jsonl")).code).toBe(0);
    expect(marks(folder).length).toBe(attempts);
  });

  test("with accepted failures: exit 3 again, and --failed retry tries them", async () => {
    const folder = newFolder();
    writeLines(folder, "n.txt", numbers(1, 3));
    const words = (...options: string[]): string[] => ["run", "n.txt", ...options, ...job("A", "2")];
    expect((await ckpt(folder, words("--failed", "keep"))).code).toBe(3);
    expect((await run(folder, "B", "-o", "B.jsonl")).code).toBe(0);
    expect((await ckpt(folder, words())).code).toBe(3);
    expect(marks(folder).length).toBe(6);
    fs.writeFileSync(path.join(folder, "ok"), "");
    expect((await ckpt(folder, words("--failed", "retry"))).code).toBe(0);
    expect(marks(folder).slice(6)).toEqual(["A 2"]);
  });

  test("beside another job's unfinished checkpoint, which is left alone", async () => {
    const folder = await finished();
    writeLines(folder, "m.txt", numbers(6, 9));
    const unfinished = ["run", "m.txt", "--limit", "2", ...job("A")];
    expect((await ckpt(folder, unfinished)).code).toBe(4);
    const before = tree(path.join(folder, "checkpoints"));
    expect((await run(folder, "A")).err).toContain("Already complete");
    expect(tree(path.join(folder, "checkpoints"))).toEqual(before);
    expect((await ckpt(folder, ["run", "m.txt", ...job("A")])).code).toBe(0);
    expect(marks(folder).length).toBe(9);
  });

  test("where its output now holds another job's results, this is reported", async () => {
    const folder = await finished();
    expect((await run(folder, "B", "--force")).code).toBe(0);
    const refused = await run(folder, "A");
    expect(refused.code).toBe(12);
    expect(refused.err).toContain('echo "B $1"');
    expect((await run(folder, "A", "-o", "a.jsonl")).code).toBe(0);
    expect((await run(folder, "A", "-o", "a.jsonl")).code).toBe(0); // it is on record now
    expect({ attempts: marks(folder).length, out: outputs(folder, "a.jsonl")[0] }).toEqual({
      attempts: 10,
      out: "A 1",
    });
  });

  test("by a job of an earlier ckpt, whose manifest does not name it", async () => {
    const folder = earlierJob("0.1.0", "content-completed");
    const words = ["q.txt", "-j", "1", "--", "sh", "-c", 'echo "$1" >> marks; printf %s "$1"', "x", "{}"];
    const before = marks(folder).length;
    expect((await ckpt(folder, ["run", "q.txt", "-o", "other.jsonl", "--", "cat"])).code).toBe(0);
    const again = await ckpt(folder, ["run", ...words]);
    expect({ code: again.code, attempts: marks(folder).length }).toEqual({ code: 0, attempts: before });
    const refused = await ckpt(folder, ["run", "q.txt", "--", "echo", "new"]);
    expect(refused.code).toBe(12);
    expect(refused.err).toContain('echo "$1" >> marks');
  });

  test("--dry-run finds it, too", async () => {
    const folder = await finished();
    expect((await run(folder, "B", "-o", "B.jsonl")).code).toBe(0);
    const dry = await run(folder, "A", "--dry-run", "--json");
    expect(JSON.parse(dry.out)).toMatchObject({ plan: { total: 5, done: 5, pending: 0 } });
  });
});

describe("a changed input continues from the completed session that has most of it", () => {
  test("ten rows appended, other jobs in between: ten are run", async () => {
    const folder = newFolder();
    writeLines(folder, "n.txt", numbers(1, 30));
    expect((await run(folder, "A")).code).toBe(0);
    writeLines(folder, "m.txt", numbers(101, 110));
    expect((await ckpt(folder, ["run", "m.txt", ...job("A")])).code).toBe(0);
    expect((await run(folder, "B", "-o", "B.jsonl")).code).toBe(0);
    writeLines(folder, "n.txt", numbers(1, 40));
    const attempts = marks(folder).length;
    expect((await run(folder, "A")).code).toBe(0);
    expect(marks(folder).slice(attempts)).toEqual(numbers(31, 40).map((n) => `A ${n}`));
    expect(outputs(folder).length).toBe(40);
  });

  test("of several in the same place that with most of the items, not the newest", async () => {
    const folder = newFolder();
    for (const [from, to] of [
      [1, 20],
      [16, 25],
      [50, 60],
    ] as const) {
      writeLines(folder, "n.txt", numbers(from, to));
      expect((await run(folder, "A", "-o", `${from}.jsonl`)).code).toBe(0);
    }
    writeLines(folder, "n.txt", [...numbers(1, 20), "x"]);
    const attempts = marks(folder).length;
    expect((await run(folder, "A", "-o", "all.jsonl")).code).toBe(0);
    expect(marks(folder).slice(attempts)).toEqual(["A x"]);
  });

  test("under another name: what is known is kept", async () => {
    const folder = await finished();
    writeLines(folder, "m.txt", numbers(101, 110));
    expect((await ckpt(folder, ["run", "m.txt", ...job("A")])).code).toBe(0);
    writeLines(folder, "renamed.txt", ["0", ...numbers(1, 5)]);
    const attempts = marks(folder).length;
    expect((await ckpt(folder, ["run", "renamed.txt", ...job("A")])).code).toBe(0);
    expect(marks(folder).slice(attempts)).toEqual(["A 0"]);
  });

  test("an input that has nothing in common with any is a new job", async () => {
    const folder = await finished();
    writeLines(folder, "m.txt", numbers(101, 110));
    expect((await ckpt(folder, ["run", "m.txt", ...job("A")])).code).toBe(0);
    const { total, gone } = JSON.parse(
      read(folder, `checkpoints/backups/${backups(folder).toSorted().at(-1)}/processing_status.json`),
    ) as { total: number; gone: number };
    expect({ total, gone }).toEqual({ total: 10, gone: 0 });
  });
});

describe("ckpt clear", () => {
  const clear = (folder: string, ...options: string[]): Promise<Ran> =>
    ckpt(folder, ["clear", "--yes", ...options]);

  test.each(LANGUAGES)(
    "after a completed job: the next run starts over, its results stay (%s)",
    async (lang) => {
      const folder = await finished();
      const [backup = "?"] = backups(folder);
      const cleared = await clear(folder, "--lang", lang);
      expect({ code: cleared.code, backup: cleared.err.includes(backup) }).toEqual({ code: 0, backup: true });
      expect((await clear(folder)).code).toBe(10);
      expect((await run(folder, "A", "-o", "new.jsonl")).code).toBe(0);
      expect({ attempts: marks(folder).length, old: outputs(folder).length }).toEqual({
        attempts: 10,
        old: 5,
      });
      expect(backups(folder)).toContain(backup);
    },
  );

  test("asks: without a terminal exit 2 names --yes, and nothing is changed", async () => {
    const folder = await finished();
    const before = tree(folder);
    const asked = await ckpt(folder, ["clear"]);
    expect({ code: asked.code, yes: asked.err.includes("--yes") }).toEqual({ code: 2, yes: true });
    expect(tree(folder)).toEqual(before);
  });

  test("its own earlier output is named as such, and --no-resume as the way to replace it", async () => {
    const folder = await finished();
    await clear(folder);
    const refused = await run(folder, "A");
    expect(refused.code).toBe(12);
    expect(refused.err).toContain("results of an earlier session of this job");
    expect(refused.err).toContain("--no-resume");
    expect((await run(folder, "A", "--no-resume")).code).toBe(0);
    expect(marks(folder).length).toBe(10);
  });

  test("of an unfinished checkpoint: nothing is resumed, be it under another name; other jobs are still found", async () => {
    const folder = await finished();
    writeLines(folder, "m.txt", numbers(1, 6));
    expect((await ckpt(folder, ["run", "m.txt", ...job("A")])).code).toBe(0);
    expect((await run(folder, "B", "-o", "B.jsonl")).code).toBe(0);
    writeLines(folder, "n.txt", numbers(1, 8));
    expect((await run(folder, "A", "--limit", "1")).code).toBe(4);
    expect((await clear(folder, "--json")).out).toContain("auto_cleared_");
    const attempts = marks(folder).length;
    expect((await run(folder, "A", "-o", "new.jsonl")).code).toBe(0);
    expect(marks(folder).length - attempts).toBe(8);
    expect((await run(folder, "B", "-o", "B.jsonl")).code).toBe(0); // of five numbers, gone on from
    expect(marks(folder).slice(attempts + 8)).toEqual(["B 6", "B 7", "B 8"]);
    expect((await ckpt(folder, ["run", "m.txt", ...job("A")])).err).toContain("Already complete");
  });
});
