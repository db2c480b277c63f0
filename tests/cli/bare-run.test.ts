// `ckpt run` without any words: it shows the command on record and resumes it, with what is typed now laid over.
// Needs tmux.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, ENV, EXECUTABLE, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { Terminal } from "../helpers/terminal.ts";

const ITEMS = ["a", "b", "c", "d", "e", "f"];
const COMMAND = ["--", "sh", "-c", 'echo "$1" >> marks; printf %s "$1"', "x", "{}"];
const marks = (folder: string): string[] => read(folder, "marks").trim().split("\n");
const recorded = (folder: string): { words?: string[]; cwd?: string } =>
  JSON.parse(read(folder, "checkpoints/processing_status.json"));

/** A worker of sh: each answer is the index of its request. */
const ANSWER_ALL =
  'while read -r line; do n=${line#*\\"index\\":}; echo "{\\"index\\":${n%%,*},\\"output\\":1}"; done';

/** Six items, of which two have been run. */
async function begun(options: readonly string[] = []): Promise<string> {
  const folder = fs.realpathSync(newFolder());
  writeLines(folder, "q.txt", ITEMS);
  const ran = await ckpt(folder, ["run", "q.txt", "-j", "1", "--limit", "2", ...options, "-q", ...COMMAND]);
  expect(ran.code).toBe(4);
  return folder;
}

