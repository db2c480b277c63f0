import { describe, expect, test } from "bun:test";
import type { Status } from "../../lib/core/status.ts";
import type { PlanCounts, StopReason, Summary } from "../../lib/run/progress.ts";
import { failureLines } from "../../lib/ui/failures.ts";
import { renderInfo, type InfoView } from "../../lib/ui/render-info.ts";
import { renderNoCheckpoint } from "../../lib/ui/last-run.ts";
import { renderList } from "../../lib/ui/render-list.ts";
import { en } from "../../lib/ui/messages/en.ts";
import { zh } from "../../lib/ui/messages/zh.ts";
import { renderFirstCommand, renderPlan } from "../../lib/ui/render-plan.ts";
import { renderSummary } from "../../lib/ui/render-summary.ts";
import { STATUS } from "./fakes.ts";

const LOCAL_TIME = new Date(2023, 4, 30, 14, 30, 45).toISOString();

function viewOf(status: Partial<Status> = {}, more: Partial<InfoView> = {}): InfoView {
  return {
    status: { ...STATUS, saved_at: LOCAL_TIME, ...status },
    inputNow: "same",
    isOutputMissing: false,
    holder: null,
    damaged: false,
    backups: { count: 0, bytes: 0, newest: null },
    diskBytes: 60_000,
    ...more,
  };
}

const RUN = {
  started_at: LOCAL_TIME,
  ended_at: null,
  pid: 1,
  host: "box",
  attempted: 25,
  succeeded: 24,
  failed: 1,
  active_ms: 65_000,
  ended: null,
  usage: { input_tokens: 1000, output_tokens: 319, cost: 0.5 },
};

/** The counts of the example in the user guide. */
const GUIDE: Partial<Status> = { completed: 50, failed: 0 };

const FULL: Partial<Status> = {
  runs: [RUN, RUN, { ...RUN, ended: "outside" }, { ...RUN, ended: "signal" }, RUN],
  usage: { input_tokens: 12_000, output_tokens: 3400, cost: 1.5 },
  output: { path: "/data/问题集.results.jsonl", sha256: null },
  errors: Array.from({ length: 7 }, (_, i) => ({
    kind: `kind_${i}`,
    count: 7 - i,
    item: `q${i}`,
    message: `说明 \u001b[31m ${"很长的消息".repeat(40)}`,
  })),
  timeline: { bucket_ms: 10_000, counts: Array.from({ length: 60 }, (_, i) => i) },
};

