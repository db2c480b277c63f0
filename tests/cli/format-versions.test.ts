// Each command over the golden files of each version of the format, through the executable.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";
import { goldenJob, reseal } from "../helpers/earlier-checkpoint.ts";

setDefaultTimeout(60_000);

const json = (ran: Ran): unknown => JSON.parse(ran.out);
const FILES = ["processing_status.json", "checkpoint_results.jsonl", "last_run.json"];
const contents = (folder: string): string[] => FILES.map((name) => read(folder, `checkpoints/${name}`));

describe("version 2", () => {
  test("info, verify and list read it", async () => {
    const folder = goldenJob(2);
    expect(json(await ckpt(folder, ["info", "--json"]))).toMatchObject({
      state: "stopped",
      total: 6,
      completed: 5,
      failed: 0,
      pending: 1,
      results_saved: 5,
    });
    for (const lang of ["en", "zh"]) {
      const info = await ckpt(folder, ["info", "--lang", lang]);
      expect({ code: info.code, err: info.err }).toEqual({ code: 0, err: "" });
      expect(info.out).toContain("5/6 (83.3%)");
      expect(info.out).not.toMatch(/undefined|null|NaN/);
    }
    const intact = { intact: true, records: 8, items: 5, completed: 5, failed: 0 };
    expect(json(await ckpt(folder, ["verify", "--json"]))).toMatchObject(intact);
    expect(json(await ckpt(folder, ["verify", "mine", "--json"]))).toMatchObject(intact);
    expect(json(await ckpt(folder, ["list", "--json"]))).toMatchObject([{ name: "mine", intact: true }]);
  });

  test("export says which of the answers to its item each result is", async () => {
    const folder = goldenJob(2);
    expect((await ckpt(folder, ["export"])).out).toBe(
      [
        '{"index":0,"id":"q1","repeat":1,"status":"ok","output":"20"}',
        '{"index":0,"id":"q1","repeat":2,"status":"ok","output":"19"}',
        '{"index":1,"id":"q2","repeat":1,"status":"ok","output":"36"}',
        '{"index":2,"id":12345678901234567890,"repeat":1,"status":"ok","output":{"n":12345678901234567890,"text":"中文 🙂"}}',
        '{"index":2,"id":12345678901234567890,"repeat":2,"status":"ok","output":"54"}',
        "",
      ].join("\n"),
    );
    expect((await ckpt(folder, ["export", "-o", "a.csv", "-q"])).code).toBe(0);
    expect(read(folder, "a.csv").split("\r\n").slice(0, 3)).toEqual([
      "index,id,repeat,status,output,error",
      "0,q1,1,ok,20,",
      "0,q1,2,ok,19,",
    ]);
  });

  test("export joins to each answer the fields of its item", async () => {
    const folder = goldenJob(2);
    const joined = await ckpt(folder, ["export", "--include-input"]);
    expect(joined.err).toBe("");
    const questions = joined.out
      .trim()
      .split("\n")
      .map((line) => /"repeat":(\d).*"question":"([^"]*)"/.exec(line));
    expect(questions.map((found) => found?.slice(1))).toEqual([
      ["1", "What is q1?"],
      ["2", "What is q1?"],
      ["1", "What is q2?"],
      ["1", "What is 12345678901234567890?"],
      ["2", "What is 12345678901234567890?"],
    ]);
    expect((await ckpt(folder, ["export", "--include-input", "-o", "a.csv", "-q"])).code).toBe(0);
    expect(read(folder, "a.csv").split("\r\n").slice(0, 3)).toEqual([
      "index,id,repeat,status,output,error,question,level,topic",
      "0,q1,1,ok,20,,What is q1?,hard,algebra",
      "0,q1,2,ok,19,,What is q1?,hard,algebra",
    ]);
  });

  test("export leaves out all answers to an item that has changed since", async () => {
    const folder = goldenJob(2);
    const file = path.join(folder, "q.jsonl");
    fs.writeFileSync(file, read(folder, "q.jsonl").replace("What is q1?", "What is q9?"));
    const { out } = await ckpt(folder, ["export", "--include-input"]);
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => line.slice(0, 27)),
    ).toEqual(['{"index":1,"id":"q2","repea', '{"index":2,"id":12345678901', '{"index":2,"id":12345678901']);
  });

  test("backup copies it, and restore puts it back", async () => {
    const folder = goldenJob(2);
    const before = contents(folder);
    expect(await ckpt(folder, ["backup", "again", "-q"])).toMatchObject({ code: 0 });
    expect(await ckpt(folder, ["verify", "again", "-q"])).toMatchObject({ code: 0 });
    expect(await ckpt(folder, ["clear", "--yes", "-q"])).toMatchObject({ code: 0 });
    for (const name of ["mine", "again"]) {
      expect(await ckpt(folder, ["restore", name, "--yes", "-q"])).toMatchObject({ code: 0 });
      expect(contents(folder).slice(0, 2)).toEqual(before.slice(0, 2));
    }
  });

  test.each([
    ["en", "it is shard 3/16, and --shard was not given"],
    ["zh", "它是分片 3/16，而没有给出 --shard"],
  ])("run without its shard is refused and changes nothing, in %s", async (lang, words) => {
    const folder = goldenJob(2);
    const before = contents(folder);
    const ran = await ckpt(folder, ["run", "q.jsonl", "--id", "id", "--lang", lang, "--", "cat"]);
    expect(ran.code).toBe(12);
    expect(ran.err).toContain(words);
    expect(contents(folder)).toEqual(before);
    const bare = await ckpt(folder, ["run", "--lang", lang]);
    expect(bare.code).toBe(12);
    expect(contents(folder)).toEqual(before);
  });
});

