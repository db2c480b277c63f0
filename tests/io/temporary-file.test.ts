import { expect, test } from "bun:test";
import { closeSync, constants, readdirSync, readFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillFromStart, openTemporary, openUnlinked, shortLivedFolder } from "../../lib/io/temporary-file.ts";
import { temporaryFolder } from "../helpers/attempts.ts";

test.each([
  ["openTemporary", openTemporary],
  ["openUnlinked", openUnlinked],
] as const)("%s() opens a new, empty file without a name", (_name, open) => {
  using folder = temporaryFolder();
  const first = open(constants.O_APPEND, folder.path);
  const second = open(0, folder.path);
  expect(readdirSync(folder.path)).toEqual([]);
  writeSync(first, "one");
  expect(readFileSync(second, "utf8")).toBe("");
  closeSync(first);
  closeSync(second);
});

test("openTemporary() says when the folder is not there", () => {
  using folder = temporaryFolder();
  expect(() => openTemporary(0, join(folder.path, "none"))).toThrow("ENOENT");
});

test("shortLivedFolder() is the folder that was chosen, and one in memory only where there is room", () => {
  expect(shortLivedFolder("/var/tmp", 1)).toBe("/var/tmp");
  expect(shortLivedFolder(undefined, Number.MAX_SAFE_INTEGER)).toBe(tmpdir());
  closeSync(openTemporary(0, shortLivedFolder("", 1)));
});

test("fillFromStart() leaves the position at the start", () => {
  using folder = temporaryFolder();
  const fd = openTemporary(0, folder.path);
  const bytes = Buffer.alloc(3 << 20, "x");
  fillFromStart(fd, bytes);
  expect(readFileSync(fd).equals(bytes)).toBe(true);
  closeSync(fd);
});
