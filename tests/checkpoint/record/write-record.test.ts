import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseRecord } from "../../../lib/checkpoint/record/parse-record.ts";
import { readResult } from "../../../lib/checkpoint/record/read-record.ts";
import { readFrame, RecordFrame } from "../../../lib/checkpoint/record/record-frame.ts";
import {
  encodeRecord,
  firstPrev,
  recordBody,
  relinkRecord,
} from "../../../lib/checkpoint/record/write-record.ts";
import { KEPT_TEXT_MAX, type RecordKey, type Result } from "../../../lib/core/record.ts";
import { lineOf, records } from "../../helpers/any-record.ts";

function encode(seq: number, index: number, id: string | null, outputJson: string): Buffer {
  const key = {
    index,
    line: index + 1,
    id,
    idIsJson: false,
    hash: "0123456789abcdef".repeat(2),
    occurrence: 1,
    repeat: 1,
  };
  const result = {
    status: "ok",
    outputJson,
    attempts: 1,
    retries: [],
    startedAtMs: 0,
    durationMs: 1,
  } as const;
  const target = Buffer.alloc(1 << 16);
  const line = encodeRecord(target, 0, recordBody(1, seq, key, "89abcdef", result), firstPrev("nonce"));
  if (line === null) throw new Error("too small");
  return Buffer.from(target.subarray(0, line.length - 1));
}

describe("a record's line", () => {
  test("a record reads back as it was written, whatever the id and the output", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat(),
        fc.option(fc.string({ unit: "binary" })),
        fc.jsonValue(),
        (seq, index, id, value) => {
          const line = encode(seq, index, id, JSON.stringify(value));
          const read = new RecordFrame();
          expect(readFrame(line, read)).toBe(true);
          expect([read.seq, read.index, read.failed, read.prev]).toEqual([
            seq,
            index,
            false,
            firstPrev("nonce"),
          ]);
          const [prev, sum] = [firstPrev("nonce"), parseRecord(line)?.sum ?? ""].map((text) =>
            Buffer.from(text),
          );
          expect(read.sum).toBe(String(sum));
          expect([prev, sum, prev?.subarray(1)].map((digits) => read.follows(digits ?? line))).toEqual([
            true,
            false,
            false,
          ]);
          const result = readResult(line, "json");
          expect(JSON.parse(result?.idJson ?? "null")).toBe(id);
          expect(result?.bytes.toString("utf8", result.start, result.end)).toBe(JSON.stringify(value));
          expect(parseRecord(line)?.output).toEqual(JSON.parse(JSON.stringify(value)));
        },
      ),
    );
  });

  test("no flipped bit of a record is accepted", () => {
    const line = encode(1, 0, "q1", '"an answer, 一个答案"');
    for (let at = 0; at < line.length; at++) {
      for (const bit of [1, 2, 4, 8, 16, 32, 64, 128]) {
        const damaged = Buffer.from(line);
        damaged[at] = (damaged[at] ?? 0) ^ bit;
        expect(readFrame(damaged, new RecordFrame())).toBe(false);
        expect(readResult(damaged, "json")).toBeNull();
      }
    }
  });
});

const KEY: RecordKey = {
  index: 4,
  line: 5,
  id: null,
  idIsJson: false,
  hash: "0".repeat(32),
  occurrence: 1,
  repeat: 1,
};
const OK: Result = { status: "ok", outputJson: "1", attempts: 1, retries: [], startedAtMs: 0, durationMs: 1 };
const IMPORTED = { fp: "0123abcd", file: "old.jsonl", sha256: "5".repeat(64), line: 3 };

const bodyOf = (version: 1 | 2, key: Partial<RecordKey>, result: Result): string =>
  recordBody(version, 1, { ...KEY, ...key }, "89abcdef", result);

/** The keys of an object's JSON text, in their order. */
const keysOf = (body: string): string[] => Object.keys(JSON.parse(`${body}}`) as object);

test("keys stand in one order, and none that has nothing to say", () => {
  const all: Result = {
    ...OK,
    usage: { cost: 1 },
    marks: ["length"],
    retries: [{ kind: "timeout", waited_ms: 1 }],
    ttftMs: 1.4,
    endpoint: "a",
    answeredBy: { asked: "", name: "m", fingerprint: "" },
    requestId: "r",
    stderr: "warning",
    imported: IMPORTED,
  };
  const first = ["v", "seq", "index", "status"];
  const last = ["attempts", "started_at", "duration_ms"];
  expect(keysOf(bodyOf(1, {}, OK))).toEqual([...first, "hash", "fp", "output", ...last]);
  expect(keysOf(bodyOf(2, { id: "7", idIsJson: true, occurrence: 2, repeat: 3 }, all))).toEqual([
    ...first,
    "id",
    "hash",
    "n",
    "repeat",
    "fp",
    "output",
    "attempts",
    "retries",
    "marks",
    "usage",
    "started_at",
    "duration_ms",
    "ttft_ms",
    "endpoint",
    "model_version",
    "request_id",
    "stderr",
    "id_json",
    "import",
  ]);
});

