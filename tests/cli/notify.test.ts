// `--notify`: what is run at the end of a run, and that nothing depends on it.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { notify } from "../../lib/job/session/notify.ts";
import { en } from "../../lib/ui/messages/en.ts";
import { ckpt, ENV, EXECUTABLE, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { GATED_SHELL, gatedFolder, liveRun, openGate } from "../helpers/live-run.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(60_000);

function threeItems(): string {
  const folder = newFolder();
  writeLines(folder, "w.txt", ["a", "b", "c"]);
  return folder;
}

describe("--notify", () => {
  test.each([
    ["complete", ["--shell", "cat"], 0],
    ["failed", ["--shell", "exit 1"], 3],
    ["stopped", ["--limit", "1", "--shell", "cat"], 4],
  ] as const)(
    "gets the summary that --json prints, when nobody has the checkpoint any more (%s)",
    async (outcome, args, code) => {
      const folder = threeItems();
      const tell = "cat > told.json; test ! -e checkpoints/owner.json && echo free > free";
      const ran = await ckpt(folder, ["run", "w.txt", "--json", "--notify", tell, ...args]);
      expect(ran.code).toBe(code);
      expect(read(folder, "told.json")).toBe(ran.out);
      expect(JSON.parse(ran.out)).toMatchObject({ outcome, exit_code: code });
      expect(read(folder, "free")).toBe("free\n");
    },
  );

  test.each([
    ["en", "--notify failed: exit status 7: no network."],
    ["zh", "--notify 失败：退出状态 7：no network。"],
  ])("that fails is said, with -q too, and changes no exit code (%s)", async (lang, note) => {
    const args = ["--notify", "echo no network >&2; exit 7", "--lang", lang, "--shell", "cat"];
    for (const quiet of [[], ["-q"]]) {
      const ran = await ckpt(threeItems(), ["run", "w.txt", ...quiet, ...args]);
      expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: expect.stringContaining(note) });
    }
  });

  test.each([
    ["en", "ENOTDIR"],
    ["zh", "无法写完输出"],
  ])("tells of a run that an error has ended: what is done, and the error (%s)", async (lang, words) => {
    const folder = threeItems();
    fs.mkdirSync(path.join(folder, "out"));
    const shell = "rm -rf out; echo > out; cat"; // the output cannot be written any more
    const args = ["-o", "out/w.jsonl", "--lang", lang, "--notify", "cat > told.json", "--shell", shell];
    const ran = await ckpt(folder, ["run", "w.txt", "--json", ...args]);
    expect(ran.code).toBe(1);
    const told = JSON.parse(read(folder, "told.json")) as { readonly error: { readonly message: string } };
    expect(told).toMatchObject({ outcome: "error", exit_code: 1, total: 3, completed: 3, stop: null });
    expect({ error: told.error }).toEqual(JSON.parse(ran.out));
    expect(told.error.message).toContain(words);
  });

  test.each([
    ["en", "ckpt: Cannot"],
    ["zh", "ckpt: 无法"],
  ])("begins when the error that has ended the run is on the screen (%s)", async (lang, words) => {
    const folder = threeItems();
    fs.mkdirSync(path.join(folder, "out"));
    const shell = "rm -rf out; echo > out; cat"; // the output cannot be written any more
    const tell = "while [ ! -e open ]; do sleep 0.02; done; exit 7";
    const args = ["-o", "out/w.jsonl", "--lang", lang, "--notify", tell, "--shell", shell];
    const errors = path.join(folder, "errors");
    const child = Bun.spawn([EXECUTABLE, "run", "w.txt", ...args], {
      cwd: folder,
      env: ENV,
      stdio: ["ignore", "ignore", Bun.file(errors)],
    });
    await until(() => read(folder, "errors").includes(words), "the error");
    openGate(folder);
    expect(await child.exited).toBe(1);
    const err = read(folder, "errors");
    expect(err.indexOf("--notify")).toBeGreaterThan(err.indexOf(words));
  });

  test("may leave something in the background, as programs that send mail do", async () => {
    const folder = threeItems();
    const tell = "(while [ ! -e open ]; do sleep 0.02; done; cat > told.json) <&0 & exit 0";
    const ran = await ckpt(folder, ["run", "w.txt", "--notify", tell, "--shell", "cat"]);
    expect(ran.code).toBe(0);
    openGate(folder);
    await until(() => fs.existsSync(path.join(folder, "told.json")), "what went on in the background");
  });

  test("may write as much as it likes", async () => {
    const folder = threeItems();
    const tell = "head -c 20000000 /dev/zero; sleep 0.2; head -c 20000000 /dev/zero >&2; echo > written";
    const ran = await ckpt(folder, ["run", "w.txt", "--notify", tell, "--shell", "cat"]);
    expect({ code: ran.code, err: ran.err }).toEqual({
      code: 0,
      err: expect.not.stringContaining("--notify"),
    });
    expect(fs.existsSync(path.join(folder, "written"))).toBe(true);
  });

  test("tells nothing of a run that is refused before it begins", async () => {
    const folder = threeItems();
    const args = ["--notify", "cat > told.json", "--shell", "cat"];
    expect((await ckpt(folder, ["run", "nothing.txt", ...args])).code).toBe(2);
    expect((await ckpt(folder, ["run", "w.txt", "--limit", "1", "--shell", "cat"])).code).toBe(4);
    expect((await ckpt(folder, ["run", "w.txt", "--notify", "cat > told.json", "--shell", "wc"])).code).toBe(
      12,
    );
    expect(fs.existsSync(path.join(folder, "told.json"))).toBe(false);
  });

  test("tells of each shard", async () => {
    const folder = threeItems();
    for (const shard of ["1/2", "2/2"]) {
      const args = ["--dir", "s", "--shard", shard, "--notify", "cat >> told.jsonl", "--shell", "cat"];
      expect((await ckpt(folder, ["run", "w.txt", ...args])).code).toBe(0);
    }
    const told = read(folder, "told.jsonl").trim().split("\n");
    const totals = told.map((line) => (JSON.parse(line) as { readonly completed: number }).completed);
    expect(totals.reduce((sum, count) => sum + count, 0)).toBe(3);
  });

  test("is ended with all that it has started when its time is over, and that is said", async () => {
    const folder = newFolder();
    const said: string[] = [];
    const pid = path.join(folder, "pid");
    const command = `cat > '${folder}/told'; echo trying >&2; sleep 1000 & echo $! > '${pid}'; wait`;
    const setup = {
      context: { host: { env: ENV, onSignal: () => () => undefined }, catalogue: en },
      settings: { notify: command },
      reporter: { warn: (text: string) => void said.push(text) },
    } as unknown as Parameters<typeof notify>[0];
    await notify(setup, { session_id: "s", outcome: "stopped" } as Parameters<typeof notify>[1], 500);
    expect(said).toEqual([
      expect.stringMatching(/^--notify failed: .*0\.5s.*trying.* do not depend on it\.$/),
    ]);
    expect(JSON.parse(read(folder, "told"))).toEqual({ session_id: "s", outcome: "stopped" });
    await until(() => !isThere(Number(read(folder, "pid"))), "the end of what it had started");
  });

  test("is on record, so that a bare run tells, too; a job that was complete already tells nothing", async () => {
    const folder = threeItems();
    const args = ["run", "w.txt", "--notify", "cat >> told.jsonl", "--shell", "cat"];
    expect((await ckpt(folder, [...args, "--limit", "1"])).code).toBe(4);
    expect((await ckpt(folder, ["run"])).code).toBe(0);
    expect((await ckpt(folder, args)).code).toBe(0);
    const told = read(folder, "told.jsonl").trim().split("\n");
    expect(told.map((line) => (JSON.parse(line) as { outcome: string }).outcome)).toEqual([
      "stopped",
      "complete",
    ]);
  });

  test("tells of a run that was stopped by a signal; the run still dies by it", async () => {
    const folder = gatedFolder();
    const args = [
      "items.txt",
      "-j",
      "1",
      "--grace",
      "1ms",
      "--notify",
      "cat > told.json",
      "--shell",
      GATED_SHELL,
    ];
    const run = await liveRun(folder, args);
    run.child.kill("SIGTERM");
    await run.child.exited;
    expect(run.child.signalCode).toBe("SIGTERM");
    expect(JSON.parse(read(folder, "told.json"))).toMatchObject({ outcome: "stopped", exit_code: 143 });
  });
});

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
