import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseRecord } from "../../../lib/checkpoint/record/parse-record.ts";
import { readResult } from "../../../lib/checkpoint/record/read-record.ts";
import { readFrame, RecordFrame } from "../../../lib/checkpoint/record/record-frame.ts";
import { encodeRecord, firstPrev, recordBody } from "../../../lib/checkpoint/record/write-record.ts";

function encode(seq: number, index: number, id: string | null, outputJson: string): Buffer {
  const key = {
    index,
    line: index + 1,
    id,
    idIsJson: false,
    hash: "0123456789abcdef".repeat(2),
    occurrence: 1,
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
  const line = encodeRecord(target, 0, recordBody(seq, key, "89abcdef", result), firstPrev("nonce"));
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