describe("renderInfo()", () => {
  test("begins with the block of the user guide, to the letter", () => {
    expect(renderInfo(viewOf(GUIDE), zh, 80)).toStartWith(`==================================================
📊 检查点信息
==================================================
🕒 保存时间: 2023-05-30 14:30:45
🔖 会话ID: 20230530_143025
📈 进度: 50/100 (50.0%)
📦 批处理大小: 10
📝 已保存结果数: 50
`);
  });

  test("a failure is no progress", () => {
    for (const catalogue of [en, zh])
      expect(renderInfo(viewOf(), catalogue, 80)).toMatch(/: 48\/100 \(48\.0%\)\n.*\n.*: 50\n/);
  });

  test("has the same block in English", () => {
    expect(renderInfo(viewOf(GUIDE), en, 80)).toStartWith(`==================================================
📊 Checkpoint information
==================================================
🕒 Saved at: 2023-05-30 14:30:45
🔖 Session ID: 20230530_143025
📈 Progress: 50/100 (50.0%)
📦 Batch size: 10
📝 Results saved: 50
`);
  });

  test("says the rest in aligned lines", () => {
    const view = viewOf({
      runs: [{ ...RUN, ended: "signal" }],
      errors: [{ kind: "timeout", count: 2, item: "q1", message: "30 s" }],
    });
    const lines = renderInfo(view, zh, 80).split("\n").slice(9);
    expect(lines).toEqual([
      "状态      已停止，还有条目待处理；再次运行同一条命令即可继续",
      "条目      已完成 48，失败 2，待处理 50",
      "失败      超时（timeout）× 2，例如条目 q1：30 s",
      "输入      /data/问题集.jsonl",
      "          jsonl，2.0 KiB；未改变",
      "处理器    命令：python solve.py {question}",
      "运行      2023-05-30 14:30:45  被信号停止：处理 25，失败 1，用时 1分5秒",
      "速度      0.38 个结果/秒，处理用时 1分5秒",
      "占用空间  结果日志 50.0 KiB，合计 58.6 KiB",
      "备份      无",
      "",
    ]);
  });

  test.each([en, zh])("fits 80 and 120 columns in $language, whatever the values", (catalogue) => {
    const backups = { count: 3, bytes: 1_000_000, newest: { name: "my_checkpoint", createdAt: LOCAL_TIME } };
    const holder = { pid: 4711, host: "box", since: LOCAL_TIME };
    for (const columns of [80, 120]) {
      for (const state of ["running", "stopped", "finished"] as const) {
        const text = renderInfo(
          viewOf({ ...FULL, state }, { backups, holder: state === "running" ? holder : null }),
          catalogue,
          columns,
        );
        expect(text).not.toMatch(/undefined|null|NaN/);
        expect(text).not.toContain("\u001b");
        for (const line of text.split("\n")) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(columns);
      }
    }
  });

  test("tells a run that continues from one that was interrupted", () => {
    const running = viewOf({ state: "running", runs: [RUN] });
    expect(renderInfo(running, en, 80)).toMatch(/State {6}interrupted/);
    const held = renderInfo({ ...running, holder: { pid: 4711, host: "box", since: LOCAL_TIME } }, en, 80);
    expect(held).toMatch(
      /State {6}a run is in progress\nIn use by {2}process 4711 on box since 2023-05-30 14:30:45/,
    );
    expect(held).toContain("in progress: 25 attempted");
  });

  test("draws throughput only on a terminal of 100 columns", () => {
    expect(renderInfo(viewOf(FULL), en, 100)).toContain(`  +${"-".repeat(60)}`);
    expect(renderInfo(viewOf(FULL), en, 99)).not.toContain("+---");
    expect(renderInfo(viewOf(FULL), en, null)).not.toContain("+---");
  });
});

describe("where there is no checkpoint", () => {
  test("the last completed run is named", () => {
    const lastRun = {
      sessionId: "20230530_143025",
      finishedAt: LOCAL_TIME,
      completed: 98,
      failed: 2,
      total: 100,
      output: "q.results.jsonl",
      backup: "auto_completed_1",
      usage: {
        run: { input_tokens: 100, output_tokens: 200, cost: 0.5 },
        session: { input_tokens: 1000, output_tokens: 2000, cost: 5 },
      },
    };
    expect(renderNoCheckpoint("checkpoints", lastRun, en)).toBe(`No checkpoint in checkpoints.
The last run finished at 2023-05-30 14:30:45 (session 20230530_143025): 98 of 100 items done, 2 failed.
Spent: 300 tokens, cost 0.5000 (all runs: 3,000 tokens, cost 5.00)
Its output: q.results.jsonl
Its checkpoint: backup auto_completed_1
`);
    expect(renderNoCheckpoint("checkpoints", null, zh)).toBe("checkpoints 中没有检查点。\n");
  });
});

