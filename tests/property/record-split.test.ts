import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseRecord, recordBody } from "../../lib/checkpoint/record/record-codec.ts";
import { HASH_DIGITS, splitRecord } from "../../lib/checkpoint/record/record-split.ts";
import type { Result } from "../../lib/core/record.ts";

const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom('"', "\\", ',"attempts":1', '","hash":"', '\\"', "中", "\u0000"),
);

const TRIES = { attempts: 1, retries: [], startedAtMs: 1e12, durationMs: 1 };

function ok(value: unknown): Result {
  return { ...TRIES, status: "ok", outputJson: JSON.stringify(value) };
}

function failed(error: { readonly kind: string; readonly message: string }): Result {
  return { ...TRIES, status: "failed", error };
}

const result = fc.oneof(fc.jsonValue().map(ok), fc.record({ kind: text, message: text }).map(failed));

test("a record taken apart by position has the parts that JSON.parse finds", () => {
  const hash = "0123456789abcdef".repeat(2);
  fc.assert(
    fc.property(
      fc.nat(),
      fc.nat(),
      fc.option(text),
      fc.integer({ min: 1, max: 3 }),
      result,
      (seq, index, id, occurrence, made) => {
        const body = recordBody(
          seq,
          { index, line: 7, id, idIsJson: false, hash, occurrence },
          "0a1b2c3d",
          made,
        );
        const line = Buffer.from(`${body},"prev":"0123456789abcdef","sum":"0123456789abcdef"}`);
        const parsed = parseRecord(line);
        const split = splitRecord(line);
        expect(split).not.toBeNull();
        if (split === null || parsed === null) return;
        expect(split).toMatchObject({ index, failed: made.status === "failed", occurrence });
        expect(line.toString("latin1", split.hashStart, split.hashStart + HASH_DIGITS)).toBe(hash);
        expect(split.idJson === null ? undefined : JSON.parse(split.idJson)).toEqual(parsed.id);
        const value: unknown = JSON.parse(line.toString("utf8", split.bodyStart, split.bodyEnd));
        expect(value).toEqual(parsed.status === "ok" ? parsed.output : parsed.error);
      },
    ),
    { numRuns: 2000 },
  );
});
