// Archives as other programs read them, and that their bytes depend on nothing but the files and the time.
// Needs tar, unzip, gzip.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { gzip, inFolder, type PackedFile, textFile } from "../../scripts/release/packed-file.ts";
import { tar } from "../../scripts/release/tar.ts";
import { zip } from "../../scripts/release/zip.ts";
import { ENV, newFolder } from "../helpers/ckpt.ts";

/** 2026-01-02 03:04:06 UTC; even, for zip counts in steps of two seconds. */
const EPOCH_SECONDS = 1_767_323_046;
const LONG = `${"folder-with-a-long-name/".repeat(6)}file-with-a-long-name.txt`;
const FILES: readonly PackedFile[] = [
  textFile("docs/指南.md", "# 指南\n"),
  { path: "ckpt", bytes: Buffer.from("#!/bin/sh\necho hello\n"), isExecutable: true },
  textFile("LICENSE", "words\n".repeat(1000)),
  textFile("empty", ""),
  textFile("docs/one.md", "x".repeat(512)),
  { path: "bytes", bytes: Uint8Array.from({ length: 100_000 }, (_, index) => (index * index) % 251) },
  textFile(LONG, "deep\n"),
];

function unpacked(command: readonly string[], archive: Uint8Array): string {
  const folder = newFolder();
  const file = path.join(folder, "archive");
  fs.writeFileSync(file, archive);
  const { success, stderr } = Bun.spawnSync([...command, file], { cwd: folder, env: ENV });
  expect({ success, stderr: stderr.toString() }).toEqual({ success: true, stderr: "" });
  fs.rmSync(file);
  return folder;
}

function expectFiles(folder: string): void {
  for (const { path: name, bytes, isExecutable = false } of FILES) {
    const file = path.join(folder, "top", name);
    expect(Buffer.compare(fs.readFileSync(file), Buffer.from(bytes))).toBe(0);
    const { mode, mtimeMs } = fs.statSync(file);
    expect(mode & 0o777).toBe(isExecutable ? 0o755 : 0o644);
    expect(mtimeMs).toBe(EPOCH_SECONDS * 1000);
  }
  const names = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile());
  expect(names.length).toBe(FILES.length);
}

describe("tar()", () => {
  const archive = tar(inFolder("top", FILES), EPOCH_SECONDS);

  test("tar unpacks every file with its mode and its time", () => {
    expectFiles(unpacked(["tar", "--extract", "--preserve-permissions", "--file"], archive));
    expectFiles(unpacked(["tar", "-xpzf"], gzip(archive)));
  });

  test("is the same in whatever order the files are given", () => {
    expect(Buffer.compare(tar(inFolder("top", FILES.toReversed()), EPOCH_SECONDS), archive)).toBe(0);
  });

  test("refuses a path that it cannot hold", () => {
    expect(() => tar([textFile("x".repeat(101), "")], EPOCH_SECONDS)).toThrow("a path that long");
  });
});

describe("gzip()", () => {
  test("notes no time and no name", () => {
    expect(Buffer.from(gzip(Buffer.from("x")).subarray(0, 10)).toString("hex")).toBe("1f8b08000000000000ff");
  });
});

describe("zip()", () => {
  const archive = zip(inFolder("top", FILES), EPOCH_SECONDS);

  test("unzip unpacks every file with its mode and its time", () => {
    expectFiles(unpacked(["unzip", "-q"], archive));
  });

  test("unzip finds no fault in it", () => {
    const folder = newFolder();
    const file = path.join(folder, "a.zip");
    fs.writeFileSync(file, archive);
    expect(Bun.spawnSync(["unzip", "-tq", file], { env: ENV }).stdout.toString()).toContain(
      "No errors detected",
    );
  });

  test("is the same in whatever order the files are given", () => {
    expect(Buffer.compare(zip(inFolder("top", FILES.toReversed()), EPOCH_SECONDS), archive)).toBe(0);
  });
});
