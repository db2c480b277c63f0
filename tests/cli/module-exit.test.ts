import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ckpt, newFolder } from "../helpers/ckpt.ts";

setDefaultTimeout(60_000);

const MODULE = resolve(import.meta.dir, "../fixtures/processors/exits.ts");

function newInput(...when: readonly string[]): string {
  const folder = newFolder();
  writeFileSync(join(folder, "q.jsonl"), when.map((word) => `${JSON.stringify({ when: word })}\n`).join(""));
  return folder;
}

describe("a module that calls process.exit()", () => {
  test("within a call fails that item, and the run continues to its end", async () => {
    const folder = newInput("never", "at once", "later", "never");
    const ran = await ckpt(folder, ["run", "q.jsonl", "--module", MODULE, "-j", "1"]);
    expect(ran.code).toBe(3);
    const lines = readFileSync(join(folder, "q.results.jsonl"), "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).status)).toEqual(["ok", "failed", "failed", "ok"]);
    expect(JSON.parse(lines[1] ?? "").error).toMatchObject({ kind: "exception" });
    expect(JSON.parse(lines[1] ?? "").error.message).toContain("process.exit(7) was called");
  });

  test("from a timer stops the run as an outside cause: exit 4, results saved, the item pending", async () => {
    const folder = newInput("never", "timer");
    const ran = await ckpt(folder, ["run", "q.jsonl", "--module", MODULE, "-j", "1", "--grace", "100ms"]);
    expect(ran.code).toBe(4);
    expect(ran.err).toContain("process.exit(0) was called");
    const info = await ckpt(folder, ["info", "--json"]);
    expect(JSON.parse(info.out)).toMatchObject({ completed: 1, failed: 0, pending: 1, state: "stopped" });
  });
});

test("timers that a module leaves running do not keep the program at its end", async () => {
  const folder = newInput("never");
  writeFileSync(join(folder, "m.ts"), "export function process() { setInterval(() => 0, 1000); return 1; }");
  expect((await ckpt(folder, ["run", "q.jsonl", "--module", "m.ts"])).code).toBe(0);
});
