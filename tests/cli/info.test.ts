// `ckpt info` and `ckpt` alone: the guide's block to the letter, what is beside it, damage, nothing there, and a run that is going on.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { seal } from "../../lib/checkpoint/status/seal.ts";
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
    ["its size has changed", (file: string) => fs.appendFileSync(file, "more\n")],
    ["same size, but modified since", (file: string) => fs.utimesSync(file, 1, 1)],
    ["no longer there", (file: string) => fs.unlinkSync(file)],
  ] as const)("says of the input: %s", async (note, change) => {
    const folder = await halfDone();
    change(path.join(folder, "q.txt"));
    expect((await ckpt(folder, ["info"])).out).toContain(`; ${note}\n`);
  });

  test("while a run continues: who has the checkpoint, and nothing is touched", async () => {
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
      expect(out).toContain("a run is in progress");
      expect(out).toContain(`process ${run.pid} on ${os.hostname()} since 20`);
      expect([read(folder, STATUS), read(folder, LOG)]).toEqual(before);
    } finally {
      run.kill("SIGKILL");
      await run.exited;
    }
    expect((await ckpt(folder, ["info"])).out).toContain("interrupted; run the same command again to resume");
  });

  test.each([
    ["en", /^Now +\d[\d.,]*\/s, ETA \d[\d.]*\w+.* \(as of 20[\d-]+ [\d:]+\)$/m],
    ["zh", /^目前 +\d[\d.,]*\/秒，还需 \d[\d.]*.+（截至 20[\d-]+ [\d:]+）$/m],
  ])("while a run continues: its rate and ETA, of the planned items (%s)", async (lang, line) => {
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

  test("there never was a checkpoint: exit 10, and nothing is made", async () => {
    const folder = newFolder();
    const none = await ckpt(folder, ["info"]);
    expect({ code: none.code, out: none.out }).toEqual({
      code: 10,
      out: `No checkpoint in ${path.join(folder, "checkpoints")}.\n`,
    });
    expect(fs.existsSync(path.join(folder, "checkpoints"))).toBe(false);
  });
});

/** A folder in which a job has been completed; some of its items have failed, which was accepted, when `script` fails for them. */
async function completed(script = "true"): Promise<string> {
  const folder = fs.realpathSync(newFolder());
  writeLines(folder, "q.txt", ["a", "b", "c"]);
  const { code } = await ckpt(folder, [
    "run",
    "q.txt",
    "--failed",
    "keep",
    "--",
    "sh",
    "-c",
    script,
    "x",
    "{}",
  ]);
  expect([0, 3]).toContain(code);
  return folder;
}

const infoOf = async (folder: string): Promise<Record<string, unknown>> =>
  JSON.parse((await ckpt(folder, ["info", "--json"])).out) as Record<string, unknown>;

describe.each([
  ["en", "State      complete", "State      complete, its failures accepted", "Kept in    backup "],
  ["zh", "状态      已全部完成", "状态      已全部处理完，失败的条目已接受", "保存在    备份 "],
] as const)("ckpt info after a completed job, in %s", (lang, complete, accepted, keptIn) => {
  test("exit 0: complete, what was done, the output, the backup", async () => {
    const folder = await completed();
    const [backup = "?"] = fs.readdirSync(path.join(folder, "checkpoints/backups"));
    const { code, out } = await ckpt(folder, ["info", "--lang", lang]);
    const lines = out.split("\n").map((line) => line.trimEnd());
    expect(code).toBe(0);
    expect(lines.slice(5, 8)).toEqual(
      lang === "zh"
        ? ["📈 进度: 3/3 (100.0%)", "📦 批处理大小: 10", "📝 已保存结果数: 3"]
        : ["📈 Progress: 3/3 (100.0%)", "📦 Batch size: 10", "📝 Results saved: 3"],
    );
    expect(lines).toContain(complete);
    expect(lines).toContain(`${keptIn}${backup}`);
    expect(out).toContain(path.join(folder, "q.results.jsonl"));
    expect((await ckpt(folder, ["--lang", lang])).out).toContain(complete);
  });

  test("accepted failures are said to be accepted", async () => {
    const { out, code } = await ckpt(await completed('test "$1" != b'), ["info", "--lang", lang]);
    expect(code).toBe(0);
    expect(out.split("\n")).toContain(accepted);
  });

  test("cleared: exit 10", async () => {
    const folder = await completed();
    expect((await ckpt(folder, ["clear", "--yes"])).code).toBe(0);
    const { code, out } = await ckpt(folder, ["info", "--lang", lang]);
    expect(code).toBe(10);
    expect(out).not.toContain(complete);
  });

  test("its complete backup restored: complete, and nothing of failures", async () => {
    const folder = await completed();
    const restored = await ckpt(folder, ["restore", "latest", "--yes", "--lang", lang]);
    expect(restored.err).toContain(lang === "zh" ? "全部 3 个条目已完成" : "complete, 3 items done");
    const { code, out } = await ckpt(folder, ["info", "--lang", lang]);
    expect(code).toBe(0);
    expect(out).toContain(complete);
    expect(out).not.toMatch(/failed;|失败；/);
    expect(await infoOf(folder)).toMatchObject({ state: "complete", failed: 0, pending: 0 });
    expect((await ckpt(folder, ["run", "q.txt", "--", "sh", "-c", "true", "x", "{}"])).code).toBe(0);
  });
});

