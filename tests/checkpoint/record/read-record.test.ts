// A record taken apart by position says the same as one that is parsed, whatever stands in it.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseRecord, readableItem } from "../../../lib/checkpoint/record/parse-record.ts";
import {
  ownFingerprint,
  readResult,
  recordIdentity,
  recordRepeat,
} from "../../../lib/checkpoint/record/read-record.ts";
import { readFrame, RecordFrame } from "../../../lib/checkpoint/record/record-frame.ts";
import { itemLabel } from "../../../lib/core/item.ts";
import { readHashWords } from "../../../lib/core/record-key.ts";
import { seal } from "../../../lib/checkpoint/status/seal.ts";
import { lineOf, records } from "../../helpers/any-record.ts";

const wordsOf = (hash: string): Uint32Array => readHashWords(Buffer.from(hash), 0, new Uint32Array(4));

/** What UTF-8 makes of a text: half a surrogate pair cannot be kept. */
const asUtf8 = (text: string | null): string | null => (text === null ? null : Buffer.from(text).toString());

test("a record read by position says what JSON.parse finds in it", () => {
  fc.assert(
    fc.property(records, (record) => {
      const { version, key, result } = record;
      const line = lineOf(record);
      const parsed = parseRecord(line);
      const read = readResult(line, "json");
      if (parsed === null || read === null) throw new Error("a record was not understood");
      const body = JSON.parse(read.bytes.toString("utf8", read.start, read.end)) as unknown;
      expect(body).toEqual(result.status === "ok" ? parsed.output : parsed.error);
      const idJson = key.idIsJson ? key.id : null;
      const idText = key.id === null ? null : JSON.stringify(key.id);
      expect(read.idJson).toBe(asUtf8(idJson ?? idText));
      expect(readResult(line, "text")?.idJson ?? null).toBe(asUtf8(idText));
      expect(read).toMatchObject({ failed: result.status === "failed", hash: key.hash, repeat: key.repeat });
      expect(parsed.id_json).toEqual(idJson === null ? undefined : (JSON.parse(idJson) as number | boolean));
      expect(recordIdentity(line)).toEqual({
        failed: result.status === "failed",
        id: asUtf8(key.id),
        hash: wordsOf(key.hash),
        occurrence: key.occurrence,
        repeat: key.repeat,
        index: key.index,
      });
      const frame = new RecordFrame();
      expect(readFrame(line, frame)).toBe(true);
      expect(frame).toMatchObject({ version, seq: 7, index: key.index, failed: result.status === "failed" });
      expect(recordRepeat(line, frame)).toBe(key.repeat);
      expect(ownFingerprint(line)).toBe(result.imported === undefined ? parsed.fp : null);
      expect(readableItem(line.toString())).toBe(itemLabel(asUtf8(key.id), key.index));
      if (result.status === "ok") expect(parsed.output).toEqual(JSON.parse(result.outputJson));
    }),
    { numRuns: 2000 },
  );
});

test("a record with keys of a later minor version in between is parsed instead", () => {
  const line = Buffer.from(
    seal({
      v: 1,
      seq: 1,
      index: 3,
      new: {},
      status: "ok",
      id: "q",
      hash: "00ff00ff",
      fp: "0",
      output: [1],
      attempts: 1,
    }).trimEnd(),
  );
  expect(readResult(line, "json")).toMatchObject({ failed: false, idJson: '"q"', hash: "00ff00ff" });
  expect(readResult(line, "json")?.bytes.toString()).toBe("[1]");
  expect(recordIdentity(line)).toEqual({
    failed: false,
    id: "q",
    hash: Uint32Array.of(0xff00ff, 0, 0, 0),
    occurrence: 1,
    repeat: 1,
    index: 3,
  });
});

test("the item of a damaged record is told as far as its beginning is whole", () => {
  const line = lineOf({
    version: 1,
    key: { index: 6, line: 7, id: 'q"7', idIsJson: false, hash: "0".repeat(32), occurrence: 1, repeat: 1 },
    result: { status: "ok", outputJson: "1", attempts: 1, retries: [], startedAtMs: 0, durationMs: 1 },
  }).toString();
  expect(readableItem(line)).toBe('q"7');
  expect(readableItem(line.replace('"seq"', '"sep"'))).toBe('q"7');
  expect(readableItem(line.replace(',"hash":', ',"hush":'))).toBe("#7");
  expect(readableItem(line.slice(0, 30))).toBe("#7");
  expect(readableItem(line.slice(5))).toBe('q"7');
  expect(readableItem(line.slice(60))).toBeNull();
});
