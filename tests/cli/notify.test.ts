// `--notify`: what is run at the end of a run, and that nothing depends on it.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { ckpt, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { GATED_SHELL, gatedFolder, liveRun } from "../helpers/live-run.ts";

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
      const notify = "cat > told.json; test ! -e checkpoints/owner.json && echo free > free";
      const ran = await ckpt(folder, ["run", "w.txt", "--json", "--notify", notify, ...args]);
      expect(ran.code).toBe(code);
      expect(read(folder, "told.json")).toBe(ran.out);
      expect(JSON.parse(ran.out)).toMatchObject({ outcome, exit_code: code });
      expect(read(folder, "free")).toBe("free\n");
    },
  );

  test.each([
    ["en", "--notify failed: exit status 7: no network."],
    ["zh", "--notify 失败：退出状态 7：no network。"],
  ])("that fails is a note, and changes no exit code (%s)", async (lang, note) => {
    const args = ["--notify", "echo no network >&2; exit 7", "--lang", lang, "--shell", "cat"];
    const ran = await ckpt(threeItems(), ["run", "w.txt", ...args]);
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: expect.stringContaining(note) });
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
