// Status, manifest and receipt: read back as written, refused when a byte is not theirs, bounded in size.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import * as fs from "node:fs";
import * as path from "node:path";
import { freeBackupName } from "../../lib/checkpoint/backup/backups.ts";
import {
  encodeManifest,
  hashCheckpointFiles,
  makeManifest,
  manifestProblems,
  readManifest,
} from "../../lib/checkpoint/backup/manifest.ts";
import { finishIntent } from "../../lib/checkpoint/backup/move.ts";
import { backupStem, localStamp } from "../../lib/checkpoint/names.ts";
import { encodeReceipt, readReceipt } from "../../lib/checkpoint/backup/receipt.ts";
import { seal, unseal } from "../../lib/checkpoint/status/seal.ts";
import { encodeStatus, readStatus } from "../../lib/checkpoint/status/status-file.ts";
import { realFileSystem as real } from "../../lib/io/fs.ts";
import { makeCheckpoint, newPaths } from "../helpers/checkpoint.ts";

const NOW_MS = Date.UTC(2026, 10, 24, 12);

describe("status file", () => {
  test("is absent, good, or damaged", async () => {
    const paths = newPaths();
    expect(readStatus(real, paths.status)).toEqual({ kind: "absent" });
    const status = await makeCheckpoint(paths, 2, 0);
    expect(readStatus(real, paths.status)).toMatchObject({ kind: "good", status });
    const bytes = fs.readFileSync(paths.status);
    fs.writeFileSync(paths.status, bytes.subarray(0, 100));
    expect(readStatus(real, paths.status)).toEqual({ kind: "damaged", bytes: 100 });
    fs.writeFileSync(paths.status, "");
    expect(readStatus(real, paths.status)).toEqual({ kind: "damaged", bytes: 0 });
  });

  test("no truncation and no changed byte of it is taken for a status", async () => {
    const paths = newPaths();
    const whole = Buffer.from(encodeStatus(await makeCheckpoint(paths, 1, 0)));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), (at, change) => {
        const damaged = change === 0 ? whole.subarray(0, at) : Buffer.from(whole);
        if (change !== 0) damaged[at] = (damaged[at] ?? 0) ^ change;
        fs.writeFileSync(paths.status, damaged);
        try {
          expect(readStatus(real, paths.status).kind).toBe("damaged");
        } catch (error) {
          // The changed byte is that of the version.
          expect(error).toMatchObject({ code: "checkpoint.newer" });
          expect(at).toBe(whole.indexOf('"v":1') + 4);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("a sealed file of another kind is no status", () => {
    const { status } = newPaths();
    fs.writeFileSync(status, seal({ v: 1, kind: "receipt" }));
    expect(readStatus(real, status).kind).toBe("damaged");
  });
});

test("sealed files of another shape are none, and an intent that names what is outside its folders moves nothing", () => {
  const paths = newPaths();
  fs.writeFileSync(paths.receipt, seal({ v: 1, kind: "receipt", nonce: 7 }));
  expect(readReceipt(real, paths)).toBeNull();
  fs.writeFileSync(path.join(paths.dir, "manifest.json"), seal({ v: 1, kind: "manifest", files: "all" }));
  expect(readManifest(real, paths.dir)).toBeNull();
  const victim = path.join(path.dirname(paths.dir), `${path.basename(paths.dir)}-victim`);
  fs.writeFileSync(victim, "precious");
  const common = { v: 1, kind: "intent", id: "0", manifest: null, receipt: null } as const;
  const intents = [
    { ...common, out: [`../${path.basename(victim)}`], target: "mine", stage: null, in: [] },
    { ...common, out: [], target: "../..", stage: null, in: [] },
    { ...common, out: [], target: null, stage: `..`, in: [path.basename(victim)] },
    { ...common, out: "all", target: null, stage: null, in: [] },
  ];
  for (const intent of intents) {
    fs.writeFileSync(paths.intent, seal(intent));
    expect(finishIntent(real, paths)).toBe(false);
  }
  expect(fs.readFileSync(victim, "utf8")).toBe("precious");
  fs.unlinkSync(victim);
});

test("any object reads back from its seal, and the sum is that of its own bytes", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()), (value) => {
      const text = seal({ v: 1, value });
      expect(unseal(Buffer.from(text), "f")).toMatchObject(JSON.parse(JSON.stringify({ v: 1, value })));
      const digits = Bun.SHA256.hash(Buffer.from(text).subarray(0, -19), "hex").slice(0, 16);
      expect(text.slice(-19, -3)).toBe(digits);
    }),
  );
});

test("a manifest names what is missing, of another size, or of other bytes", async () => {
  const paths = newPaths();
  const status = await makeCheckpoint(paths, 2, 0);
  const files = hashCheckpointFiles(real, paths.dir);
  const facts = {
    name: "b",
    reason: "manual",
    form: "checkpoint",
    createdAtMs: NOW_MS,
    contents: status,
    files,
  } as const;
  fs.writeFileSync(path.join(paths.dir, "manifest.json"), encodeManifest(makeManifest(facts)));
  const manifest = readManifest(real, paths.dir);
  if (manifest === null) throw new Error("no manifest");
  expect(manifest).toMatchObject({ backup: "manual", completed: 2, created_at: "2026-11-24T12:00:00.000Z" });
  expect(manifestProblems(real, paths.dir, manifest, true)).toEqual([]);
  const log = fs.readFileSync(paths.log);
  log[9] = (log[9] ?? 0) ^ 1;
  fs.writeFileSync(paths.log, log);
  expect(manifestProblems(real, paths.dir, manifest, false)).toEqual([]);
  expect(manifestProblems(real, paths.dir, manifest, true)).toEqual([
    { kind: "file-hash", file: "checkpoint_results.jsonl" },
  ]);
  fs.appendFileSync(paths.log, "x");
  fs.unlinkSync(paths.status);
  expect(manifestProblems(real, paths.dir, manifest, false)).toEqual([
    { kind: "file-missing", file: "processing_status.json" },
    {
      kind: "file-size",
      file: "checkpoint_results.jsonl",
      found: log.length + 1,
      expected: log.length,
    },
  ]);
});

test("a receipt says 3 when items failed, and a damaged one is none", async () => {
  const paths = newPaths();
  const status = await makeCheckpoint(paths, 2, 0);
  fs.writeFileSync(paths.receipt, encodeReceipt({ ...status, failed: 1 }, null, NOW_MS));
  expect(readReceipt(real, paths)).toMatchObject({ exit_code: 3, failed: 1, nonce: status.session.nonce });
  fs.truncateSync(paths.receipt, 50);
  expect(readReceipt(real, paths)).toBeNull();
});

test("names of backups: by reason and local time, free without regard to case", () => {
  const paths = newPaths();
  const stem = backupStem("start_over", NOW_MS);
  expect(stem).toBe(`auto_start_over_${localStamp(NOW_MS)}`);
  expect(backupStem("manual", NOW_MS)).toBe(`backup_${localStamp(NOW_MS)}`);
  expect(localStamp(NOW_MS)).toMatch(/^2026112\d_\d{6}$/);
  for (const name of [stem.toUpperCase(), `${stem}-2`])
    fs.mkdirSync(path.join(paths.backups, name), { recursive: true });
  expect(freeBackupName(real, paths, stem)).toBe(`${stem}-3`);
});