test("what version 1 does not have is not written in a record of version 1", () => {
  expect(() => bodyOf(1, { repeat: 2 }, OK)).toThrow("version 1");
  expect(() => bodyOf(1, {}, { ...OK, imported: IMPORTED })).toThrow("version 1");
  expect(bodyOf(2, {}, OK)).toBe(bodyOf(1, {}, OK).replace('"v":1', '"v":2'));
});

test("texts that are kept of an answer are bounded, and cut between whole characters", () => {
  const long = "🙂".repeat(KEPT_TEXT_MAX);
  const error = { kind: "invalid", message: "no JSON", text: long, body: long };
  const { outputJson: _output, ...rest } = { ...OK, outputJson: "" };
  const failed = JSON.parse(`${bodyOf(1, {}, { ...rest, status: "failed", error })}}`) as {
    error: typeof error;
  };
  const done = JSON.parse(`${bodyOf(1, {}, { ...OK, stderr: long })}}`) as { stderr: string };
  for (const text of [failed.error.text, failed.error.body, done.stderr]) {
    expect(text.length).toBeWithin(KEPT_TEXT_MAX - 2, KEPT_TEXT_MAX + 1);
    expect(text).toMatch(/^(?:🙂)+…$/u);
  }
});

describe("relinkRecord", () => {
  const NONCE = "0f".repeat(16);
  const place = { version: 2, seq: 99, prev: "0123456789abcdef" } as const;

  /** A record without what its place says. */
  const rest = (line: Buffer): object => {
    const {
      v: _v,
      seq: _seq,
      origin: _origin,
      from: _from,
      prev: _prev,
      sum: _sum,
      ...kept
    } = parseRecord(line) ?? {};
    return kept;
  };
  const relinked = (
    line: Buffer,
    ...more: Parameters<typeof relinkRecord> extends [unknown, ...infer R] ? R : never
  ): Buffer => relinkRecord(line, ...more).bytes.subarray(0, -1);

  test("keeps everything but the place, byte for byte, and says what it is told to", () => {
    fc.assert(
      fc.property(records, (record) => {
        const line = lineOf(record);
        for (const [trace, found] of [
          ["none", {}],
          ["origin", { origin: 7 }],
          [{ from: NONCE }, { from: { session: NONCE, seq: 7 } }],
        ] as const) {
          const moved = relinked(line, place, trace);
          const frame = new RecordFrame();
          expect(readFrame(moved, frame)).toBe(true);
          expect([frame.version, frame.seq, frame.prev]).toEqual([2, 99, place.prev]);
          expect(rest(moved)).toEqual(rest(line));
          const { origin, from } = parseRecord(moved) ?? {};
          expect({ origin, from }).toEqual({ origin: undefined, from: undefined, ...found });
        }
      }),
      { numRuns: 500 },
    );
  });

  test("a line that only becomes one of another version keeps its length, so that offsets stay", () => {
    fc.assert(
      fc.property(records, (record) => {
        const line = lineOf(record);
        expect(relinked(line, { ...place, seq: 7 }, "none").length).toBe(line.length);
      }),
    );
  });

  test("a record that was repaired, taken over and repaired names the session that made it, and its last number", () => {
    const line = Buffer.from(lineOf({ version: 1, key: KEY, result: OK }));
    const repaired = relinked(line, { version: 1, seq: 5, prev: place.prev }, "origin");
    const taken = relinked(repaired, place, { from: NONCE });
    expect(parseRecord(taken)).toMatchObject({ from: { session: NONCE, seq: 5 } });
    expect(parseRecord(taken)?.origin).toBeUndefined();
    const again = relinked(taken, { ...place, seq: 3 }, { from: "e".repeat(32) });
    expect(parseRecord(again)).toMatchObject({ seq: 3, from: { session: NONCE, seq: 5 } });
    const last = relinked(again, { ...place, seq: 2 }, "origin");
    expect(parseRecord(last)).toMatchObject({ seq: 2, from: { session: NONCE, seq: 5 }, origin: 3 });
    expect(Object.keys(parseRecord(last) ?? {}).slice(-4)).toEqual(["from", "origin", "prev", "sum"]);
  });
});