describe("the plan", () => {
  const counts: PlanCounts = {
    total: 1319,
    done: 800,
    failed: 3,
    retry: 3,
    fresh: 10,
    changed: 2,
    rerun: 0,
    gone: 1,
    pending: 519,
  };

  test("is one line", () => {
    expect(renderPlan(counts, en, null)).toBe(
      "Plan: 1,319 items: 800 done, 3 failed (3 to retry), 10 new, 2 changed, 1 gone, 519 pending",
    );
    expect(renderPlan(counts, zh, 1000)).toBe(
      "计划：共 1,319 个条目：已完成 800，失败 3（重试 3），新增 10，内容有变 2，已不在输入中 1，待处理 519",
    );
  });

  test("leaves out what is not there, and says what a limit leaves", () => {
    const first = {
      ...counts,
      done: 0,
      failed: 0,
      retry: 0,
      fresh: 0,
      changed: 0,
      rerun: 0,
      gone: 0,
      pending: 1319,
    };
    expect(renderPlan(first, en, 100)).toBe(
      "Plan: 1,319 items: 0 done, 1,319 pending\nLimit: this run takes the first 100 of 1,319 pending items.",
    );
  });

  test("shows the first command, safe for a terminal", () => {
    expect(renderFirstCommand(["echo '\u001b[2J'"], en)).toBe("First item: echo '\\x1b[2J'");
    expect(renderFirstCommand(["POST /chat", "{…}"], zh)).toBe("首个条目：\n  POST /chat\n  {…}");
  });
});

describe("the summary", () => {
  const summary: Summary = {
    session_id: "20230530_143025",
    outcome: "complete",
    exit_code: 0,
    selection: null,
    total: 1319,
    completed: 1319,
    failed: 0,
    pending: 0,
    percent: 100,
    attempted: 100,
    succeeded: 100,
    failed_now: 0,
    elapsed_ms: 12_345,
    stop: null,
    errors: [],
    output: { path: "q.results.jsonl", sha256: "0" },
    backup: "auto_completed_20230530_143025",
    resume_command: null,
    export_command: null,
  };
  const command = "ckpt run q.jsonl -- cat";
  const STOPS: readonly StopReason[] = [
    { kind: "limit" },
    { kind: "max-failures", failures: 3, allowed: "5%" },
    { kind: "max-time", ms: 60_000 },
    { kind: "budget", budget: "cost", spent: 1.01, allowed: 1 },
    { kind: "budget", budget: "tokens", spent: 1319, allowed: 1000 },
    { kind: "outside", item: "q17", error: "no such key\n", errorKind: "http_401" },
    { kind: "none-succeeded", attempted: 20, item: "q1", error: "exit 1" },
    { kind: "input-changed", path: "b.jsonl" },
    { kind: "disk-full", cause: "ENOSPC" },
    { kind: "signal", signal: "SIGINT" },
  ];

  test("of a complete run", () => {
    expect(renderSummary(summary, en, false)).toBe(`All 1,319 items done.
  This run: 100 attempted, 0 failed, 12s (8.1/s)
  Output: q.results.jsonl
  Checkpoint moved to backup auto_completed_20230530_143025`);
  });

  test("of a complete run of one item is a sentence, too", () => {
    expect(renderSummary({ ...summary, total: 1 }, en, false)).toStartWith("The item is done.\n");
  });

  test("of a run with failures names both ways on", () => {
    const errors = [{ kind: "timeout", count: 2, item: "q17", message: "30 s\u0007" }];
    const failed: Summary = {
      ...summary,
      outcome: "failed",
      completed: 1317,
      failed: 2,
      failed_now: 2,
      backup: null,
      errors,
      resume_command: command,
    };
    expect(renderSummary(failed, zh, false)).toBe(`处理完毕：共 1,319 个条目，已完成 1,317，失败 2。
  本次运行：处理 100，失败 2，用时 12秒（8.1/秒）
  - 超时（timeout）× 2，例如条目 q17：30 s\\x07
  输出：q.results.jsonl
  重试失败的条目：ckpt run q.jsonl -- cat
  不再重试，就此完成：同一条命令加上 --failed keep`);
  });

  test("of a run with nothing to do", () => {
    const again: Summary = { ...summary, outcome: "already_complete", attempted: 0 };
    expect(renderSummary(again, en, false)).toStartWith("Already complete: all 1,319 items done");
    expect(renderSummary({ ...again, failed: 3 }, en, false)).toStartWith(
      "Already finished: 1,319 items, 3 of them",
    );
  });

  test.each([en, zh])(
    "of a stopped run says why, what is saved and how to resume, in $language",
    (catalogue) => {
      for (const stop of STOPS) {
        const stopped: Summary = {
          ...summary,
          outcome: "stopped",
          completed: 812,
          pending: 507,
          stop,
          output: null,
          backup: null,
          resume_command: command,
          export_command: "ckpt export -o q.results.jsonl",
        };
        const text = renderSummary(stopped, catalogue, false);
        expect(text).toMatch(/ ?812\/1,319(?: \(|（)61\.5%[)）]/);
        expect(text).toContain("ckpt export -o q.results.jsonl\n");
        expect(text).toEndWith(command);
        expect(text).not.toMatch(/undefined|null|NaN/);
        expect(text.split("\n").length).toBeLessThanOrEqual(7);
      }
    },
  );
});

