// What is provable in a log of version 2: several answers an item, results of other tools and of other sessions, reruns.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { LogWriter } from "../../../lib/checkpoint/log/log-writer.ts";
import { emptyPosition } from "../../../lib/checkpoint/log/log-start.ts";
import { repairCheckpoint } from "../../../lib/checkpoint/log/repair.ts";
import { type VerifyReport, verifyCheckpoint } from "../../../lib/checkpoint/log/verify.ts";
import { type CheckpointPaths, checkpointPaths } from "../../../lib/checkpoint/names.ts";
import { parseRecord } from "../../../lib/checkpoint/record/parse-record.ts";
import { encodeStatus, readStatus } from "../../../lib/checkpoint/status/status-file.ts";
import type { ParsedRecord, Result } from "../../../lib/core/record.ts";
import type { Status } from "../../../lib/core/status.ts";
import { realFileSystem as real } from "../../../lib/io/fs.ts";
import { failedResult, keyOf, newPaths, okResult } from "../../helpers/checkpoint.ts";
import { NOW_MS } from "../../helpers/in-process.ts";
import { STATUS } from "../../ui/fakes.ts";

const NONCE = "c".repeat(32);
const FP = "0a1b2c3d";

/** A record: which answer of which item, and what came of it; `file`: made by that file's tool. */
type Row = {
  readonly index: number;
  readonly repeat?: number;
  readonly result?: Result;
  readonly file?: string;
};

/** Makes a checkpoint of version 2 with these records, all committed. */
function make(rows: readonly Row[], more: Partial<Status> = {}): CheckpointPaths {
  const paths = newPaths();
  fs.writeFileSync(paths.log, "");
  const writer = new LogWriter(real, paths.log, emptyPosition(NONCE), 2);
  for (const { index, repeat = 1, result = okResult(`"${index}"`), file } of rows) {
    const imported = {
      fp: `${file}`.padEnd(8, "0"),
      file: `${file}.jsonl`,
      sha256: "5".repeat(64),
      line: index + 1,
    };
    const kept = file === undefined ? result : { ...result, attempts: 0, imported };
    writer.add({ ...keyOf(index), repeat }, file === undefined ? FP : imported.fp, kept);
  }
  writer.write();
  const units = new Set(rows.map(({ index, repeat = 1 }) => `${index} ${repeat}`)).size;
  const status: Status = {
    ...STATUS,
    v: 2,
    session: { ...STATUS.session, nonce: NONCE },
    input: { ...STATUS.input, count: 10 },
    fingerprint: { id: FP, parts: [] },
    total: 20,
    repeat: 2,
    results_saved: units,
    log: writer.position,
    ...more,
  };
  writer.close();
  fs.writeFileSync(paths.status, encodeStatus(status));
  return paths;
}

function verdictOn(paths: Pick<CheckpointPaths, "status" | "log">): VerifyReport {
  const report = verifyCheckpoint(real, paths);
  if (report === null) throw new Error("no checkpoint");
  return report;
}

function recordsIn({ log }: CheckpointPaths): ParsedRecord[] {
  const lines = fs.readFileSync(log, "utf8").trimEnd().split("\n");
  return lines.map((line) => parseRecord(Buffer.from(line)) ?? ({} as never));
}

/** Makes a byte of a record another one. */
function damage({ log }: CheckpointPaths, seq: number): void {
  const lines = fs.readFileSync(log, "utf8").split("\n");
  fs.writeFileSync(log, lines.with(seq - 1, (lines[seq - 1] ?? "").replace('"fp"', '"fq"')).join("\n"));
}

function repaired(paths: CheckpointPaths): Status {
  const identity = { id: "20261123_200000", nonce: "e".repeat(32), started_at: "2026-11-23T20:00:00.000Z" };
  repairCheckpoint(real, paths, verdictOn(paths), { nowMs: NOW_MS, identity });
  expect(verdictOn(paths)).toMatchObject({ problemCount: 0, version: 2 });
  const read = readStatus(real, paths.status);
  if (read.kind !== "good") throw new Error(`the status is ${read.kind}`);
  expect(fs.readFileSync(paths.status, "utf8").match(/"sum":/g)?.length).toBe(1);
  return read.status;
}