describe("ckpt run without words", () => {
  test.each([
    ["en", "On record: "],
    ["zh", "记录中的命令："],
  ])("shows the command on record and resumes it, in %s", async (language, shown) => {
    const folder = await begun();
    const ran = await ckpt(folder, ["run", "--lang", language]);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.err).toContain(shown);
    expect(ran.err).toContain("run q.txt --jobs 1 ");
    expect(marks(folder)).toEqual(ITEMS);
    expect(read(folder, "q.results.jsonl").trim().split("\n")).toHaveLength(ITEMS.length);
  });

  test("shows it as an event where standard error is for programs, and not with -q", async () => {
    const folder = await begun();
    const ran = await ckpt(folder, ["run", "--limit", "1", "--progress", "json"]);
    const events = ran.err
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ event: "note", text: expect.stringContaining("run q.txt --jobs 1 ") });
    const quiet = await ckpt(folder, ["run", "--limit", "1", "-q", "--progress", "json"]);
    expect(quiet.err).not.toContain('"event":"note"');
  });

  test("records the words of the job, not those of one start", async () => {
    const folder = await begun(["--yes", "--on-change", "refuse"]);
    expect(recorded(folder)).toMatchObject({ words: ["q.txt", "--jobs", "1", ...COMMAND], cwd: folder });
  });

  test("lays over what is typed now, and keeps it on record", async () => {
    const folder = await begun();
    const ran = await ckpt(folder, ["run", "-j", "2", "--limit", "1", "-q"]);
    expect(ran.code).toBe(4);
    expect(recorded(folder).words).toEqual(["q.txt", "--jobs", "2", ...COMMAND]);
    expect(marks(folder)).toHaveLength(3);
  });

  test("a command that is typed takes the place of the one on record, and is judged as a change", async () => {
    const folder = await begun();
    const ran = await ckpt(folder, ["run", "--shell", "echo {}"]);
    expect(ran.code).toBe(12);
    expect(ran.err).toContain("run q.txt --jobs 1 --shell 'echo {}'");
    expect(marks(folder)).toHaveLength(2);
  });

  test("resumes in the folder in which the words were typed, from wherever it is called", async () => {
    const folder = await begun(["-o", "out.csv"]);
    const elsewhere = newFolder();
    const ran = await ckpt(elsewhere, ["run", "--dir", path.join(folder, "checkpoints"), "-q"]);
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(fs.existsSync(path.join(folder, "out.csv"))).toBe(true);
    expect(marks(folder)).toEqual(ITEMS);
  });

  test("prints commands that lead into that folder, and reads what is typed in the folder of the typing", async () => {
    const folder = await begun();
    const elsewhere = newFolder();
    fs.writeFileSync(path.join(elsewhere, "mine.toml"), "batch-size = 3\n");
    const dir = path.join(folder, "checkpoints");
    const relative = path.relative(fs.realpathSync(elsewhere), dir);
    const words = ["run", "--dir", relative, "--config", "mine.toml", "--limit", "1"];
    const ran = await ckpt(elsewhere, words);
    expect(ran).toMatchObject({ code: 4, out: "" });
    const step = `cd ${folder} && `;
    expect(ran.err).toContain(`On record: ${step}`);
    const resume = ran.err
      .split("\n")
      .find((line) => line.includes(" run q.txt ") && line.includes("To resume: "));
    expect(resume).toContain(step);
    const env = { CKPT_CONFIG: "mine.toml", CKPT_DIR: dir };
    expect(await ckpt(elsewhere, ["run", "--limit", "1", "-q"], env)).toMatchObject({ code: 4 });
    // The printed command does what it says, wherever it is copied to.
    const copied = resume?.replace("To resume: ", "").replace("--limit 1 ", "") ?? "";
    expect(Bun.spawnSync(["sh", "-c", copied], { cwd: elsewhere, env: ENV }).exitCode).toBe(0);
    expect(marks(folder)).toEqual(ITEMS);
  });

  test("takes an option whose need is on record", async () => {
    const folder = fs.realpathSync(newFolder());
    writeLines(folder, "q.txt", ITEMS);
    const worker = ["--worker", "--", "sh", "-c", ANSWER_ALL];
    const first = await ckpt(folder, ["run", "q.txt", "-j", "1", "--limit", "2", "-q", ...worker]);
    expect(first).toMatchObject({ code: 4 });
    expect(await ckpt(folder, ["run", "--worker-inflight", "2", "-q"])).toMatchObject({ code: 0, err: "" });
    // What it needs is neither typed nor on record.
    const command = await begun();
    const refused = await ckpt(command, ["run", "--worker-inflight", "2"]);
    expect({ code: refused.code, marks: marks(command).length }).toEqual({ code: 2, marks: 2 });
    expect(refused.err).toContain("--worker");
  });

  test("says that the status file is missing where there is a log, as every other run does", async () => {
    const folder = await begun();
    fs.rmSync(path.join(folder, "checkpoints/processing_status.json"));
    for (const words of [["run"], ["run", "-j", "1"], ["export", "-o", "out.jsonl"]]) {
      const ran = await ckpt(folder, words);
      expect({ words, code: ran.code }).toEqual({ words, code: 12 });
      expect(ran.err).toContain("the status file is missing");
    }
  });

  test("says so when no command line is on record", async () => {
    const folder = await begun();
    const long = await ckpt(folder, [
      "run",
      "q.txt",
      "--no-resume",
      "--limit",
      "1",
      "-q",
      "--",
      "echo",
      "x".repeat(70_000),
    ]);
    expect(long).toMatchObject({ code: 4 });
    const ran = await ckpt(folder, ["run"]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain("has none on record");
    expect(ran.err).toContain("64 KiB");
  });

  test("says so when that folder is gone", async () => {
    const folder = await begun();
    const checkpoint = path.join(newFolder(), "checkpoints");
    fs.cpSync(path.join(folder, "checkpoints"), checkpoint, { recursive: true });
    fs.rmSync(folder, { recursive: true });
    const ran = await ckpt(newFolder(), ["run", "--dir", checkpoint]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(folder);
  });

  test("without a checkpoint it ends with 10; how without what is a usage error", async () => {
    const folder = newFolder();
    expect((await ckpt(folder, ["run"])).code).toBe(10);
    const how = await ckpt(folder, ["run", "--", "cat"]);
    expect(how.code).toBe(2);
    expect(how.err).toContain("no input was named");
  });

  test("of a completed job it says that all is done, and runs again what --rerun names", async () => {
    const folder = await begun();
    expect((await ckpt(folder, ["run", "-q"])).code).toBe(0);
    const again = await ckpt(folder, ["run"]);
    expect(again.code).toBe(0);
    expect(again.err).toContain("Already complete: all 6 items done");
    expect((await ckpt(folder, ["run", "--rerun", "#2,#5"])).code).toBe(0);
    expect(marks(folder)).toEqual([...ITEMS, "b", "e"]);
    expect((await ckpt(folder, ["run", "--", "cat"])).err).toContain("no input was named");
    await ckpt(folder, ["clear", "--yes"]);
    expect((await ckpt(folder, ["run"])).code).toBe(10);
  });

  test("of a completed job whose input was standard input it asks for the input", async () => {
    const folder = newFolder();
    const line = ["sh", "-c", 'printf "a\\nb\\n" | "$0" run - --format txt -q -- cat', EXECUTABLE];
    expect(await Bun.spawn(line, { cwd: folder, env: ENV }).exited).toBe(0);
    const ran = await ckpt(folder, ["run"]);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining("no input was named")]);
  });

  test("with --dry-run it shows the plan of what is on record and changes nothing", async () => {
    const folder = await begun();
    const before = read(folder, "checkpoints/processing_status.json");
    const ran = await ckpt(folder, ["run", "--dry-run"]);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain("2 done");
    expect(read(folder, "checkpoints/processing_status.json")).toBe(before);
  });

  test("asks on a terminal before it resumes", async () => {
    const folder = await begun();
    await using terminal = new Terminal(folder, ["run"]);
    expect(await terminal.shows("(y/n, default y)")).toContain("On record: ckpt run q.txt");
    expect(marks(folder)).toHaveLength(2);
    terminal.press("Enter");
    expect(await terminal.exitCode()).toBe(0);
    expect(marks(folder)).toEqual(ITEMS);
  });
});
