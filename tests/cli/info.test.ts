// `ckpt info` and `ckpt` alone: the guide's block to the letter, what is beside it, damage, nothing there, and a run that is going on.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ckpt, newFolder, read, start, writeLines } from "../helpers/ckpt.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(60_000);

const STATUS = "checkpoints/processing_status.json";
const LOG = "checkpoints/checkpoint_results.jsonl";

/** 100 items of which 50 are done. */
async function halfDone(): Promise<string> {
  const folder = newFolder();
  writeLines(
    folder,
    "q.txt",
    Array.from({ length: 100 }, (_, i) => `question ${i}`),
  );
  expect((await ckpt(folder, ["run", "q.txt", "--limit", "50", "--", "true"])).code).toBe(4);
  return folder;
}

describe("ckpt info", () => {
  test.each([
    ["--lang zh", ["--lang", "zh"], {}],
    ["CKPT_LANG", [], { CKPT_LANG: "zh" }],
    ["LC_ALL", [], { LC_ALL: "zh_CN.UTF-8", LANG: "en_US.UTF-8" }],
    ["LANG", [], { LANG: "zh_CN.UTF-8" }],
  ] as const)("begins with the guide's block to the letter, in Chinese by %s", async (_name, args, env) => {
    const folder = await halfDone();
    const { session, saved_at: savedAt } = JSON.parse(read(folder, STATUS));
    const ran = await ckpt(folder, ["info", ...args], env);
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: "" });
    expect(ran.out).toStartWith(`==================================================
📊 检查点信息
==================================================
🕒 保存时间: ${savedAt.slice(0, 19).replace("T", " ")}
🔖 会话ID: ${session.id}
📈 进度: 50/100 (50.0%)
📦 批处理大小: 10
📝 已保存结果数: 50
`);
  });

  test.each([
    ["unchanged", () => {}],
    ["its size has changed since", (file: string) => fs.appendFileSync(file, "more\n")],
    ["same size, but written since", (file: string) => fs.utimesSync(file, 1, 1)],
    ["no longer there", (file: string) => fs.unlinkSync(file)],
  ] as const)("says of the input: %s", async (note, change) => {
    const folder = await halfDone();
    change(path.join(folder, "q.txt"));
    expect((await ckpt(folder, ["info"])).out).toContain(`; ${note}\n`);
  });

  test("while a run goes on: who has the checkpoint, and nothing is touched", async () => {
    const folder = await halfDone();
    const run = start(folder, [
      "run",
      "q.txt",
      "--on-change",
      "keep",
      "--",
      "sh",
      "-c",
      "touch started; exec sleep 30",
    ]);
    await until(() => fs.existsSync(path.join(folder, "started")));
    try {
      const before = [read(folder, STATUS), read(folder, LOG)];
      const { locked_by: holder } = JSON.parse((await ckpt(folder, ["info", "--json"])).out);
      expect(holder).toEqual({ pid: run.pid, host: os.hostname(), since: expect.stringMatching(/^20.*Z$/) });
      const { out } = await ckpt(folder, ["info"]);
      expect(out).toContain("a run is going on");
      expect(out).toContain(`process ${run.pid} on ${os.hostname()} since 20`);
      expect([read(folder, STATUS), read(folder, LOG)]).toEqual(before);
    } finally {
      run.kill("SIGKILL");
      await run.exited;
    }
    expect((await ckpt(folder, ["info"])).out).toContain("interrupted; run the same command again to go on");
  });

  test.each([
    ["en", /^Now +\d[\d.,]*\/s, ETA \d[\d.]*\w+.* \(as of 20[\d-]+ [\d:]+\)$/m],
    ["zh", /^目前 +\d[\d.,]*\/秒，还需 \d[\d.]*.+（截至 20[\d-]+ [\d:]+）$/m],
  ])("while a run goes on: its rate and ETA, of what it is to attempt (%s)", async (lang, line) => {
    const folder = newFolder();
    writeLines(
      folder,
      "q.txt",
      Array.from({ length: 50 }, (_, i) => String(i + 1)),
    );
    // Each item from the 21st on waits until the test has seen enough; 10 more are left for a later run.
    writeLines(folder, "m.ts", [
      'import { existsSync } from "node:fs";',
      "export async function process(item: unknown): Promise<unknown> {",
      "  await Bun.sleep(20);",
      '  while (Number(item) > 20 && !existsSync("seen")) await Bun.sleep(5);',
      "  return item;",
      "}",
    ]);
    const run = start(folder, ["run", "q.txt", "--module", "m.ts", "-j", "2", "-b", "5", "--limit", "40"]);
    type Info = {
      readonly completed: number;
      readonly rate_per_s: number | null;
      readonly eta_ms: number | null;
    };
    const info = async (): Promise<Info> => JSON.parse((await ckpt(folder, ["info", "--json"])).out) as Info;
    let now: Info | null = null;
    await until(() => fs.existsSync(path.join(folder, STATUS)));
    while (now?.completed !== 20) now = await info();
    expect(now.rate_per_s).toBeGreaterThan(0);
    expect(now.eta_ms).toBe(Math.round((20 * 1000) / (now.rate_per_s ?? 0)));
    expect((await ckpt(folder, ["info", "--lang", lang])).out).toMatch(line);
    fs.writeFileSync(path.join(folder, "seen"), "");
    expect(await run.exited).toBe(4);
    expect(await info()).toMatchObject({ completed: 40, rate_per_s: null, eta_ms: null });
    expect(read(folder, STATUS)).not.toContain("rate_per_s");
    expect((await ckpt(folder, ["info", "--lang", lang])).out).not.toMatch(/^(?:Now|目前)/m);
  });

  test.each([
    ["the status", "the status file", (folder: string) => flip(folder, STATUS)],
    [
      "the log's end",
      "the result log has",
      (folder: string) => fs.truncateSync(path.join(folder, LOG), 3000),
    ],
    [
      "the status, gone",
      "the status file is missing",
      (folder: string) => fs.unlinkSync(path.join(folder, STATUS)),
    ],
  ] as const)("damage in %s: which, what is provable, what to type, exit 12", async (_name, says, damage) => {
    const folder = await halfDone();
    damage(folder);
    const ran = await ckpt(folder, ["info"]);
    expect(ran.code).toBe(12);
    expect(ran.err).toContain(says);
    expect(ran.err).toMatch(/Provable: \d+ records of \d+ items\./);
    expect(ran.err).toContain("ckpt verify --repair");
    const json = await ckpt(folder, ["info", "--json"]);
    expect({ code: json.code, name: JSON.parse(json.out).error.code }).toEqual({
      code: 12,
      name: "checkpoint.damaged",
    });
    // A run points there, too.
    const run = await ckpt(folder, ["run", "q.txt", "--", "true"]);
    expect(run.code).toBe(12);
    expect(run.err).toContain("ckpt verify");
    expect(run.err).not.toContain("    at ");
  });

  test("nothing there: exit 10, and what the last completed session was", async () => {
    const folder = newFolder();
    writeLines(folder, "q.txt", ["a", "b"]);
    const none = await ckpt(folder, ["info"]);
    expect({ code: none.code, out: none.out }).toEqual({
      code: 10,
      out: `No checkpoint in ${path.join(folder, "checkpoints")}.\n`,
    });
    expect(fs.existsSync(path.join(folder, "checkpoints"))).toBe(false);
    await ckpt(folder, ["run", "q.txt", "--", "cat"]);
    const done = await ckpt(folder, ["info"]);
    expect(done.code).toBe(10);
    expect(done.out).toMatch(
      /The last run finished at 20.* \(session \d{8}_\d{6}\): 2 of 2 items done, 0 failed\./,
    );
    expect(done.out).toContain(`Its output: ${path.join(folder, "q.results.jsonl")}`);
  });
});