describe("ckpt info --json after a completed job", () => {
  test("has all promised fields, state complete, and last_run beside them", async () => {
    const folder = await completed('test "$1" != b');
    const [backup] = fs.readdirSync(path.join(folder, "checkpoints/backups"));
    const output = { path: path.join(folder, "q.results.jsonl"), sha256: expect.stringMatching(/^\w{64}$/) };
    expect(await infoOf(folder)).toMatchObject({
      state: "complete",
      total: 3,
      completed: 2,
      failed: 1,
      pending: 0,
      batch_size: 10,
      results_saved: 3,
      runs: [{ attempted: 3 }],
      errors: [{ kind: "exit", count: 1 }],
      backups: { count: 1, newest: backup },
      locked_by: null,
      last_run: { exit_code: 3, completed: 2, failed: 1, output, backup },
    });
  });

  test("its backup deleted by hand: still complete, by its receipt", async () => {
    const folder = await completed();
    const before = await infoOf(folder);
    const [backup = "?"] = fs.readdirSync(path.join(folder, "checkpoints/backups"));
    expect((await ckpt(folder, ["backup", "--delete", backup, "--yes"])).code).toBe(0);
    const after = await infoOf(folder);
    expect(Object.keys(after)).toEqual(Object.keys(before));
    expect(after).toMatchObject({ state: "complete", total: 3, completed: 3, batch_size: 10, runs: [] });
    expect((await ckpt(folder, ["info"])).out).toContain("its backup is gone");
    const none = await ckpt(folder, ["export"]);
    expect(none).toMatchObject({ code: 10, out: "" });
    expect(none.err).toContain(`No checkpoint found in ${fs.realpathSync(folder)}/checkpoints\n`);
  });

  test("what an older version has not put on record is not made up", async () => {
    const folder = await completed();
    fs.rmSync(path.join(folder, "checkpoints/backups"), { recursive: true });
    const file = path.join(folder, "checkpoints/last_run.json");
    const { batch_size: _, sum: _sum, ...receipt } = JSON.parse(fs.readFileSync(file, "utf8"));
    fs.writeFileSync(file, seal(receipt));
    expect(await infoOf(folder)).toMatchObject({ batch_size: null });
    expect((await ckpt(folder, ["info"])).out).toContain("📦 Batch size: not recorded\n");
    expect((await ckpt(folder, ["info", "--lang", "zh"])).out).toContain("📦 批处理大小: 没有记录\n");
  });

  test.each([
    ["en", "no longer there"],
    ["zh", "已不存在"],
  ])("an output that has been deleted is said to be so (%s)", async (lang, text) => {
    const folder = await completed();
    expect((await ckpt(folder, ["info", "--lang", lang])).out).not.toContain(text);
    fs.rmSync(path.join(folder, "q.results.jsonl"));
    expect((await ckpt(folder, ["info", "--lang", lang])).out).toMatch(
      new RegExp(`q\\.results\\.jsonl\n +${text}\n`),
    );
  });

  test("one that was cleared is not exported either", async () => {
    const folder = await completed();
    expect((await ckpt(folder, ["export"])).code).toBe(0);
    expect((await ckpt(folder, ["clear", "--yes"])).code).toBe(0);
    expect(await ckpt(folder, ["export"])).toMatchObject({ code: 10, out: "" });
  });

  test("a further run's checkpoint comes before it; last_run stays", async () => {
    const folder = await completed();
    const args = ["run", "q.txt", "-o", "b.jsonl", "--limit", "1", "--", "cat"];
    expect((await ckpt(folder, args)).code).toBe(4);
    expect(await infoOf(folder)).toMatchObject({
      state: "stopped",
      completed: 1,
      last_run: { completed: 3 },
    });
  });

  test("an output that could not be written: all was attempted, and what to do is said", async () => {
    const folder = newFolder();
    writeLines(folder, "q.txt", ["a"]);
    const args = ["run", "q.txt", "--", "sh", "-c", "echo theirs > q.results.jsonl"];
    expect((await ckpt(folder, args)).code).toBe(12);
    expect((await ckpt(folder, ["info"])).out).toContain("all items attempted, output not written");
  });
});

describe("ckpt alone", () => {
  test("is the help, then the state of the checkpoint; damage is said, and is no failure of the help", async () => {
    const folder = await halfDone();
    const ran = await ckpt(folder, []);
    expect(ran.code).toBe(0);
    expect(ran.out).toStartWith("Usage: ckpt COMMAND");
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
