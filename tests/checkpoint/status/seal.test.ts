import { expect, test } from "bun:test";
import { NEWEST_VERSION } from "../../../lib/core/format-version.ts";
import { seal, unseal } from "../../../lib/checkpoint/status/seal.ts";

test("no flipped bit of a sealed file is accepted, and a newer version is refused by name", () => {
  const bytes = Buffer.from(seal({ v: 1, kind: "status", text: "文字" }));
  expect(unseal(bytes, "f")).toMatchObject({ text: "文字" });
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    let read: unknown = null;
    try {
      read = unseal(damaged, "f");
    } catch (error) {
      expect(error).toMatchObject({ code: "checkpoint.newer" });
    }
    expect(read).toBeNull();
  }
  expect(() => unseal(Buffer.from(`{"v":${NEWEST_VERSION + 1}}\n`), "f")).toThrow("checkpoint.newer");
});