describe("failures", () => {
  test("have a line for each reason, and one for all others", () => {
    const errors = [
      { kind: "exit", count: 1200, item: "q1", message: "bad\ninput \u001b[2J" },
      { kind: "exit", count: 2, item: "", message: "" },
      { kind: "others", count: 1319, item: "", message: "" },
    ];
    expect(failureLines(errors, en)).toEqual([
      "exit × 1,200, e.g. item q1: bad↵input \\x1b[2J",
      "exit × 2",
      "other reasons × 1,319",
    ]);
    expect(failureLines(errors, zh)).toEqual([
      "命令失败（exit）× 1,200，例如条目 q1：bad↵input \\x1b[2J",
      "命令失败（exit）× 2",
      "其他原因 × 1,319",
    ]);
  });

  test("of a status of an older executable are shown as they stand there", () => {
    const other = [{ kind: "other", count: 25, item: "#16", message: "m" }];
    expect(failureLines(other, en)).toEqual(["other × 25, e.g. item #16: m"]);
  });
});

describe("the list of backups", () => {
  test("is aligned, with Chinese headings too", () => {
    const backups = [
      {
        name: "my_checkpoint",
        created_at: LOCAL_TIME,
        kind: "manual",
        session_id: "s",
        completed: 800,
        failed: 12,
        total: 1319,
        results_saved: 812,
        bytes: 1_234_567,
        intact: true,
        reason: "manual",
        processor: null,
        input: null,
        output: null,
        selection: null,
        shard: null,
        shards: null,
      },
      {
        name: "auto_cleared_1",
        created_at: LOCAL_TIME,
        kind: "auto",
        session_id: "s",
        completed: 100,
        failed: 0,
        total: 100,
        results_saved: 100,
        bytes: 1234,
        intact: false,
        reason: "cleared",
        processor: null,
        input: null,
        output: null,
        selection: null,
        shard: null,
        shards: null,
      },
    ] as const;
    const jobs = [
      {
        kind: "command",
        shown: "python solve.py",
        input: "q.jsonl",
        selection: { where: ["级别=难"] },
        shards: null,
        output: "q.results.jsonl",
      },
      null,
    ];
    expect(renderList(backups, jobs, backups, zh, null))
      .toBe(`名称            创建时间               进度       结果     大小  类型  状态
my_checkpoint   2023-05-30 14:30:45   60.6%  812/1,319  1.2 MiB  手动  完好
  命令：python solve.py；q.jsonl（级别=难） → q.results.jsonl
auto_cleared_1  2023-05-30 14:30:45  100.0%    100/100  1.2 KiB  自动  损坏

删除全部 1 个自动备份可释放 1.2 KiB。
`);
    // Names get lines of their own where the table is wider than the terminal.
    expect(renderList(backups, jobs, backups, zh, 60)).toBe(`名称
  创建时间               进度       结果     大小  类型  状态
my_checkpoint
  2023-05-30 14:30:45   60.6%  812/1,319  1.2 MiB  手动  完好
  命令：python solve.py；q.jsonl（级别=难） → q.results.jso…
auto_cleared_1
  2023-05-30 14:30:45  100.0%    100/100  1.2 KiB  自动  损坏

删除全部 1 个自动备份可释放 1.2 KiB。
`);
    expect(renderList([], [], [], en, 80)).toBe("No backups yet.\n");
  });
});
