// A command, a worker or a module says that the cause lies outside the item: the run stops, and the item stays pending.
// Needs python3.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { resolve } from "node:path";
import { ckpt, newFolder, read, writeLines } from "../helpers/ckpt.ts";

setDefaultTimeout(60_000);

const MODULE = resolve(import.meta.dir, "../fixtures/processors/ask-for-pause.ts");
const WORKER = `import json, sys
for line in sys.stdin:
    request = json.loads(line)
    answer = {"index": request["index"], "output": request["item"]}
    if request["item"] == "stop":
        answer = {"index": request["index"], "error": {"message": "the token has expired", "pause": True}}
    print(json.dumps(answer), flush=True)`;
const SHELL =
  'case {} in stop) echo "the token has expired" >&2; exit 75;; other) exit 76;; *) echo {};; esac';
const CODES = ["--pause-on-exit", "74", "--pause-on-exit=75"];

function newInput(): string {
  const folder = newFolder();
  writeLines(folder, "w.txt", ["a", "other", "stop", "b"]);
  return folder;
}

const KINDS: readonly (readonly [string, readonly string[], number])[] = [
  ["a command", [...CODES, "--", "sh", "-c", SHELL.replaceAll("{}", '"$0"'), "{}"], 1],
  ["a shell", [...CODES, "--shell", SHELL], 1],
  ["a worker", ["--worker", "--", "python3", "-c", WORKER], 0],
  ["a module", ["--module", MODULE], 0],
];

describe.each(KINDS)("%s that asks for a pause", (_name, args, failed) => {
  test.each([
    ["en", "Stopped: the cause lies outside the items (pause, at item #3): ", /To resume: \S+ run w\.txt/],
    ["zh", "已停止：外部原因：处理器要求暂停（pause），条目 #3：", /继续处理：\S+ run w\.txt/],
  ])(
    "stops the run with exit code 4, the reason and the way on; the item stays pending (%s)",
    async (lang, why, on) => {
      const folder = newInput();
      const ran = await ckpt(folder, [
        "run",
        "w.txt",
        "-j",
        "1",
        "--retries",
        "2",
        "--retry-delay",
        "1ms",
        "--lang",
        lang,
        ...args,
      ]);
      expect({ code: ran.code, err: ran.err }).toEqual({ code: 4, err: expect.stringContaining(why) });
      expect(ran.err).toContain("the token has expired");
      expect(ran.err).toMatch(on);
      const { completed, failed: found, pending } = JSON.parse((await ckpt(folder, ["info", "--json"])).out);
      expect({ completed, failed: found, pending }).toEqual({ completed: 2 - failed, failed, pending: 2 });
    },
  );
});

describe("--pause-on-exit", () => {
  test("does not make another job of it, and 126 and 127 stop the run as before", async () => {
    const folder = newInput();
    expect((await ckpt(folder, ["run", "w.txt", "-j", "1", ...CODES, "--shell", SHELL])).code).toBe(4);
    const ran = await ckpt(folder, ["run", "w.txt", "-j", "1", "--pause-on-exit", "7", "--shell", SHELL]);
    expect(ran.code).toBe(3);
    expect(JSON.parse(read(folder, "w.results.jsonl").split("\n")[2] ?? "")).toMatchObject({
      status: "failed",
    });
    expect(
      (await ckpt(newInput(), ["run", "w.txt", "--pause-on-exit", "7", "--shell", "exit 126"])).code,
    ).toBe(4);
  });

  test.each([
    [["--pause-on-exit", "75", "--module", MODULE], "--pause-on-exit and --module"],
    [["--pause-on-exit", "75", "--worker", "--", "cat"], "--pause-on-exit and --worker"],
    [["--pause-on-exit", "75", "--model", "m", "--prompt", "{}"], "--pause-on-exit and --model"],
    [["--pause-on-exit", "0", "--", "cat"], "--pause-on-exit"],
    [["--pause-on-exit", "256", "--", "cat"], "--pause-on-exit"],
    [["--pause-on-exit", "x", "--", "cat"], "--pause-on-exit"],
    [["--pause-on-exit", "--", "cat"], "--pause-on-exit"],
  ])("is refused where it says nothing: %j", async (args, named) => {
    const ran = await ckpt(newInput(), ["run", "w.txt", ...args]);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining(named)]);
  });
});
