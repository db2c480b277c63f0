// Options in a file that is named: what was typed wins, what does not fit is dropped and listed, what is no option is refused.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, read, writeLines } from "../helpers/ckpt.ts";

function folderWith(settings: string): string {
  const folder = newFolder();
  writeLines(folder, "q.jsonl", ['{"id":"a","q":"1"}', '{"id":"b","q":"2"}']);
  fs.writeFileSync(path.join(folder, "job.toml"), settings);
  return folder;
}
const WITH_FILE = ["run", "q.jsonl", "--config", "job.toml"];
const status = (folder: string): { batch_size: number; input: { id_field: string | null } } => {
  const [backup = ""] = fs.readdirSync(path.join(folder, "checkpoints/backups"));
  return JSON.parse(read(folder, `checkpoints/backups/${backup}/processing_status.json`));
};

describe("--config FILE", () => {
  test("gives options of every kind: numbers, texts, flags, arrays", async () => {
    const folder = folderWith(
      [
        'id = "id"',
        "batch-size = 7",
        'output = "out.csv"',
        "include-input = true",
        "bom = false",
        'depends = ["job.toml"]',
      ].join("\n"),
    );
    const ran = await ckpt(folder, [...WITH_FILE, "-q", "--", "echo", "{q}"]);
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(status(folder)).toMatchObject({ batch_size: 7, input: { id_field: "id" } });
    expect(read(folder, "out.csv")).toStartWith("index,id,status,output,error,q");
  });

  test("can be named by CKPT_CONFIG, also for commands that have other options", async () => {
    const folder = folderWith('jobs = 1\nshell = "echo {q}"\n');
    const env = { CKPT_CONFIG: "job.toml" };
    expect(await ckpt(folder, ["run", "q.jsonl", "--limit", "1", "-q"], env)).toMatchObject({ code: 4 });
    expect(await ckpt(folder, ["info"], env)).toMatchObject({ code: 0 });
  });

  test("may be named before the command, as the other options of every command", async () => {
    const folder = folderWith('jobs = 1\nshell = "echo {q}"\n');
    const words = ["--config", "job.toml", "--lang", "en", "--dir", "d"];
    expect(await ckpt(folder, [...words, "run", "q.jsonl", "-q"])).toMatchObject({ code: 0, err: "" });
    expect(await ckpt(folder, [...words, "help", "run"])).toMatchObject({ code: 0, err: "" });
  });

  test("gives way to what was typed", async () => {
    const folder = folderWith("batch-size = 7\n");
    await ckpt(folder, [...WITH_FILE, "-q", "-b", "3", "--", "cat"]);
    expect(status(folder).batch_size).toBe(3);
  });

  test.each([
    [
      ['shell = "cat"', 'module = "m.ts"'],
      [],
      "en",
      "Cannot use --shell and --module together\n      Leave one of them out. The settings file job.toml has --shell and --module.\n",
    ],
    [
      ['shell = "cat"', "resume = false"],
      ["--rerun", "failed"],
      "zh",
      "--no-resume 与 --rerun 不能同时使用\n      请去掉其中一个。设置文件 job.toml 中有 --no-resume。\n",
    ],
    [['shell = "cat"', 'output = "-"'], ["--json"], "en", "The settings file job.toml has -o -."],
  ])("is named where options of %j conflict with %j or each other (%s)", async (lines, words, lang, text) => {
    const ran = await ckpt(folderWith(lines.join("\n")), [...WITH_FILE, ...words, "--lang", lang]);
    expect(ran.code).toBe(2);
    expect(ran.err + ran.out).toContain(text);
  });

  test.each([
    ["en", "Not used from the settings file: --model, --prompt"],
    ["zh", "设置文件中未使用的选项：--model, --prompt"],
  ])("drops what does not fit what was typed, and --dry-run lists it, in %s", async (language, shown) => {
    const folder = folderWith('model = "m"\nprompt = "{q}"\njobs = 2\n');
    const ran = await ckpt(folder, [...WITH_FILE, "--dry-run", "--lang", language, "--", "cat"]);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.out).toContain(shown);
    const json = await ckpt(folder, [...WITH_FILE, "--dry-run", "--json", "--", "cat"]);
    expect(JSON.parse(json.out).dropped).toEqual(["model", "prompt"]);
  });

  test("where an option stood means nothing to the fingerprint", async () => {
    const folder = folderWith('shell = "echo {q}"\n');
    expect((await ckpt(folder, [...WITH_FILE, "--limit", "1", "-q"])).code).toBe(4);
    expect((await ckpt(folder, ["run", "q.jsonl", "--shell", "echo {q}", "-q"])).code).toBe(0);
  });

  test("says in which language and form everything is reported, errors too", async () => {
    const folder = folderWith('lang = "zh"\n');
    const plan = await ckpt(folder, [...WITH_FILE, "--dry-run", "--", "cat"]);
    expect(plan.out).toContain("计划：");
    expect((await ckpt(folder, ["run", "no.txt", "--config", "job.toml", "--", "cat"])).err).toContain(
      "无法",
    );
    expect((await ckpt(folder, [...WITH_FILE, "--dry-run", "--lang", "en", "--", "cat"])).out).toContain(
      "Plan:",
    );
    fs.writeFileSync(path.join(folder, "job.toml"), "json = true\n");
    const json = await ckpt(folder, ["run", "no.txt", "--config", "job.toml", "--", "cat"]);
    expect(JSON.parse(json.out).error.code).toBe("input.missing");
    fs.writeFileSync(path.join(folder, "job.toml"), 'progress = "json"\n');
    const events = await ckpt(folder, ["run", "no.txt", "--config", "job.toml", "--", "cat"]);
    expect(JSON.parse(events.err)).toMatchObject({ event: "error", error: { code: "input.missing" } });
  });

  test.each([
    ["concurrency = 3", "did you mean jobs?"],
    ["temperature = 0", "did you mean param temperature=…?"],
    ["help = true", "there is no option help"],
    ["version = true", "there is no option version"],
    ["jbs = 3", "jobs"],
    ['config = "other.toml"', "config"],
    ["input = 3", "input"],
    ["force = 1", "true, false"],
    ["jobs = [1, 2]", "N|auto"],
    ['parse = "xml"', '"text", "json"'],
    ["jobs = 0", "--jobs"],
    ["jobs = ", "job.toml"],
  ])("refuses %p and says what is right", async (settings, named) => {
    const folder = folderWith(settings);
    const ran = await ckpt(folder, [...WITH_FILE, "--", "cat"]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(named);
  });

  test("refuses a file that is not there, or is no text", async () => {
    const folder = folderWith("");
    expect((await ckpt(folder, ["run", "q.jsonl", "--config", "no.toml", "--", "cat"])).err).toContain(
      "no.toml",
    );
    fs.writeFileSync(path.join(folder, "job.toml"), Buffer.from([0x6a, 0xff, 0xfe]));
    const ran = await ckpt(folder, [...WITH_FILE, "--", "cat"]);
    expect({ code: ran.code, lines: ran.err.trim().split("\n").length }).toEqual({ code: 2, lines: 2 });
  });

  test("no file is read unasked", async () => {
    const folder = folderWith("");
    fs.writeFileSync(path.join(folder, "ckpt.toml"), "nonsense = 1\n");
    fs.writeFileSync(path.join(folder, ".env"), "CKPT_CONFIG=ckpt.toml\n");
    expect((await ckpt(folder, ["run", "q.jsonl", "-q", "--", "cat"])).code).toBe(0);
  });
});
