// The commands that handle a checkpoint, as people and scripts use them: the compiled executable, in a folder of its own.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { seal } from "../../lib/checkpoint/status/seal.ts";
import { ckpt, newFolder, read, start, writeLines } from "../helpers/ckpt.ts";
import { command, tree } from "../helpers/in-process.ts";
import { makeCheckpoint } from "../helpers/made-checkpoint.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(60_000);

const LOG = "checkpoints/checkpoint_results.jsonl";
const RUN = ["-j", "1", "-b", "1", "--", "sh", "-c", 'echo "$1" >> marks; echo "answer to $1"', "x", "{}"];
const questions = Array.from({ length: 12 }, (_, i) => `question ${i}`);

/** A folder with a checkpoint of five results out of twelve. */
async function begun(): Promise<string> {
  const folder = newFolder();
  writeLines(folder, "q.txt", questions);
  expect((await ckpt(folder, ["run", "q.txt", "--limit", "5", ...RUN])).code).toBe(4);
  return folder;
}

const marks = (folder: string): string[] => read(folder, "marks").trim().split("\n");

async function expectedOutput(): Promise<string> {
  const folder = newFolder();
  writeLines(folder, "q.txt", questions);
  await ckpt(folder, ["run", "q.txt", ...RUN]);
  return read(folder, "q.results.jsonl");
}

for (const words of [
  ["clear"],
  ["restore", "latest"],
  ["verify", "--repair"],
  ["backup", "--delete", "x"],
  ["backup"],
  ["info"],
  ["export"],
]) {
  test(`${words.join(" ")} without anything there exits 10, in both languages, and makes nothing`, async () => {
    for (const lang of ["en", "zh"]) {
      const folder = newFolder();
      const ran = await ckpt(folder, [...words, "--lang", lang]);
      expect({ code: ran.code, left: fs.readdirSync(folder) }).toEqual({ code: 10, left: [] });
      expect(/[\u4e00-\u9fff]/.test(ran.err + ran.out)).toBe(lang === "zh");
    }
  });
}

test("what destroys or replaces asks: without a terminal it exits 2, names --yes and changes nothing", async () => {
  const folder = await begun();
  expect((await ckpt(folder, ["backup", "one"])).code).toBe(0);
  const before = tree(folder);
  for (const words of [["clear"], ["restore", "one"], ["backup", "--delete", "one"]]) {
    const ran = await ckpt(folder, words);
    expect({ words, code: ran.code }).toEqual({ words, code: 2 });
    expect(ran.err).toContain("--yes");
    expect(tree(folder)).toEqual(before);
  }
});

test("clear, restore latest and the run after it end with the exact output", async () => {
  const folder = await begun();
  const cleared = await ckpt(folder, ["clear", "--yes", "--json"]);
  expect(JSON.parse(cleared.out)).toEqual({ cleared: true, backup: expect.stringMatching(/^auto_cleared_/) });
  expect((await ckpt(folder, ["info"])).code).toBe(10);
  const dry = await ckpt(folder, ["restore", "latest", "--dry-run", "--json"]);
  expect(JSON.parse(dry.out)).toMatchObject({
    would_restore: JSON.parse(cleared.out).backup,
    results_saved: 5,
  });
  expect((await ckpt(folder, ["info"])).code).toBe(10);
  expect((await ckpt(folder, ["restore", "latest", "--yes"])).code).toBe(0);
  expect((await ckpt(folder, ["run", "q.txt", ...RUN])).code).toBe(0);
  expect(marks(folder)).toEqual(questions);
  expect(read(folder, "q.results.jsonl")).toBe(await expectedOutput());
});