describe("units", () => {
  test("each answer of an item counts by itself", () => {
    const paths = make([{ index: 0 }, { index: 0, repeat: 2 }, { index: 1, result: failedResult("exit") }]);
    expect(verdictOn(paths)).toMatchObject({
      problemCount: 0,
      items: 3,
      completed: 2,
      failed: 1,
      highestRepeat: 2,
    });
  });

  test("an answer that stands there twice should not have been made, and a repair leaves it out", () => {
    const paths = make([{ index: 0 }, { index: 0, repeat: 2 }, { index: 0, repeat: 2 }]);
    const { problems } = verdictOn(paths);
    expect(problems).toMatchObject([{ kind: "record-double", record: 3, item: "#1" }]);
    repaired(paths);
    expect(recordsIn(paths).map(({ repeat = 1 }) => repeat)).toEqual([1, 2]);
  });
});

describe("reruns", () => {
  const rerun = { what: ["all"], to_seq: 2 };

  test("a success may follow a success, and a failure behind one is history", () => {
    const rows = [{ index: 0 }, { index: 1 }, { index: 0 }, { index: 1, result: failedResult("timeout") }];
    expect(verdictOn(make(rows, { rerun }))).toMatchObject({
      problemCount: 0,
      items: 2,
      completed: 2,
      failed: 0,
      errors: [],
    });
    expect(verdictOn(make(rows)).problems.map(({ kind }) => kind)).toEqual([
      "record-double",
      "record-double",
    ]);
  });

  test("a repair keeps all of them, and says by their new numbers which came before", () => {
    const rows = [{ index: 0 }, { index: 1 }, { index: 2 }, { index: 0 }, { index: 1 }];
    const paths = make(rows, { rerun: { what: ["all"], to_seq: 3 } });
    damage(paths, 2);
    expect(repaired(paths)).toMatchObject({
      v: 2,
      rerun: { what: ["all"], to_seq: 2 },
      log: { records: 4 },
      results_saved: 3,
    });
    expect(recordsIn(paths).map(({ index, seq, origin }) => [index, seq, origin])).toEqual([
      [0, 1, 1],
      [2, 2, 3],
      [0, 3, 4],
      [1, 4, 5],
    ]);
  });
});

describe("what another tool has made", () => {
  test("is provable behind a gap, whatever file it comes from", () => {
    const paths = make([
      { index: 0, file: "a" },
      { index: 1, file: "a" },
      { index: 2, file: "b" },
      { index: 3, file: "b" },
      { index: 4 },
    ]);
    damage(paths, 2);
    damage(paths, 4);
    expect(verdictOn(paths)).toMatchObject({ records: 3, items: 3 });
    expect(repaired(paths)).toMatchObject({ v: 2, results_saved: 3, fingerprint: { id: FP } });
    expect(recordsIn(paths).map((record) => [record.index, record.import?.file])).toEqual([
      [0, "a.jsonl"],
      [2, "b.jsonl"],
      [4, undefined],
    ]);
  });
});

test("a log whose status is lost says itself that it is of version 2, and how many answers there are", () => {
  const paths = make(
    [{ index: 0, file: "a" }, { index: 0, repeat: 2 }, { index: 3, repeat: 3 }, { index: 0 }],
    {
      rerun: { what: ["all"], to_seq: 3 },
    },
  );
  fs.rmSync(paths.status);
  expect(verdictOn(paths)).toMatchObject({ version: 2, items: 3, problems: [{ kind: "status-missing" }] });
  expect(repaired(paths)).toMatchObject({
    v: 2,
    rerun: { what: [] },
    repeat: 3,
    total: 12,
    results_saved: 3,
    fingerprint: { id: FP },
  });
});

test("records of the other version are strange to a log", () => {
  const paths = make([{ index: 0 }, { index: 1 }, { index: 2 }]);
  const other = checkpointPaths(path.join(newPaths().dir, "c"));
  fs.mkdirSync(other.dir);
  fs.copyFileSync(paths.log, other.log);
  const read = readStatus(real, paths.status);
  if (read.kind !== "good") throw new Error("no status");
  fs.writeFileSync(other.status, encodeStatus({ ...read.status, v: 1 }));
  expect(verdictOn(other).problems).toMatchObject([
    { kind: "record-stray", record: 1 },
    { kind: "records-missing", from: 1, to: 3 },
  ]);
});
