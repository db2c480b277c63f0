// Records of every shape that may be written, for tests of what reads them.
import fc from "fast-check";
import { encodeRecord, firstPrev, recordBody } from "../../lib/checkpoint/record/write-record.ts";
import type { FormatVersion } from "../../lib/core/format-version.ts";
import type { RecordKey, Result, Retry, Usage } from "../../lib/core/record.ts";

const word: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    '"',
    "\\",
    ',"attempts":1',
    '","hash":"',
    '\\"',
    ',"id_json":1',
    ',"prev":"',
    "中",
    "\u0000",
  ),
);
const usage = fc.record(
  { input_tokens: fc.nat(), output_tokens: fc.nat(), cost: fc.nat(9) },
  { requiredKeys: [] },
) as fc.Arbitrary<Usage>;
const retry = fc.record(
  {
    kind: word,
    waited_ms: fc.nat(),
    message: word,
    status: fc.nat(),
    started_at: fc.constant("2026-11-23T20:00:00.000Z"),
    duration_ms: fc.nat(),
    usage,
  },
  { requiredKeys: ["kind", "waited_ms"] },
) as fc.Arbitrary<Retry>;

/** What every result may have in a record of version 1. */
const facts = {
  attempts: fc.integer({ min: 0, max: 100 }),
  retries: fc.array(retry, { maxLength: 3 }),
  startedAtMs: fc.integer({ min: 0, max: 4e12 }),
  durationMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
  usage,
  ttftMs: fc.nat(),
  endpoint: word,
  answeredBy: fc.record({ asked: word, name: word, fingerprint: word }),
};
const REQUIRED = ["attempts", "retries", "startedAtMs", "durationMs", "status"] as const;
const imported = fc.record({
  fp: fc.constant("0123abcd"),
  file: word,
  sha256: fc.constant("5".repeat(64)),
  line: fc.integer({ min: 1 }),
});

const ok = {
  ...facts,
  status: fc.constant("ok" as const),
  outputJson: fc
    .oneof(fc.jsonValue(), fc.constant({ attempts: 1, a: ',"attempts":' }))
    .map((value) => JSON.stringify(value)),
  marks: fc.array(word, { maxLength: 2 }),
  stderr: word,
};
const error = fc.record(
  {
    kind: fc.constantFrom("exit", "input", ',"attempts":'),
    message: word,
    status: fc.nat(),
    stderr: word,
    text: word,
    body: word,
  },
  { requiredKeys: ["kind", "message"] },
);
const failed = { ...facts, status: fc.constant("failed" as const), error };

function results(isNewest: boolean): fc.Arbitrary<Result> {
  const more = isNewest ? { imported } : {};
  return fc.oneof(
    fc.record({ ...ok, ...more }, { requiredKeys: [...REQUIRED, "outputJson"] }),
    fc.record({ ...failed, ...more }, { requiredKeys: [...REQUIRED, "error"] }),
  ) as fc.Arbitrary<Result>;
}

const ids: fc.Arbitrary<Pick<RecordKey, "id" | "idIsJson">> = fc.oneof(
  fc.record({ id: fc.option(word), idIsJson: fc.constant(false) }),
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

export type AnyRecord = { readonly version: FormatVersion; readonly key: RecordKey; readonly result: Result };

/** A record of either version, with any of the keys that it may have. */
export const records: fc.Arbitrary<AnyRecord> = fc
  .tuple(places, ids, fc.constantFrom<FormatVersion>(1, 2), fc.integer({ min: 1, max: 5 }))
  .chain(([place, id, version, repeat]) =>
    results(version === 2).map((result) => {
      const key = { ...place, ...id, repeat: version === 1 ? 1 : repeat };
      return { version, key, result };
    }),
  );

/** Its line without its end: record 7 of a session. */
export function lineOf({ version, key, result }: AnyRecord): Buffer {
  const body = recordBody(version, 7, key, result.imported?.fp ?? "0a1b2c3d", result);
  const target = Buffer.alloc(body.length * 3 + 256);
  const encoded = encodeRecord(target, 0, body, firstPrev("nonce"));
  if (encoded === null) throw new Error("too small");
  return Buffer.from(target.subarray(0, encoded.length - 1));
}