test("run on damage exits 12 and names ckpt verify; after --repair just the lost items are run", async () => {
  const folder = await begun();
  const lines = read(folder, LOG).trim().split("\n");
  writeLines(folder, LOG, lines.with(1, "junk").with(3, (lines[3] ?? "").replace("answer", "Answer")));
  const refused = await ckpt(folder, ["run", "q.txt", ...RUN]);
  expect(refused.code).toBe(12);
  expect(refused.err).toContain("ckpt verify");
  const verified = await ckpt(folder, ["verify", "--json"]);
  expect(verified.code).toBe(12);
  expect(JSON.parse(verified.out)).toMatchObject({
    intact: false,
    records: 3,
    problems: [{ record: 2 }, { record: 4 }],
  });
  expect((await ckpt(folder, ["verify", "--lang", "zh"])).out).toMatch(/[\u4e00-\u9fff]/);
  expect((await ckpt(folder, ["verify", "--repair"])).code).toBe(2);
  const repaired = await ckpt(folder, ["verify", "--repair", "--yes", "--json"]);
  expect(JSON.parse(repaired.out)).toMatchObject({ repaired: true, records: 3, items: 3, lost: 2 });
  expect((await ckpt(folder, ["verify"])).code).toBe(0);
  expect((await ckpt(folder, ["run", "q.txt", ...RUN])).code).toBe(0);
  expect(marks(folder).slice(5)).toEqual(["question 1", "question 3", ...questions.slice(5)]);
  expect(read(folder, "q.results.jsonl")).toBe(await expectedOutput());
});

test("a backup made in the middle of a run, taken to another folder, resumes there to the exact output", async () => {
  const folder = newFolder();
  writeLines(folder, "q.txt", questions);
  const slow = [
    "-j",
    "1",
    "-b",
    "1",
    "--",
    "sh",
    "-c",
    'echo "$1" >> marks; test "$1" != "question 6" || test -e go || exec sleep 60; echo "answer to $1"',
    "x",
    "{}",
  ];
  const child = start(folder, ["run", "q.txt", ...slow]);
  try {
    await until(async () => {
      const { code, out } = await ckpt(folder, ["info", "--json"]);
      return code === 0 && JSON.parse(out).results_saved >= 6;
    });
    for (const words of [
      ["clear", "--yes"],
      ["verify", "--repair", "--yes"],
    ])
      expect({ words, code: (await ckpt(folder, words)).code }).toEqual({ words, code: 11 });
    for (const words of [["backup", "mid"], ["list"], ["info"], ["verify"]])
      expect({ words, code: (await ckpt(folder, words)).code }).toEqual({ words, code: 0 });
    expect((await ckpt(folder, ["restore", "mid", "--yes"])).code).toBe(11);
  } finally {
    child.kill("SIGKILL");
    await child.exited;
  }
  const other = newFolder();
  fs.mkdirSync(path.join(other, "elsewhere"));
  writeLines(other, "elsewhere/q.txt", questions);
  fs.cpSync(path.join(folder, "checkpoints/backups/mid"), path.join(other, "brought"), { recursive: true });
  fs.writeFileSync(path.join(other, "go"), "");
  expect((await ckpt(other, ["restore", "./brought", "--yes"])).code).toBe(0);
  expect((await ckpt(other, ["run", "elsewhere/q.txt", "-o", "out.jsonl", ...slow])).code).toBe(0);
  expect(marks(other)).toEqual(questions.slice(6));
  expect(read(other, "out.jsonl").replaceAll(/"(started_at|duration_ms)":[^,}]*/g, "")).toBe(
    (await expectedOutput()).replaceAll(/"(started_at|duration_ms)":[^,}]*/g, ""),
  );
});

