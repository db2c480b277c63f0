// The golden files of each version of the format (tests/fixtures/format): they were written once and are never written again. Whatever reads and writes these
// files now gives back what stands there, byte for byte.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { encodeManifest, manifestProblems, readManifest } from "../../lib/checkpoint/backup/manifest.ts";
import { readReceipt } from "../../lib/checkpoint/backup/receipt.ts";
import { scanLog } from "../../lib/checkpoint/log/log-reader.ts";
import { logStart } from "../../lib/checkpoint/log/log-start.ts";
import { verifyCheckpoint } from "../../lib/checkpoint/log/verify.ts";
import { checkpointPaths, SHARDS } from "../../lib/checkpoint/names.ts";
import { parseRecord } from "../../lib/checkpoint/record/parse-record.ts";
import { KEY } from "../../lib/checkpoint/record/record-format.ts";
import { readResult, recordIdentity } from "../../lib/checkpoint/record/read-record.ts";
import { relinkRecord } from "../../lib/checkpoint/record/write-record.ts";
import { readShardsFile } from "../../lib/checkpoint/shards-file.ts";
import { seal } from "../../lib/checkpoint/status/seal.ts";
import { encodeStatus, readStatus } from "../../lib/checkpoint/status/status-file.ts";
import { realFileSystem as real } from "../../lib/io/fs.ts";

const FORMATS = path.resolve(import.meta.dir, "../fixtures/format");

for (const version of [1, 2] as const) {
  describe(`version ${version}`, () => {
    const paths = checkpointPaths(path.join(FORMATS, `version-${version}`));
    const text = (file: string): string => fs.readFileSync(file, "utf8");
    const read = readStatus(real, paths.status);
    if (read.kind !== "good") throw new Error(`the golden status is ${read.kind}`);
    const { status } = read;

    test("status, receipt and manifest are read, and written as they stand there", () => {
      expect(status.v).toBe(version);
      expect(Buffer.from(encodeStatus(status)).toString()).toBe(text(paths.status));
      expect(seal(readReceipt(real, paths) ?? {})).toBe(text(paths.receipt));
      const backup = path.join(paths.backups, "mine");
      const manifest = readManifest(real, backup);
      if (manifest === null) throw new Error("there is no manifest");
      expect(encodeManifest(manifest)).toBe(text(path.join(backup, "manifest.json")));
      expect(manifestProblems(real, backup, manifest, true)).toEqual([]);
    });

    test("the log is whole, ends as the status says, and holds what it counts", () => {
      const { valid, fault } = scanLog(real, paths.log, logStart(status), () => undefined);
      expect({ valid, fault }).toEqual({ valid: status.log, fault: null });
      const { completed, failed, errors, results_saved: items } = status;
      expect(verifyCheckpoint(real, paths)).toMatchObject({
        problemCount: 0,
        version,
        items,
        completed,
        failed,
        errors,
      });
    });

    test("each record is read by position as JSON.parse reads it, and stands in its place again when it is put there", () => {
      const lines = text(paths.log).trimEnd().split("\n");
      expect(lines.length).toBe(status.log.records);
      for (const line of lines) {
        const bytes = Buffer.from(line);
        const record = parseRecord(bytes);
        if (record === null) throw new Error(`not read: ${line}`);
        expect(record).toEqual(JSON.parse(line));
        const { id = null, n: occurrence = 1, repeat = 1, index, status: outcome, seq, prev } = record;
        expect(recordIdentity(bytes)).toMatchObject({
          id,
          occurrence,
          repeat,
          index,
          failed: outcome === "failed",
        });
        const result = readResult(bytes, "json");
        expect(JSON.parse(result?.bytes.toString("utf8", result.start, result.end) ?? "null")).toEqual(
          record.output ?? record.error,
        );
        expect(relinkRecord(bytes, { version, seq, prev }, "none").bytes.toString()).toBe(`${line}\n`);
      }
    });
  });
}

test("shards.json of version 2 is read, and written as it stands there", () => {
  const dir = path.join(FORMATS, "shards-2");
  expect(seal(readShardsFile(real, dir) ?? {})).toBe(fs.readFileSync(path.join(dir, SHARDS), "utf8"));
});

test("the golden files use all keys there are", () => {
  const lines = [1, 2].flatMap((version) =>
    fs
      .readFileSync(path.join(FORMATS, `version-${version}`, "checkpoint_results.jsonl"), "utf8")
      .trimEnd()
      .split("\n"),
  );
  const keys = new Set(lines.flatMap((line) => Object.keys(JSON.parse(line) as object)));
  const all = Object.values(KEY).map((text) => /"(\w+)"/.exec(text)?.[1] ?? "");
  expect(all.filter((key) => !keys.has(key) && key !== "n")).toEqual([]);
});
