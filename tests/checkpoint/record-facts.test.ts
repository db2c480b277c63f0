// The facts of records that an index keeps are those of the records, whatever their form.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseRecord } from "../../lib/checkpoint/record/parse-record.ts";
import { readFacts, RecordFacts } from "../../lib/checkpoint/record/record-facts.ts";
import { lineOf, records } from "../helpers/any-record.ts";
import { SEED, seeded } from "../helpers/seed.ts";

function told(line: Buffer): object | null {
  const facts = new RecordFacts();
  if (!readFacts(line, facts)) return null;
  const { index, repeat, failed, startedAtMs, durationMs, ttftMs, usage, marks } = facts;
  return { index, repeat, failed, startedAtMs, durationMs, ttftMs, usage, marks, error: facts.error() };
}

function expected(line: Buffer): object {
  const record = parseRecord(line);
  if (record === null) throw new Error("no record");
  return {
    index: record.index,
    repeat: record.repeat ?? 1,
    failed: record.status === "failed",
    startedAtMs: Date.parse(record.started_at),
    durationMs: record.duration_ms,
    ttftMs: record.ttft_ms ?? null,
    usage: record.usage ?? null,
    marks: record.marks ?? [],
    error: record.error ?? null,
  };
}

test(
  seeded("facts are those of the record"),
  () => {
    fc.assert(
      fc.property(records, (record) => {
        const line = lineOf(record);
        expect(told(line)).toEqual(expected(line));
      }),
      { seed: SEED, numRuns: 500 },
    );
  },
  60_000,
);

test("a line with keys in another order, or further ones, is parsed", () => {
  const sum = `"prev":"${"0".repeat(16)}","sum":"${"0".repeat(16)}"}`;
  const line = Buffer.from(
    `{"v":1,"status":"failed","seq":3,"new":[1],"index":8,"hash":"${"0".repeat(32)}","fp":"01234567","error":{"kind":"exit","message":"m"},"attempts":1,"duration_ms":5,"started_at":"2026-11-23T20:00:00.000Z",${sum}`,
  );
  expect(told(line)).toEqual(expected(line));
});

test("a line that is cut, empty or something else is no record", () => {
  fc.assert(
    fc.property(records, fc.double({ min: 0, max: 0.999, noNaN: true }), (record, share) => {
      const line = lineOf(record);
      expect(told(line.subarray(0, Math.floor(line.length * share)))).toBeNull();
    }),
    { seed: SEED, numRuns: 200 },
  );
  for (const text of ["", "{}", "null", "\0".repeat(400), "x".repeat(400)])
    expect(told(Buffer.from(text))).toBeNull();
});