describe("backup", () => {
  test("hostile names exit 2, and nothing changes", async () => {
    const folder = newFolder();
    const dir = path.join(folder, "checkpoints");
    makeCheckpoint(dir);
    expect((await command(folder, ["backup", "Taken"])).code).toBe(0);
    fs.mkdirSync(path.join(folder, "outside"));
    fs.symlinkSync(path.join(folder, "outside"), path.join(dir, "backups/link"));
    const before = tree(folder);
    const names = [
      "..",
      ".",
      "...",
      "a/b",
      "/tmp/x",
      "../x",
      "a\\b",
      "-x",
      "--",
      "",
      " ",
      "a b",
      "CON",
      "con.txt",
      "nul",
      "Aux",
      "COM1",
      "x".repeat(65),
      "x".repeat(300),
      "a.",
      ".a",
      "_a",
      "a\u0000b",
      "a\nb",
      "\u001b[2J",
      "备份",
      "latest",
      "Latest",
      "taken",
      "Taken",
      "link",
      "a:b",
      "*",
      "$(x)",
    ];
    for (const name of names) {
      const ran = await command(folder, ["backup", `--backup-name=${name}`]);
      expect({ name, code: ran.code }).toEqual({ name, code: 2 });
      expect(tree(folder)).toEqual(before);
    }
  });

  test("--delete removes one, also when an earlier deletion of that name was interrupted", async () => {
    const folder = newFolder();
    const backups = path.join(folder, "checkpoints/backups");
    makeCheckpoint(path.join(folder, "checkpoints"));
    await command(folder, ["backup", "b"]);
    fs.cpSync(path.join(backups, "b"), path.join(backups, ".trash-b"), { recursive: true });
    const ran = await command(folder, ["backup", "--delete", "b", "--yes", "--json"]);
    expect({ code: ran.code, json: JSON.parse(ran.out) }).toEqual({ code: 0, json: { deleted: "b" } });
    expect(fs.readdirSync(backups)).toEqual([]);
    expect((await command(folder, ["backup", "--delete", "../..", "--yes"])).code).toBe(10);
  });

  test("a lost status is said to be lost, not that nothing is there", async () => {
    const folder = newFolder();
    const { paths } = makeCheckpoint(path.join(folder, "checkpoints"));
    fs.unlinkSync(paths.status);
    const ran = await command(folder, ["backup", "b", "--json"]);
    expect({ code: ran.code, error: JSON.parse(ran.out).error.code }).toEqual({
      code: 12,
      error: "checkpoint.damaged",
    });
    expect(fs.existsSync(path.join(paths.backups, "b"))).toBe(false);
  });

  test("--json of backup, list and verify has the promised fields", async () => {
    const folder = newFolder();
    makeCheckpoint(path.join(folder, "checkpoints"));
    expect((await command(folder, ["list", "--json"])).out).toBe("[]\n");
    const made = JSON.parse((await command(folder, ["backup", "b", "--json"])).out);
    expect(Object.keys(made)).toEqual(["backup", "session_id", "results_saved", "bytes"]);
    const [listed] = JSON.parse((await command(folder, ["list", "--json"])).out);
    expect(listed).toEqual({
      name: "b",
      created_at: "2026-11-23T12:00:00.000Z",
      kind: "manual",
      session_id: "20230530_143025",
      total: 10,
      completed: 5,
      failed: 1,
      results_saved: 6,
      bytes: made.bytes,
      intact: true,
      reason: "manual",
      processor: expect.objectContaining({ kind: expect.any(String) }),
      input: expect.any(String),
      output: null,
      selection: null,
      shard: null,
      shards: null,
    });
    const verified = JSON.parse((await command(folder, ["verify", "b", "--json"])).out);
    expect(verified).toEqual({
      backup: "b",
      intact: true,
      records: 6,
      items: 6,
      completed: 5,
      failed: 1,
      uncommitted: 0,
      torn_bytes: 0,
      problem_count: 0,
      problems: [],
    });
  });

  test("a raw backup, which clear makes of a damaged checkpoint, comes back byte for byte", async () => {
    const folder = newFolder();
    const { paths, lines } = makeCheckpoint(path.join(folder, "checkpoints"));
    writeLines(paths.dir, path.basename(paths.log), lines.with(2, "junk"));
    const before = [fs.readFileSync(paths.log, "utf8"), fs.readFileSync(paths.status, "utf8")];
    expect((await command(folder, ["clear", "--yes"])).code).toBe(0);
    expect((await command(folder, ["restore", "latest", "--yes"])).code).toBe(0);
    expect([fs.readFileSync(paths.log, "utf8"), fs.readFileSync(paths.status, "utf8")]).toEqual(before);
  });

  test("clear with nothing but a kept input moves it", async () => {
    const folder = newFolder();
    const dir = path.join(folder, "checkpoints");
    fs.mkdirSync(dir);
    fs.writeFileSync(path.join(dir, "input.data"), "a\n");
    expect((await command(folder, ["clear", "--yes"])).code).toBe(0);
    expect((await command(folder, ["clear", "--yes"])).code).toBe(10);
    const [name = ""] = fs.readdirSync(path.join(dir, "backups"));
    expect(read(dir, `backups/${name}/input.data`)).toBe("a\n");
  });

  test("clear takes along results that an interrupted recovery had set aside", async () => {
    const folder = newFolder();
    const { paths, status } = makeCheckpoint(path.join(folder, "checkpoints"), { uncommitted: 2 });
    const whole = fs.readFileSync(paths.log);
    const { bytes, last_sum: sum } = status.log;
    const head = {
      v: 1,
      kind: "recovering",
      nonce: status.session.nonce,
      base_bytes: bytes,
      base_sum: sum,
      records: 2,
    };
    fs.writeFileSync(paths.recovering, Buffer.concat([Buffer.from(seal(head)), whole.subarray(bytes)]));
    fs.truncateSync(paths.log, bytes);
    const cleared = await command(folder, ["clear", "--yes", "--json"]);
    const { backup } = JSON.parse(cleared.out);
    expect(read(paths.backups, `${backup}/checkpoint_results.jsonl`)).toBe(whole.toString());
  });

  test("an unknown name to restore exits 10 with the nearest names", async () => {
    const folder = newFolder();
    makeCheckpoint(path.join(folder, "checkpoints"));
    await command(folder, ["backup", "monday"]);
    const ran = await command(folder, ["restore", "mondya", "--yes"]);
    expect(ran.code).toBe(10);
    expect(ran.err).toContain("monday");
  });

  test("any byte of a backup flipped: restore refuses with 12, says where, and changes nothing", async () => {
    const folder = newFolder();
    const dir = path.join(folder, "checkpoints");
    makeCheckpoint(dir, { records: 2, kept: "a\nb\n" });
    await command(folder, ["backup", "b"]);
    const backup = path.join(dir, "backups/b");
    const before = tree(folder);
    for (const file of fs.readdirSync(backup)) {
      const whole = fs.readFileSync(path.join(backup, file));
      for (let at = 0; at < whole.length; at++) {
        fs.writeFileSync(path.join(backup, file), whole.with(at, (whole[at] ?? 0) ^ 1));
        const ran = await command(folder, ["restore", "b", "--yes"]);
        expect({ file, at, code: ran.code }).toEqual({ file, at, code: 12 });
        expect(ran.err).toContain(file === "manifest.json" ? "manifest.json" : file);
      }
      fs.writeFileSync(path.join(backup, file), whole);
    }
    expect(tree(folder)).toEqual(before);
  });

  test("the newest CKPT_KEEP_AUTO automatic backups are kept, those made by hand never touched", async () => {
    const folder = newFolder();
    const dir = path.join(folder, "checkpoints");
    makeCheckpoint(dir);
    await command(folder, ["backup", "mine"]);
    for (let round = 0; round < 7; round++) {
      makeCheckpoint(dir);
      expect((await command(folder, ["clear", "--yes"])).code).toBe(0);
    }
    const names = (): string[] => fs.readdirSync(path.join(dir, "backups"));
    expect(names().filter((name) => name.startsWith("auto_")).length).toBe(5);
    expect(names()).toContain("mine");
    expect(
      (await command(folder, ["restore", "mine", "--yes"], undefined, { CKPT_KEEP_AUTO: "2" })).code,
    ).toBe(0);
    expect(names().filter((name) => name.startsWith("auto_")).length).toBe(2);
    expect(names()).toContain("mine");
  });

  test.each([["CKPT_KEEP_AUTO"], ["CKPT_KEEP_COMPLETED"]])(
    "%s is checked before anything is changed",
    async (variable) => {
      const folder = await begun();
      expect((await ckpt(folder, ["backup", "kept"])).code).toBe(0);
      const before = tree(folder);
      for (const words of [
        ["clear", "--yes"],
        ["restore", "kept", "--yes"],
        ["verify", "--repair", "--yes"],
        ["run", "q.txt", ...RUN],
      ])
        for (const value of ["x", "0", "10000"]) {
          const { code, err } = await ckpt(folder, words, { [variable]: value });
          expect({ words, code, err }).toMatchObject({
            code: 2,
            err: expect.stringContaining(`Cannot use ${variable}: its value is "${value}"`),
          });
        }
      expect(tree(folder)).toEqual(before);
    },
  );

  test("completed sessions are kept apart: the newest CKPT_KEEP_COMPLETED, whatever else becomes a backup", async () => {
    const folder = newFolder();
    const reasons = (): string[] =>
      fs.readdirSync(path.join(folder, "checkpoints/backups")).map((name) => name.replace(/_\d.*$/, ""));
    for (let round = 0; round < 3; round++) {
      writeLines(folder, `${round}.txt`, [`item ${round}`]);
      await ckpt(folder, ["run", `${round}.txt`, "--", "cat"], { CKPT_KEEP_COMPLETED: "2" });
      await ckpt(folder, ["run", "0.txt", "-o", "x.jsonl", "-q", "--", "sh", "-c", `: ${round}; exit 1`]);
      await ckpt(folder, ["clear", "--yes"], { CKPT_KEEP_AUTO: "1" });
    }
    expect(reasons().toSorted()).toEqual(["auto_cleared", "auto_completed", "auto_completed"]);
  });

  test("a job that continues whenever its input has grown takes no other completed job's place", async () => {
    const folder = newFolder();
    writeLines(folder, "other.txt", ["1", "2"]);
    const other = ["run", "other.txt", "--json", "-q", "--", "cat"];
    expect((await ckpt(folder, other)).code).toBe(0);
    for (let rows = 1; rows <= 4; rows++) {
      writeLines(folder, "grows.txt", ["a", "b", "c", "d"].slice(0, rows));
      const grown = await ckpt(folder, ["run", "grows.txt", "-q", "--", "cat"], { CKPT_KEEP_COMPLETED: "2" });
      expect(grown).toMatchObject({ code: 0, err: "" });
    }
    expect(JSON.parse((await ckpt(folder, other)).out)).toMatchObject({ outcome: "already_complete" });
    expect(read(folder, "grows.results.jsonl").trim().split("\n").length).toBe(4);
  });

  test("a command that is corrected again and again before it has made any result costs no backup that holds some", async () => {
    const folder = newFolder();
    writeLines(folder, "q.txt", ["1", "2"]);
    expect((await ckpt(folder, ["run", "q.txt", "--limit", "1", "-q", "--", "cat"])).code).toBe(4);
    expect((await ckpt(folder, ["clear", "--yes"])).code).toBe(0);
    const [cleared = ""] = fs.readdirSync(path.join(folder, "checkpoints/backups"));
    for (let round = 0; round < 3; round++)
      await ckpt(folder, ["run", "q.txt", "-q", "--", `no-such-${round}`], { CKPT_KEEP_AUTO: "1" });
    const left = fs.readdirSync(path.join(folder, "checkpoints/backups"));
    expect(left).toContain(cleared);
    expect(left.length).toBe(2);
  });
});

