import { describe, expect, test } from "bun:test";
import { backupNameFault } from "../../lib/core/backup-name.ts";

describe("backupNameFault", () => {
  test.each([
    ["", "empty"],
    ["a".repeat(65), "long"],
    ["a".repeat(300), "long"],
    ["..", "start"],
    [".", "start"],
    [".tmp-x", "start"],
    ["-x", "start"],
    ["_x", "start"],
    ["a/b", "characters"],
    ["a\\b", "characters"],
    ["../../x", "characters"],
    ["a b", "characters"],
    ["a\u0000b", "characters"],
    ["a\nb", "characters"],
    ["\u001b[31m", "characters"],
    ["备份", "characters"],
    ["é", "characters"],
    ["a:b", "characters"],
    ["a*", "characters"],
    ["$HOME", "characters"],
    ["a.", "end"],
    ["a..", "end"],
    ["CON", "device"],
    ["con.txt", "device"],
    ["nul", "device"],
    ["LPT1", "device"],
    ["com0.tar.gz", "device"],
    ["latest", "reserved"],
    ["LATEST", "reserved"],
  ] as const)("%j is refused: %s", (name, fault) => {
    expect<string | null>(backupNameFault(name)).toBe(fault);
  });

  test.each([
    "a",
    "0",
    "a".repeat(64),
    "before-the-change",
    "v1.2_3",
    "console",
    "com10",
    "latest2",
    "a_",
    "a-",
  ])("%j is good", (name) => {
    expect(backupNameFault(name)).toBeNull();
  });
});
