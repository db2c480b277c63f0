// The rows that the page gets are those of a naive reading of the log, for any log, any filter and any order; also while the log grows.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import { openCheckpoint } from "../../lib/checkpoint/checkpoint.ts";
import { type CheckpointResults, resultsOf } from "../../lib/checkpoint/results.ts";
import { realFileSystem } from "../../lib/io/fs.ts";
import { IndexedResults } from "../../lib/view/data/indexed-results.ts";
import type { Filter, Row } from "../../lib/view/page-contract.ts";
import { groupOf } from "../../lib/view/row-filter.ts";
import { temporaryFolder } from "../helpers/result-log.ts";
import { SEED, seeded } from "../helpers/seed.ts";
import { makeViewed, validResults, type ViewedResult } from "../helpers/viewed-checkpoint.ts";

const ITEMS = 8;
const texts = ["one", "Two", "中文", 'a "quoted" word', "back\\slash", "line\nbreak", "É", "tab\t", "<b>"];
const outputs = fc.oneof(
  fc.constantFrom(...texts),
  fc.record({ score: fc.nat(3), inner: fc.record({ name: fc.constantFrom(...texts) }) }),
  fc.constantFrom(1, null, true, [1, 2]),
);
const errors = fc.record({
  kind: fc.constantFrom("timeout", "exit", "http_429"),
  message: fc.constantFrom("no answer within 30 s", "no answer within 60 s", "exit status 1", "失败"),
});
const drawnResult: fc.Arbitrary<ViewedResult> = fc
  .record({
    index: fc.nat(ITEMS - 1),
    repeat: fc.integer({ min: 1, max: 3 }),
    output: fc.option(outputs, { freq: 3 }),
    error: errors,
    marks: fc.subarray(["length", "empty"]),
    endpoint: fc.constantFrom("a", "b"),
    durationMs: fc.nat(4),
    isEscaped: fc.boolean(),
    content: fc.nat(1),
  })
  .map(({ isEscaped, ...result }) => {
    const { index, marks } = result;
    const output = result.output === null ? null : JSON.stringify(result.output);
    return Object.assign(result, {
      id: `q${index}`,
      marks: output === null ? [] : marks,
      output: output !== null && isEscaped ? escaped(output) : output,
    });
  });