test("the first shard writes shards.json as the golden file has it, but for place and session", async () => {
  const golden = read(path.resolve(import.meta.dir, "../fixtures/format/shards-2"), "shards.json");
  const folder = fs.realpathSync(newFolder());
  fs.copyFileSync(
    path.resolve(import.meta.dir, "../fixtures/format/version-2/q.jsonl"),
    path.join(folder, "q.jsonl"),
  );
  const { input, session } = JSON.parse(golden) as { input: { mtime: string }; session: object };
  fs.utimesSync(path.join(folder, "q.jsonl"), new Date(), new Date(input.mtime));
  const choice = ["--where", "level=hard", "--where", "topic~^alg", "--sample", "3", "--seed", "7"];
  const words = ["run", "q.jsonl", "--id", "id", "--shard", "1/16", "--repeat", "2", ...choice, "-q"];
  expect((await ckpt(folder, [...words, "--", "cat"])).code).toBe(0);
  const file = path.join(folder, "checkpoints/shards.json");
  const made = JSON.parse(fs.readFileSync(file, "utf8")) as { session: object };
  expect(Object.keys(made.session)).toEqual(Object.keys(session));
  reseal(file, `"path":"${folder}/`, '"path":"/data/');
  reseal(file, JSON.stringify(made.session), JSON.stringify(session));
  expect(fs.readFileSync(file, "utf8")).toBe(golden);
});

describe("words that a newer ckpt has written, in a format that is known", () => {
  /** A job with one of two items done, whose status and backup say `asleep`, `evicted` and `mirrored`. */
  async function jobOfNewerWords(): Promise<string> {
    const folder = newFolder();
    writeLines(folder, "q.txt", ["a", "b"]);
    await ckpt(folder, ["run", "q.txt", "--limit", "1", "-q", "--", "cat"]);
    await ckpt(folder, ["backup", "mine", "-q"]);
    const status = path.join(folder, "checkpoints/processing_status.json");
    reseal(status, '"state":"stopped"', '"state":"asleep"');
    reseal(status, '"ended":"limit"', '"ended":"evicted"');
    reseal(
      path.join(folder, "checkpoints/backups/mine/manifest.json"),
      '"backup":"manual"',
      '"backup":"mirrored"',
    );
    return folder;
  }

  test.each(["en", "zh"])("info and list show them as they are, in %s", async (lang) => {
    const folder = await jobOfNewerWords();
    const info = await ckpt(folder, ["info", "--lang", lang]);
    expect({ code: info.code, err: info.err }).toEqual({ code: 0, err: "" });
    expect(info.out).toMatch(/^\S+ +asleep$/m);
    expect(info.out).toMatch(/ evicted[:：]/);
    expect(info.out).not.toContain("undefined");
    const list = await ckpt(folder, ["list", "--lang", lang]);
    expect({ code: list.code, err: list.err }).toEqual({ code: 0, err: "" });
    expect(list.out).toMatch(/ mirrored /);
    expect(list.out).not.toContain("undefined");
  });

  test("programs get them as they are, and run resumes", async () => {
    const folder = await jobOfNewerWords();
    expect(json(await ckpt(folder, ["info", "--json"]))).toMatchObject({
      state: "asleep",
      runs: [{ ended: "evicted" }],
    });
    expect(json(await ckpt(folder, ["list", "--json"]))).toMatchObject([{ kind: "mirrored", intact: true }]);
    expect((await ckpt(folder, ["verify", "-q"])).code).toBe(0);
    expect((await ckpt(folder, ["run", "q.txt", "-q", "--", "cat"])).code).toBe(0);
    expect(read(folder, "q.results.jsonl").trim().split("\n")).toHaveLength(2);
  });
});
