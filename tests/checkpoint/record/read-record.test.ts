// A record taken apart by position says the same as one that is parsed, whatever stands in it.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseRecord, readableItem } from "../../../lib/checkpoint/record/parse-record.ts";
import { readResult, recordIdentity } from "../../../lib/checkpoint/record/read-record.ts";
import { encodeRecord, firstPrev, recordBody } from "../../../lib/checkpoint/record/write-record.ts";
import { itemLabel } from "../../../lib/core/item.ts";
import { readHashWords } from "../../../lib/core/record-key.ts";
import { seal } from "../../../lib/checkpoint/status/seal.ts";
import type { RecordKey, Result } from "../../../lib/core/record.ts";

const word = fc.string({ unit: "binary" });
const common = {
  attempts: fc.integer({ min: 1, max: 100 }),
  retries: fc.array(fc.record({ kind: word, waited_ms: fc.nat() }), { maxLength: 3 }),
  startedAtMs: fc.integer({ min: 0, max: 4e12 }),
  durationMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
};
const results: fc.Arbitrary<Result> = fc.oneof(
  fc.record({
    ...common,
    status: fc.constant("ok" as const),
    outputJson: fc
      .oneof(fc.jsonValue(), fc.constant({ attempts: 1, a: ',"attempts":' }))
      .map((value) => JSON.stringify(value)),
    marks: fc.array(word, { maxLength: 2 }),
  }),
  fc.record({
    ...common,
    status: fc.constant("failed" as const),
    error: fc.record({ kind: fc.constantFrom("exit", "input", ',"attempts":'), message: word, stderr: word }),
  }),
);
const ids: fc.Arbitrary<Pick<RecordKey, "id" | "idIsJson">> = fc.oneof(
  fc.record({
    id: fc.option(fc.oneof(word, fc.constant('","hash":"'), fc.constant(',"id_json":1'))),
    idIsJson: fc.constant(false),
  }),
  fc.record({
    id: fc.constantFrom("7", "-0", "12345678901234567890", "1.50", "1e400", "true", "false"),
    idIsJson: fc.constant(true),
  }),
);
const places = fc.record({
  index: fc.nat(),
  line: fc.integer({ min: 1 }),
  hash: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((n) => n.toString(16).padStart(32, "0")),
  occurrence: fc.integer({ min: 1, max: 1000 }),
});
const keys: fc.Arbitrary<RecordKey> = fc.tuple(places, ids).map(([place, id]) => Object.assign(place, id));

function lineOf(key: RecordKey, result: Result): Buffer {
  const body = recordBody(7, key, "0a1b2c3d", result);
  const target = Buffer.alloc(body.length * 3 + 256);
  const encoded = encodeRecord(target, 0, body, firstPrev("nonce"));
  if (encoded === null) throw new Error("too small");
  return Buffer.from(target.subarray(0, encoded.length - 1));
}

const wordsOf = (hash: string): Uint32Array => readHashWords(Buffer.from(hash), 0, new Uint32Array(4));

/** What UTF-8 makes of a text: half a surrogate pair cannot be kept. */
const asUtf8 = (text: string | null): string | null => (text === null ? null : Buffer.from(text).toString());

test("a record read by position says what JSON.parse finds in it", () => {
  fc.assert(
    fc.property(keys, results, (key, result) => {
      const line = lineOf(key, result);
      const parsed = parseRecord(line);
      const read = readResult(line, "json");
      if (parsed === null || read === null) throw new Error("a record was not understood");
      const body = JSON.parse(read.bytes.toString("utf8", read.start, read.end)) as unknown;
      expect(body).toEqual(result.status === "ok" ? parsed.output : parsed.error);
      const idJson = key.idIsJson ? key.id : null;
      const idText = key.id === null ? null : JSON.stringify(key.id);
      expect(read.idJson).toBe(asUtf8(idJson ?? idText));
      expect(readResult(line, "text")?.idJson ?? null).toBe(asUtf8(idText));
      expect(read).toMatchObject({ failed: result.status === "failed", hash: key.hash });
      expect(parsed.id_json).toEqual(idJson === null ? undefined : (JSON.parse(idJson) as number | boolean));
      expect(recordIdentity(line)).toEqual({
        failed: result.status === "failed",
        id: asUtf8(key.id),
        hash: wordsOf(key.hash),
        occurrence: key.occurrence,
        index: key.index,
      });
      expect(readableItem(line.toString())).toBe(itemLabel(asUtf8(key.id), key.index));
      expect(parsed).toMatchObject({ index: key.index, attempts: result.attempts, status: result.status });
      if (result.status === "ok") expect(parsed.output).toEqual(JSON.parse(result.outputJson));
    }),
    { numRuns: 1000 },
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
    index: 3,
  });
});

test("the item of a damaged record is told as far as its beginning is whole", () => {
  const line = lineOf(
    { index: 6, line: 7, id: 'q"7', idIsJson: false, hash: "0".repeat(32), occurrence: 1 },
    { status: "ok", outputJson: "1", attempts: 1, retries: [], startedAtMs: 0, durationMs: 1 },
  ).toString();
  expect(readableItem(line)).toBe('q"7');
  expect(readableItem(line.replace('"seq"', '"sep"'))).toBe('q"7');
  expect(readableItem(line.replace(',"hash":', ',"hush":'))).toBe("#7");
  expect(readableItem(line.slice(0, 30))).toBe("#7");
  expect(readableItem(line.slice(5))).toBe('q"7');
  expect(readableItem(line.slice(60))).toBeNull();
});
