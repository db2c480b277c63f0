// What records that were saved, but not committed, add to the totals of their session.
import { expect, test } from "bun:test";
import { AdoptedTotals } from "../../../lib/checkpoint/log/adopted-totals.ts";
import type { ParsedRecord } from "../../../lib/core/record.ts";
import { newPaths, openSession } from "../../helpers/checkpoint.ts";

const RECORD: ParsedRecord = {
  v: 2,
  seq: 1,
  index: 0,
  status: "ok",
  hash: "0".repeat(32),
  fp: "89abcdef",
  output: "a",
  attempts: 1,
  usage: { input_tokens: 3, output_tokens: 2, cost: 0.5 },
  started_at: "2026-11-23T20:00:00.000Z",
  duration_ms: 1,
  prev: "0".repeat(16),
  sum: "0".repeat(16),
};
const SPENT = { input_tokens: 3, output_tokens: 2, cost: 0.5 };

/** Usage of the session and of its run, and the attempts of that, with one more record. */
async function withRecord(record: ParsedRecord): Promise<object> {
  const session = openSession(newPaths(), { version: 2 });
  await session.begin();
  const totals = new AdoptedTotals(session.committed);
  session.close();
  totals.add(record);
  const { usage, runs } = totals.totals;
  return { usage, run: runs.at(-1)?.usage, attempted: runs.at(-1)?.attempted };
}

const NONE = { input_tokens: 0, output_tokens: 0, cost: 0 };

test("an attempt counts in the session and in its run", async () => {
  expect(await withRecord(RECORD)).toEqual({ usage: SPENT, run: SPENT, attempted: 1 });
});

test("a record that was taken over counts in the session alone", async () => {
  const from = { session: "00", seq: 1 };
  expect(await withRecord({ ...RECORD, from })).toEqual({ usage: SPENT, run: NONE, attempted: 0 });
});

test("an imported record counts nowhere", async () => {
  const imported = { file: "a.jsonl", sha256: "00", line: 1 };
  expect(await withRecord({ ...RECORD, import: imported })).toEqual({ usage: NONE, run: NONE, attempted: 0 });
});