/** The same JSON, as a program writes it that keeps to ASCII. */
function escaped(json: string): string {
  return json.replaceAll(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const filters = fc.record(
  {
    search: fc.constantFrom(
      "one",
      "TWO",
      "中",
      '"quoted"',
      "back\\",
      "line\nbreak",
      "é",
      "q1",
      "#3",
      "exit",
      "失败",
      "<b>",
      "xyz",
    ),
    status: fc.constantFrom("ok" as const, "failed" as const),
    kind: fc.constantFrom("timeout", "exit"),
    mark: fc.constantFrom("length", "empty"),
    group: fc.constantFrom(
      groupOf({ kind: "timeout", message: "no answer within 7 s" }),
      groupOf({ kind: "exit", message: "失败" }),
    ),
    where: fc.constantFrom(
      "score=2",
      "inner.name~^T",
      "output~one",
      "endpoint=a",
      "error.kind=exit",
      "none=1",
    ),
    sort: fc.constantFrom("input" as const, "newest" as const, "slowest" as const),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Filter>;

/** By the words of the contract, over plain values. */
function matches(filter: Filter, result: ViewedResult): boolean {
  const { search, status, kind, mark, group, where } = filter;
  const { output, error, index, id, marks = [], endpoint } = result;
  const isOk = output !== null;
  if (status !== undefined && isOk !== (status === "ok")) return false;
  if (kind !== undefined && (isOk || error?.kind !== kind)) return false;
  if (mark !== undefined && !marks.includes(mark)) return false;
  if (group !== undefined && (isOk || error === undefined || groupOf(error) !== group)) return false;
  if (search !== undefined && !hasText(search.toLowerCase(), result)) return false;
  if (where === undefined) return true;
  const value: unknown = isOk ? JSON.parse(output) : undefined;
  type Scored = { readonly score?: number; readonly inner?: { readonly name: string } };
  const { score, inner }: Scored = typeof value === "object" && value !== null ? value : {};
  const fields: Record<string, string | undefined> = {
    score: score === undefined ? undefined : String(score),
    "inner.name": inner?.name,
    output: typeof value === "string" ? value : isOk ? output : undefined,
    endpoint,
    "error.kind": isOk ? undefined : error?.kind,
    index: String(index),
    id: id ?? undefined,
  };
  const [, field = "", operator, wanted = ""] = /^([^=~]+)([=~])(.*)$/.exec(where) ?? [];
  const text = fields[field];
  return text !== undefined && (operator === "=" ? text === wanted : new RegExp(wanted, "u").test(text));
}

function hasText(text: string, { output, error, id, index }: ViewedResult): boolean {
  if (id?.includes(text) === true || text === `#${index + 1}`) return true;
  return allTexts(output === null ? error : JSON.parse(output)).some((each) =>
    each.toLowerCase().includes(text),
  );
}

function allTexts(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [String(value)];
  return Object.entries(value).flatMap(([name, inner]) => [name].concat(allTexts(inner)));
}

/** The results that shall be shown, in their order. */
function expected(results: readonly ViewedResult[], filter: Filter, repeats: number): ViewedResult[] {
  const inOrder = validResults(results, repeats).filter((each) => matches(filter, each));
  const newest = (a: ViewedResult, b: ViewedResult): number => results.indexOf(b) - results.indexOf(a);
  if (filter.sort === "newest") return inOrder.toSorted(newest);
  if (filter.sort !== "slowest") return inOrder;
  return inOrder.toSorted((a, b) => (b.durationMs ?? 0) - (a.durationMs ?? 0) || newest(a, b));
}

const seen = ({ index, repeat, status, kind, marks, duration_ms: ms }: Row): object => ({
  index,
  repeat: repeat ?? 1,
  status,
  kind,
  marks,
  ms,
});
const drawn = ({ index, repeat = 1, output, error, marks, durationMs }: ViewedResult): object => ({
  index,
  repeat,
  status: output === null ? "failed" : "ok",
  kind: output === null ? error?.kind : null,
  marks,
  ms: durationMs,
});

function open(dir: string): CheckpointResults {
  const checkpoint = openCheckpoint(realFileSystem, dir);
  return resultsOf(checkpoint, checkpoint.status());
}

const always = (): boolean => true;

test(
  seeded("rows, filters and orders are those of a naive reading, also while the log grows"),
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(drawnResult, { maxLength: 30 }),
        fc.nat(30),
        fc.constantFrom(1, 2),
        fc.constantFrom(0, 1),
        filters,
        async (every, first, repeats, changes, filter) => {
          // Only where the input was changed, an id may have had other content.
          const results = every.map((each) => ({
            ...each,
            content: changes === 0 ? each.index : (each.content ?? 0),
          }));
          using folder = temporaryFolder();
          const options = { items: ITEMS, repeats, changes, version: 2 as const };
          const early = results.slice(0, first);
          makeViewed(folder.path, early, options);
          const loaded = new IndexedResults([open(folder.path)]);
          expect(await loaded.catchUp([open(folder.path)])).toBe(true);
          for (const known of [early, results]) {
            if (known === results) makeViewed(folder.path, results, options);
            expect(await loaded.catchUp([open(folder.path)])).toBe(true);
            const wanted = expected(known, filter, repeats).map(drawn);
            const rows = await loaded.rows(filter, 0, 500, always);
            expect({ ...rows, rows: rows.rows.map(seen) }).toEqual({
              total: validResults(known, repeats).length,
              matching: wanted.length,
              searched: validResults(known, repeats).length,
              from: 0,
              rows: wanted,
            });
            const part = await loaded.rows(filter, 1, 2, always);
            expect(part.rows.map(seen)).toEqual(wanted.slice(1, 3));
          }
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  },
  120_000,
);

test("a log that another has replaced is not mixed with it", async () => {
  using folder = temporaryFolder();
  const one = (text: string): ViewedResult => ({ index: 0, id: "q0", output: JSON.stringify(text) });
  makeViewed(folder.path, [one("first")], { items: ITEMS });
  const loaded = new IndexedResults([open(folder.path)]);
  expect(await loaded.catchUp([open(folder.path)])).toBe(true);
  makeViewed(folder.path, [one("other"), one("third")], { items: ITEMS });
  expect(await loaded.catchUp([open(folder.path)])).toBe(false);
  makeViewed(folder.path, [], { items: ITEMS });
  expect(await loaded.catchUp([open(folder.path)])).toBe(false);
});

test("a torn last line waits for its end; a line that is no record is counted, and the others are shown", async () => {
  using folder = temporaryFolder();
  const results = [0, 1, 2].map((index): ViewedResult => ({ index, id: `q${index}`, output: `"${index}"` }));
  const lines = makeViewed(folder.path, results, { items: ITEMS });
  const log = path.join(folder.path, "checkpoint_results.jsonl");
  fs.writeFileSync(log, `${lines[0]}\n${"x".repeat(300)}\n${lines[1]}\n${lines[2]?.slice(0, 50)}`);
  const loaded = new IndexedResults([open(folder.path)]);
  await loaded.catchUp([open(folder.path)]);
  expect(loaded.unreadable).toBe(1);
  expect((await loaded.rows({}, 0, 10, always)).rows.map(({ index }) => index)).toEqual([0, 1]);
  fs.appendFileSync(log, `${lines[2]?.slice(50)}\n`);
  await loaded.catchUp([open(folder.path)]);
  expect((await loaded.rows({}, 0, 10, always)).rows.map(({ index }) => index)).toEqual([0, 1, 2]);
});

describe("a record with a wrong checksum", () => {
  function damagedLater(folder: string): { readonly damage: () => void } {
    const results = [0, 1].map((index): ViewedResult => ({
      index,
      id: `q${index}`,
      output: `"secret ${index}"`,
    }));
    const lines = makeViewed(folder, results, { items: ITEMS });
    const log = path.join(folder, "checkpoint_results.jsonl");
    return {
      damage: () => fs.writeFileSync(log, `${lines[0]}\n${lines[1]?.replace("secret 1", "secret 2")}\n`),
    };
  }

  test("is left out and counted", async () => {
    using folder = temporaryFolder();
    damagedLater(folder.path).damage();
    const indexed = new IndexedResults([open(folder.path)]);
    await indexed.catchUp([open(folder.path)]);
    expect((await indexed.rows({}, 0, 10, always)).rows.map(({ text }) => text)).toEqual(["secret 0"]);
    expect(indexed.unreadable).toBe(1);
  });

  test("that was damaged after it was indexed is shown as damaged, without what it says", async () => {
    using folder = temporaryFolder();
    const { damage } = damagedLater(folder.path);
    const indexed = new IndexedResults([open(folder.path)]);
    await indexed.catchUp([open(folder.path)]);
    damage();
    const { rows } = await indexed.rows({}, 0, 10, always);
    expect(rows.map(({ damaged, text }) => ({ damaged, text }))).toEqual([
      { damaged: undefined, text: "secret 0" },
      { damaged: true, text: "" },
    ]);
    expect((await indexed.rows({ search: "secret" }, 0, 10, always)).matching).toBe(1);
  });
});

test("a search that is given up goes on where it stopped", async () => {
  using folder = temporaryFolder();
  const long = "x".repeat(3 << 20);
  const results = [0, 1, 2, 3].map((index): ViewedResult => ({
    index,
    id: `q${index}`,
    output: `"${long} needle"`,
  }));
  makeViewed(folder.path, results, { items: ITEMS });
  const loaded = new IndexedResults([open(folder.path)]);
  await loaded.catchUp([open(folder.path)]);
  const first = await loaded.rows({ search: "NEEDLE" }, 0, 10, () => false);
  expect(first.searched).toBeLessThan(4);
  expect(first.matching).toBe(first.searched);
  const last = await loaded.rows({ search: "NEEDLE" }, 0, 10, always);
  expect([last.searched, last.matching]).toEqual([4, 4]);
});
