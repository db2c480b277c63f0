import { expect, test } from "bun:test";
import { shellProcessor } from "../../lib/processors/command/shell.ts";
import { contextWith, jsonItem } from "../helpers/attempts.ts";

const SETTINGS = { env: {}, timeoutMs: null, maxOutputBytes: 1024, parse: "text", hasId: false } as const;
const cmd = (text: string): ReturnType<typeof shellProcessor> =>
  shellProcessor(text, SETTINGS, { shell: "cmd" });

test("--shell on Windows shows the text that cmd will read", () => {
  expect(cmd("echo {v} > out.txt").preview(jsonItem(0, { v: "a & b" }))).toEqual(['echo "a & b" > out.txt']);
});

test("an item whose value cmd cannot be given safely fails, and nothing is started for it", async () => {
  const outcome = await cmd("echo {v}").process(jsonItem(0, { v: '" & calc' }), contextWith());
  expect(outcome).toMatchObject({ status: "failed", retryable: false, error: { kind: "argument_unsafe" } });
  const long = await cmd("echo {v}").process(jsonItem(0, { v: "x".repeat(9000) }), contextWith());
  expect(long).toMatchObject({ status: "failed", error: { kind: "argument_too_long" } });
});

test("a text that cannot be filled in safely is refused before anything is run", () => {
  expect(() => cmd("echo %PATH% {v}")).toThrow("usage.badValue");
  expect(() => cmd('cmd /c "echo {v}"')).toThrow("usage.badValue");
});