describe("ckpt alone", () => {
  test("is the help, then the state of the checkpoint; damage is said, and is no failure of the help", async () => {
    const folder = await halfDone();
    const ran = await ckpt(folder, []);
    expect(ran.code).toBe(0);
    expect(ran.out).toStartWith("Usage:\n  ckpt run");
    expect(ran.out).toContain("📈 Progress: 50/100 (50.0%)");
    flip(folder, STATUS);
    const damaged = await ckpt(folder, []);
    expect(damaged.code).toBe(0);
    expect(damaged.out).toStartWith("Usage:");
    expect(damaged.err).toContain("ckpt verify");
  });
});

test("ckpt with an unknown option is an error before anything is shown; with --json it is info", async () => {
  const folder = newFolder();
  const wrong = await ckpt(folder, ["--verson"]);
  expect({ code: wrong.code, out: wrong.out }).toEqual({ code: 2, out: "" });
  expect(wrong.err).toContain("unknown option --verson");
  const json = await ckpt(folder, ["--json"]);
  expect({ code: json.code, error: JSON.parse(json.out).error.code }).toEqual({
    code: 10,
    error: "checkpoint.none",
  });
});

/** Changes a byte in the middle of a file. */
function flip(folder: string, name: string): void {
  const file = path.join(folder, name);
  const bytes = fs.readFileSync(file);
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  fs.writeFileSync(file, bytes);
}
