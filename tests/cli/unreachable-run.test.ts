// `ckpt set` and `info --watch` beside a run that cannot be reached: it is stopped, its socket is gone, or something else answers there.
import { expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import { ckpt, start } from "../helpers/ckpt.ts";
import { GATED_SHELL, gatedFolder, ITEMS, type LiveRun, liveRun, untilStatus } from "../helpers/live-run.ts";

setDefaultTimeout(60_000);

const RUN = ["items.txt", "-j", "2", "--shell", GATED_SHELL];

/** Reads what `info --watch` writes until it says something. */
async function watched(folder: string, part: string, args: readonly string[] = []): Promise<string> {
  const watching = start(folder, ["info", "--watch", "--interval", "100ms", ...args]);
  let text = "";
  for await (const bytes of watching.stdout) {
    text += Buffer.from(bytes).toString("utf8");
    if (text.includes(part)) break;
  }
  watching.kill("SIGKILL");
  await watching.exited;
  return text;
}

async function finishes(run: LiveRun): Promise<void> {
  const { code, err } = await run.finish();
  expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining(`${ITEMS} attempted, 0 failed`) });
}

test("a run that is stopped by ^Z is said to be silent, and what it was asked for takes effect when it goes on", async () => {
  const run = await liveRun(gatedFolder(), RUN);
  const { pid } = run.child;
  run.child.kill("SIGSTOP");
  const [en, zh, lines] = await Promise.all([
    ckpt(run.folder, ["set", "-j", "3"]),
    ckpt(run.folder, ["set", "--lang", "zh"]),
    watched(run.folder, "does not answer"),
  ]);
  expect(en).toEqual({
    code: 1,
    out: "",
    err: expect.stringMatching(
      new RegExp(`has not answered for 10 s \\(silent\\)\\n.*kill -CONT ${pid}, lets it go on`),
    ),
  });
  expect({ code: zh.code, err: zh.err }).toEqual({
    code: 1,
    err: expect.stringMatching(new RegExp(`秒内没有应答（silent）\\n.*kill -CONT ${pid}，`)),
  });
  expect(lines).toContain(
    `0/${ITEMS} 0.0% | 0 failed | Process ${pid} has the checkpoint and does not answer`,
  );
  run.child.kill("SIGCONT");
  await untilStatus(run, (now) => now.in_flight === 3, "the change");
  await finishes(run);
});

test("where the socket is gone, the process is named, and nobody is told that nothing runs", async () => {
  const run = await liveRun(gatedFolder(), RUN);
  const { pid } = run.child;
  fs.rmSync(run.socket);
  const [set, lines, zh] = await Promise.all([
    ckpt(run.folder, ["set", "--stop", "--json"]),
    watched(run.folder, "does not answer"),
    watched(run.folder, "尚未应答", ["--lang", "zh"]),
  ]);
  expect(set.code).toBe(1);
  expect(JSON.parse(set.out)).toMatchObject({
    error: { code: "checkpoint.noChannel", hint: expect.stringContaining(`kill ${pid} stops it`) },
  });
  expect(lines).not.toContain("No run at the moment");
  expect(zh).toContain(`进程 ${pid} 占用检查点`);
  await finishes(run);
});

test.each([
  ["no JSON", () => new Response("hello")],
  ["another JSON", () => Response.json([])],
  ["another version", () => Response.json({ v: 2, state: "running", settings: null })],
  ["an error of its own", () => Response.json({ error: "no" }, { status: 500 })],
])("what answers with %s in its place is no run, and no error of ckpt itself", async (_what, fetch) => {
  const run = await liveRun(gatedFolder(), RUN);
  fs.rmSync(run.socket);
  using stranger = Bun.serve({ unix: run.socket, fetch });
  for (const [lang, words] of [
    ["en", "no run of this version of ckpt"],
    ["zh", "不是此版本 ckpt 的运行"],
  ] as const) {
    for (const args of [[], ["-j", "3"]]) {
      const set = await ckpt(run.folder, ["set", "--lang", lang, ...args]);
      expect({ code: set.code, err: set.err }).toEqual({ code: 1, err: expect.stringContaining(words) });
    }
  }
  await watched(run.folder, `Process ${run.child.pid} has the checkpoint`);
  expect(stranger.pendingRequests).toBe(0);
  await finishes(run);
});