describe("what stands in backups/ and is not ckpt's", () => {
  test("hidden files and folders stay, and stop nothing", async () => {
    const folder = newFolder();
    const dir = path.join(folder, "checkpoints");
    makeCheckpoint(dir);
    fs.mkdirSync(path.join(dir, "backups/.mine"), { recursive: true });
    fs.writeFileSync(path.join(dir, "backups/.DS_Store"), "x");
    expect((await command(folder, ["clear", "--yes"])).code).toBe(0);
    expect(fs.readdirSync(path.join(dir, "backups"))).toEqual(expect.arrayContaining([".DS_Store", ".mine"]));
  });

  test("a link in the place of a leftover is removed, not followed", async () => {
    const folder = newFolder();
    const dir = path.join(folder, "checkpoints");
    makeCheckpoint(dir);
    writeLines(folder, "precious", ["x"]);
    fs.mkdirSync(path.join(dir, "backups"));
    fs.symlinkSync(folder, path.join(dir, "backups/.tmp-x"));
    expect((await command(folder, ["clear", "--yes"])).code).toBe(0);
    expect(read(folder, "precious")).toBe("x\n");
  });

  test("backups/ as a link: refused before anything is moved", async () => {
    const folder = newFolder();
    const dir = path.join(folder, "checkpoints");
    makeCheckpoint(dir);
    fs.mkdirSync(path.join(folder, "outside"));
    fs.symlinkSync(path.join(folder, "outside"), path.join(dir, "backups"));
    const before = tree(folder);
    const ran = await command(folder, ["clear", "--yes"]);
    expect(ran.code).toBe(1);
    expect(ran.err).toContain("symbolic link");
    expect(tree(folder)).toEqual(before);
  });
});
