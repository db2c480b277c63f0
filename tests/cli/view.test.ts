// `ckpt view` as it is started, what it shows of checkpoints, backups, folders and shards, and how it ends.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, start, writeLines } from "../helpers/ckpt.ts";
import { until } from "../helpers/until.ts";
import { makeViewed, type ViewedResult } from "../helpers/viewed-checkpoint.ts";
import { type Viewer, viewer } from "../helpers/viewer.ts";

setDefaultTimeout(120_000);

/** A folder with a job of three items, of which the second one fails. */
async function failedFolder(args: readonly string[] = []): Promise<string> {
  const folder = newFolder();
  writeLines(folder, "items.jsonl", ['{"id":"a","n":1}', '{"id":"b","n":2}', '{"id":"c","n":3}']);
  const shell =
    'read -r item; case $item in *\\"b\\"*) echo "broken pipe 17" >&2; exit 3;; esac; echo "answer to $item"';
  const ran = await ckpt(folder, ["run", "items.jsonl", "--id", "id", "-j", "1", ...args, "--shell", shell]);
  expect(ran.code).toBe(3);
  return folder;
}

describe("starting and ending", () => {
  test.each([
    ["en", "No checkpoint found in "],
    ["zh", "没有检查点"],
  ])("without a checkpoint: exit code 10, in the usual words (%s)", async (lang, words) => {
    const folder = newFolder();
    const { code, out, err } = await ckpt(folder, ["view", "--lang", lang]);
    expect({ code, out }).toEqual({ code: 10, out: "" });
    expect(err).toContain(words);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test("a backup, a port and a shard that are none are named", async () => {
    const folder = await failedFolder();
    expect(await ckpt(folder, ["view", "nowhere"])).toMatchObject({ code: 10, out: "" });
    expect(await ckpt(folder, ["view", "--port", "0"])).toMatchObject({ code: 2, out: "" });
    expect(await ckpt(folder, ["view", "--shard", "3"])).toMatchObject({ code: 10, out: "" });
  });

  test.each([
    ["en", "Ctrl-C ends it.", "Cannot listen on port "],
    ["zh", "按 Ctrl-C 结束", "无法监听 127.0.0.1 的端口 "],
  ])(
    "prints the address alone on standard output; a port that is taken is exit code 2 (%s)",
    async (lang, words, taken) => {
      const folder = await failedFolder();
      await using viewed = await viewer(folder, ["--lang", lang]);
      const second = await ckpt(folder, ["view", "--lang", lang, "--port", String(viewed.port)]);
      expect({ code: second.code, out: second.out }).toEqual({ code: 2, out: "" });
      expect(second.err).toContain(`${taken}${viewed.port}`);
      viewed.child.kill("SIGTERM");
      expect(await viewed.errors).toContain(words);
      expect(await viewed.errors).not.toContain(viewed.token);
    },
  );

  test("as JSON it prints address and port, and nothing else", async () => {
    const folder = await failedFolder();
    const child = start(folder, ["view", "--json"]);
    let text = "";
    for await (const piece of child.stdout) {
      text += Buffer.from(piece).toString();
      if (text.endsWith("\n")) break;
    }
    const { url, port } = JSON.parse(text) as { readonly url: string; readonly port: number };
    expect(url).toStartWith(`http://127.0.0.1:${port}/#token=`);
    child.kill("SIGTERM");
    expect(await child.stderr.text()).toBe("");
    await child.exited;
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "%s ends it at once, also with streams open, and leaves nothing behind",
    async (signal) => {
      const folder = await failedFolder();
      const before = fs.readdirSync(path.join(folder, "checkpoints")).toSorted();
      const viewed = await viewer(folder);
      let events = 0;
      const ended = viewed.events(() => void events++, new AbortController().signal);
      await until(() => events > 0, "an event");
      viewed.child.kill(signal);
      await viewed.child.exited;
      expect(viewed.child.signalCode).toBe(signal);
      await ended;
      expect(fs.readdirSync(path.join(folder, "checkpoints")).toSorted()).toEqual(before);
    },
  );

  test("it takes no lock and changes nothing: a run, a backup and a clear work beside it", async () => {
    const folder = await failedFolder();
    await using viewed = await viewer(folder);
    expect((await viewed.overview()).state).toBe("finished");
    expect((await ckpt(folder, ["backup", "mine"])).code).toBe(0);
    expect((await ckpt(folder, ["run"])).code).toBe(3);
    expect((await ckpt(folder, ["clear", "--yes"])).code).toBe(0);
    expect((await viewed.overview()).state).toBe("empty");
  });
});

describe("--open", () => {
  /** A folder with a program that writes down what it was called with, and what the file says that it was given. */
  function fakeOpener(folder: string, status = 0): Record<string, string> {
    const bin = path.join(folder, "bin");
    fs.mkdirSync(bin);
    const text = `#!/bin/sh\nprintf '%s\\n' "$@" > "${folder}/called"\nstat -c %a "$1" > "${folder}/mode"\ncp "$1" "${folder}/opened.tmp" && mv "${folder}/opened.tmp" "${folder}/opened"\nexit ${status}\n`;
    fs.writeFileSync(path.join(bin, "xdg-open"), text, { mode: 0o755 });
    return { PATH: `${bin}:/usr/bin:/bin`, XDG_RUNTIME_DIR: folder };
  }
  const textOf = (folder: string, name: string): string => fs.readFileSync(path.join(folder, name), "utf8");

  test("opens a file of the user's own that leads to the address: the token is in nobody's words", async () => {
    const folder = await failedFolder();
    const viewed = await viewer(folder, ["--open"], fakeOpener(folder));
    await until(() => fs.existsSync(path.join(folder, "opened")), "the program");
    expect(textOf(folder, "called")).not.toContain(viewed.token);
    expect(textOf(folder, "mode")).toBe("600\n");
    expect(textOf(folder, "opened")).toContain(`url=${viewed.url}"`);
    const file = textOf(folder, "called").trim();
    viewed.child.kill("SIGTERM");
    await viewed.child.exited;
    expect(fs.existsSync(file)).toBe(false);
  });

  test("what a killed one has left is removed by the next one, and the file of one that runs stays", async () => {
    const folder = await failedFolder();
    const env = fakeOpener(folder);
    const opened = async (): Promise<{ readonly viewed: Viewer; readonly file: string }> => {
      fs.rmSync(path.join(folder, "opened"), { force: true });
      const viewed = await viewer(folder, ["--open"], env);
      await until(() => fs.existsSync(path.join(folder, "opened")), "the program");
      return { viewed, file: textOf(folder, "called").trim() };
    };
    const [killed, running] = [await opened(), await opened()];
    killed.viewed.child.kill("SIGKILL");
    await killed.viewed.child.exited;
    expect(fs.existsSync(killed.file)).toBe(true);
    const next = await opened();
    expect([killed, running, next].map(({ file }) => fs.existsSync(file))).toEqual([false, true, true]);
    for (const { viewed } of [running, next]) {
      viewed.child.kill("SIGTERM");
      await viewed.child.exited;
    }
    expect(fs.readdirSync(path.dirname(next.file))).toEqual([]);
  });

  test.each([
    ["en", "No browser was opened: there is no xdg-open."],
    ["zh", "没有打开浏览器：找不到 xdg-open。"],
  ])("says so where there is no program for it, and serves all the same (%s)", async (lang, words) => {
    const folder = await failedFolder();
    fs.mkdirSync(path.join(folder, "none"));
    await using viewed = await viewer(folder, ["--open", "--lang", lang], {
      PATH: path.join(folder, "none"),
    });
    expect((await viewed.overview()).total).toBe(3);
    viewed.child.kill("SIGTERM");
    expect(await viewed.errors).toContain(words);
  });

  test("says so where the program fails", async () => {
    const folder = await failedFolder();
    await using viewed = await viewer(folder, ["--open"], fakeOpener(folder, 4));
    await until(() => fs.existsSync(path.join(folder, "opened")), "the program");
    const file = textOf(folder, "called").trim();
    await until(() => !fs.existsSync(file), "its end");
    viewed.child.kill("SIGTERM");
    expect(await viewed.errors).toContain("No browser was opened: xdg-open ended with exit status 4.");
  });
});

describe("what is shown", () => {
  test("the overview of a session that has ended, with failures by reason and plots", async () => {
    const folder = await failedFolder();
    await using viewed = await viewer(folder);
    const overview = await viewed.overview();
    expect(overview).toMatchObject({
      v: 1,
      live: false,
      state: "finished",
      total: 3,
      completed: 2,
      failed: 1,
      pending: 0,
      percent: 66.6,
      input: { name: "items.jsonl", path: path.join(folder, "items.jsonl"), count: 3 },
      processor: { kind: "shell" },
      kinds: [{ value: "exit", count: 1 }],
      problems: [],
      shards: null,
    });
    expect(overview.errors).toMatchObject([{ kind: "exit", count: 1, item: "b" }]);
    const { timeline } = overview;
    expect(timeline?.ok.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(timeline?.failed.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(
      new Set(
        Object.values(timeline ?? {})
          .filter(Array.isArray)
          .map((list) => list.length),
      ).size,
    ).toBe(2);
    const failures = await viewed.rows({ group: overview.errors[0]?.group ?? "" });
    expect(failures.rows.map(({ id }) => id)).toEqual(["b"]);
  });

  test("one item whole: input, output, error, attempts of all runs, and the record", async () => {
    const folder = await failedFolder(["--retries", "1", "--retry-delay", "10ms"]);
    expect((await ckpt(folder, ["run"])).code).toBe(3);
    await using viewed = await viewer(folder);
    const [a, b] = (await viewed.rows()).rows;
    const good = await viewed.item(a?.ref ?? "");
    expect(good).toMatchObject({
      input_json: '{"id":"a","n":1}',
      input_missing: null,
      changed: false,
      output_json: JSON.stringify('answer to {"id":"a","n":1}'),
      error: null,
      repeats: [],
    });
    expect(JSON.parse(good.record)).toMatchObject({ id: "a", status: "ok" });
    const bad = await viewed.item(b?.ref ?? "");
    expect(bad.error).toMatchObject({ kind: "exit", status: 3, stderr: "broken pipe 17\n" });
    expect(bad.output_json).toBeNull();
    expect(bad.attempts.map(({ status, waited_ms: waited }) => [status, waited !== null])).toEqual([
      ["failed", true],
      ["failed", false],
      ["failed", true],
      ["failed", false],
    ]);
    expect(bad.attempts.every(({ error, started_at: at }) => error?.kind === "exit" && at !== null)).toBe(
      true,
    );
  });

  test("an input that is changed, or gone, is said so in both languages", async () => {
    const folder = await failedFolder();
    await using viewed = await viewer(folder);
    const ref = (await viewed.rows()).rows[0]?.ref ?? "";
    fs.writeFileSync(path.join(folder, "items.jsonl"), '{"id":"a","n":5}\n');
    expect(await viewed.item(ref)).toMatchObject({ input_json: '{"id":"a","n":5}', changed: true });
    fs.rmSync(path.join(folder, "items.jsonl"));
    expect(await viewed.item(ref)).toMatchObject({ input_json: null, changed: false });
    const { input_missing: missing } = await viewed.item(ref);
    expect(missing?.en).toContain("items.jsonl");
    expect(missing?.zh).toMatch(/items\.jsonl.*\p{Script=Han}/u);
  });

  test("several answers of an item are rows of their own, and lead to each other", async () => {
    const folder = newFolder();
    writeLines(folder, "items.txt", ["x", "y"]);
    expect((await ckpt(folder, ["run", "items.txt", "--repeat", "2", "--", "cat"])).code).toBe(0);
    await using viewed = await viewer(folder);
    const { rows } = await viewed.rows();
    expect(rows.map(({ index, repeat }) => [index, repeat])).toEqual([
      [0, 1],
      [0, 2],
      [1, 1],
      [1, 2],
    ]);
    const { repeats, input_json: input } = await viewed.item(rows[1]?.ref ?? "");
    expect(input).toBe('"x"');
    expect(repeats).toEqual([
      { repeat: 1, ref: rows[0]?.ref ?? "", status: "ok" },
      { repeat: 2, ref: rows[1]?.ref ?? "", status: "ok" },
    ]);
  });

  test("a condition that is none is named; one that is good filters by a field of the output", async () => {
    const folder = newFolder();
    const results = [1, 2, 3].map((n): ViewedResult => ({
      index: n - 1,
      id: `q${n}`,
      output: `{"score":${n}}`,
    }));
    makeViewed(path.join(folder, "checkpoints"), results, { items: 3 });
    await using viewed = await viewer(folder);
    expect((await viewed.rows({ where: "score~[23]" })).rows.map(({ id }) => id)).toEqual(["q2", "q3"]);
    for (const [lang, script] of [
      ["en", /Cannot/],
      ["zh", /\p{Script=Han}/u],
    ] as const) {
      const response = await viewed.get(`/api/rows?source=checkpoint&where=score~(&lang=${lang}`);
      const { error } = (await response.json()) as {
        error: { code: string; message: string; field: string };
      };
      expect([response.status, error.code, error.field]).toEqual([400, "bad-filter", "where"]);
      expect(error.message).toMatch(script);
    }
  });

  test("a backup that is named comes first, then the checkpoint", async () => {
    const folder = await failedFolder();
    expect((await ckpt(folder, ["backup", "before"])).code).toBe(0);
    await using viewed = await viewer(folder, ["before"]);
    const sources = await viewed.sources();
    expect(sources.map(({ kind, name }) => [kind, name])).toEqual([
      ["backup", "before"],
      ["checkpoint", sources[1]?.name ?? ""],
    ]);
    const [{ id } = { id: "" }] = sources;
    expect(await viewed.overview(id)).toMatchObject({ live: false, total: 3, completed: 2 });
    expect((await viewed.rows({}, 0, 10, id)).total).toBe(3);
    expect(fs.readdirSync(path.join(folder, "checkpoints", "backups"))).toEqual(["before"]);
  });

  test("a folder that is named is shown, and --dir", async () => {
    const folder = await failedFolder();
    const elsewhere = newFolder();
    for (const args of [[path.join(folder, "checkpoints")], ["--dir", path.join(folder, "checkpoints")]]) {
      await using viewed = await viewer(elsewhere, args);
      expect(await viewed.overview()).toMatchObject({ total: 3, failed: 1 });
    }
    expect((await ckpt(folder, ["backup", "kept"])).code).toBe(0);
    await using backup = await viewer(elsewhere, [path.join(folder, "checkpoints/backups/kept")]);
    expect((await backup.sources())[0]).toMatchObject({ kind: "folder", name: "kept", total: 3 });
  });

  test("a folder of shards: the sum, each shard, one that is named, and a backup of all", async () => {
    const folder = newFolder();
    const items = Array.from({ length: 30 }, (_, at) => `item ${at}`);
    writeLines(folder, "items.txt", items);
    for (const shard of ["1/3", "2/3"])
      expect((await ckpt(folder, ["run", "items.txt", "--shard", shard, "--", "cat"])).code).toBe(0);
    await using viewed = await viewer(folder);
    const sources = await viewed.sources();
    expect(sources.map(({ kind, name }) => [kind, name]).slice(0, 3)).toEqual([
      ["shards", "checkpoints"],
      ["shard", "1/3"],
      ["shard", "2/3"],
    ]);
    const whole = await viewed.overview("shards");
    expect(whole).toMatchObject({ state: "stopped", total: 30, live: false });
    expect(whole.shards?.map(({ index, state }) => [index, state])).toEqual([
      [1, "complete"],
      [2, "complete"],
    ]);
    const { rows, total } = await viewed.rows({}, 0, 100, "shards");
    expect(total).toBe(whole.completed);
    expect(rows.map(({ index, text }) => [index, text])).toEqual(
      items.map((text, index) => [index, text]).filter(([index]) => rows.some((row) => row.index === index)),
    );
    expect((await viewed.rows({ sort: "newest", search: "item 1" }, 0, 100, "shards")).matching).toBe(
      rows.filter(({ text }) => text.includes("item 1")).length,
    );
    const last = rows.at(-1);
    expect(await viewed.item(last?.ref ?? "", "shards")).toMatchObject({
      output_json: JSON.stringify(last?.text),
    });
    const [, first] = whole.shards ?? [];
    expect((await viewed.overview(first?.source ?? "")).total).toBe(first?.total ?? -1);
    for (const args of [
      ["--shard", "2"],
      ["checkpoints", "--shard", "2/3"],
    ]) {
      await using second = await viewer(folder, args);
      expect((await second.overview()).total).toBe(first?.total ?? -1);
    }
    expect(whole.problems).toEqual([]);
    const log = path.join(folder, "checkpoints/shard-002-of-003/checkpoint_results.jsonl");
    const bytes = fs.readFileSync(log);
    fs.truncateSync(log, bytes.length - 10);
    const { problems } = await viewed.overview("shards");
    expect(problems[0]?.en).toStartWith("2/3: the result log has ");
    expect(problems[0]?.zh).toStartWith("2/3：");
    fs.writeFileSync(log, bytes);
    expect((await ckpt(folder, ["backup", "all"])).code).toBe(0);
    await using backup = await viewer(folder, ["all"]);
    const [kept] = await backup.sources();
    expect(kept).toMatchObject({ kind: "backup", name: "all", total: 30 });
    expect((await backup.rows({}, 0, 100, kept?.id)).rows.map(({ index }) => index)).toEqual(
      rows.map(({ index }) => index),
    );
    expect((await backup.overview(kept?.id)).shards?.map(({ source }) => source)).toEqual([null, null]);
  });

  test("of a damaged log what is readable is shown, and what is wrong is said in both languages", async () => {
    const folder = newFolder();
    const results = [0, 1, 2].map((index): ViewedResult => ({
      index,
      id: `q${index}`,
      output: `"answer ${index}"`,
    }));
    const dir = path.join(folder, "checkpoints");
    const lines = makeViewed(dir, results, { items: 3 });
    const log = path.join(dir, "checkpoint_results.jsonl");
    fs.writeFileSync(log, `${lines[0]}\n${"x".repeat(lines[1]?.length ?? 0)}\n${lines[2]}\n`);
    await using viewed = await viewer(folder);
    const { problems } = await viewed.overview();
    expect(problems[0]?.en).toContain("1 line of the result log cannot be read");
    expect(problems[0]?.zh).toContain("结果日志中有 1 行无法读取");
    expect((await viewed.rows()).rows.map(({ id }) => id)).toEqual(["q0", "q2"]);
    fs.writeFileSync(path.join(dir, "processing_status.json"), "{}");
    expect((await viewed.overview()).problems[0]?.en).toContain("the status file has a wrong checksum");
    expect((await viewed.rows()).rows.map(({ id }) => id)).toEqual(["q0", "q2"]);
  });

  test("a record whose bytes were changed is not believed: it is left out, counted, and found by no filter", async () => {
    const folder = newFolder();
    const results = [0, 1, 2].map((index): ViewedResult => ({
      index,
      id: `q${index}`,
      output: index === 1 ? null : `"answer ${index}"`,
    }));
    const dir = path.join(folder, "checkpoints");
    const lines = makeViewed(dir, results, { items: 3 });
    await using viewed = await viewer(folder);
    expect((await viewed.overview()).problems).toEqual([]);
    const changed = (lines[1] ?? "").replace("exit status 1", "exit status 7");
    fs.writeFileSync(
      path.join(dir, "checkpoint_results.jsonl"),
      `${[lines[0], changed, lines[2]].join("\n")}\n`,
    );
    // The server that has read it already notices at the latest when it shows it,
    expect((await viewed.rows()).rows.map(({ damaged }) => damaged === true)).toEqual([false, true, false]);
    // and one that reads it says so at once.
    await using again = await viewer(folder);
    const { problems, errors } = await again.overview();
    expect(problems[0]?.en).toContain("1 line of the result log cannot be read");
    expect(errors).toEqual([]);
    expect((await again.rows()).rows.map(({ id }) => id)).toEqual(["q0", "q2"]);
    expect((await again.rows({ status: "failed" })).matching).toBe(0);
  });

  test("a log that is cut, or put back, while nothing runs is noticed", async () => {
    const folder = newFolder();
    const dir = path.join(folder, "checkpoints");
    const results = [0, 1, 2].map((index) => ({ index, id: `q${index}`, output: `"answer ${index}"` }));
    makeViewed(dir, results, { items: 3 });
    const log = path.join(dir, "checkpoint_results.jsonl");
    const bytes = fs.readFileSync(log);
    await using viewed = await viewer(folder);
    const seen: number[] = [];
    const stop = new AbortController();
    const ended = viewed.events((_name, { problems }) => void seen.push(problems.length), stop.signal);
    await until(() => seen.at(-1) === 0, "an overview");
    fs.truncateSync(log, bytes.length - 10);
    await until(() => seen.at(-1) === 1, "the damage");
    expect((await viewed.rows()).rows.map(({ id }) => id)).toEqual(["q0", "q1"]);
    fs.writeFileSync(log, bytes);
    await until(() => seen.at(-1) === 0, "the repair");
    stop.abort();
    await ended;
  });

  test("outputs come as they are: scripts, control characters, right-to-left marks, huge lines", async () => {
    const folder = newFolder();
    const hostile = [
      "<script>alert(1)</script>",
      "\u0000\u001b[31m\u202e",
      "x".repeat(3 << 20),
      "\ud83d\ude00".repeat(400),
    ];
    const results = hostile.map((text, index): ViewedResult => ({
      index,
      id: `q${index}`,
      output: JSON.stringify(text),
    }));
    makeViewed(path.join(folder, "checkpoints"), results, { items: hostile.length });
    await using viewed = await viewer(folder);
    const { rows } = await viewed.rows();
    expect(rows.map(({ text }) => text.slice(0, 20))).toEqual(hostile.map((text) => text.slice(0, 20)));
    expect(Math.max(...rows.map(({ text }) => text.length))).toBeLessThanOrEqual(300);
    expect(rows.every(({ text }) => text.isWellFormed())).toBe(true);
    for (const [at, row] of rows.entries())
      expect(JSON.parse((await viewed.item(row.ref)).output_json ?? "")).toBe(hostile[at] ?? "");
  });
});
