// How much of a job a saved page holds, by the limits of its size.
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { emptyOverview } from "../../lib/view/data/overview.ts";
import { damagedRow } from "../../lib/view/data/row-of-record.ts";
import type { ItemView, Overview } from "../../lib/view/page-contract.ts";
import {
  type SaveLimits,
  type SavedPage,
  savedPage,
  type SavedPageReader,
} from "../../lib/view/saved/saved-page.ts";
import type { SavedContent } from "../../lib/view/saved/saved-format.ts";

const ITEMS = 2000;
/** Every hundredth fails. */
const isFailed = (index: number): boolean => index % 100 === 99;
/** Random digits, which cannot be compressed to less than half. */
const noise = (index: number): string =>
  Array.from({ length: 8 }, (_, at) => createHash("sha256").update(`${index} ${at}`).digest("hex")).join("");

function itemOf(index: number, text: string): ItemView {
  const status = isFailed(index) ? "failed" : "ok";
  return {
    row: { ...damagedRow(`0.${index}`, status, isFailed(index) ? "exit" : null), index, text },
    input_json: null,
    input_missing: null,
    changed: false,
    output_json: null,
    error: null,
    attempts: [],
    usage: null,
    ttft_ms: null,
    endpoint: null,
    model_version: null,
    request_id: null,
    stderr: null,
    repeats: [],
    record: text,
  };
}

const OVERVIEW: Overview = emptyOverview({
  id: "checkpoint",
  kind: "checkpoint",
  name: "a session",
  created_at: null,
  total: ITEMS,
  completed: null,
  failed: null,
});

/** Results whose texts are made by `text`. */
function sourceOf(text: (index: number) => string): SavedPageReader {
  const all = Array.from({ length: ITEMS }, (_, index) => index);
  return {
    overview: () => Promise.resolve(OVERVIEW),
    rows: () => Promise.resolve({ total: ITEMS, matching: ITEMS, searched: ITEMS, from: 0, rows: [] }),
    items: (_source, { status }, from, count) =>
      Promise.resolve(
        all
          .filter((index) => status === undefined || isFailed(index))
          .slice(from, from + count)
          .map((index) => itemOf(index, text(index))),
      ),
  };
}

const save = (text: (index: number) => string, rows: number | null, limits: SaveLimits): Promise<SavedPage> =>
  savedPage(sourceOf(text), { source: "checkpoint", rows, full: false }, limits);

function held({ html }: SavedPage): SavedContent {
  const packed = /<pre hidden id="ckpt-data">([^<]*)<\/pre>/.exec(html)?.[1] ?? "";
  return JSON.parse(Buffer.from(Bun.gunzipSync(Buffer.from(packed, "base64"))).toString()) as SavedContent;
}

const indexes = (page: SavedPage): number[] => held(page).items.map(({ row }) => row.index);
const failures = Array.from({ length: ITEMS / 100 }, (_, at) => at * 100 + 99);
const ALL = Array.from({ length: ITEMS }, (_, index) => index);

/** Of a page without results. */
const { html: bare } = await save(() => "", 0, { fileBytes: 0, textLength: 0, sample: 0 });

test.each([10, ITEMS + 1])(
  "all results where the file stays small, told after %i of them",
  async (sample) => {
    const fileBytes = bare.length + 2_000_000;
    const page = await save(noise, null, { fileBytes, textLength: 1e9, sample });
    expect(indexes(page)).toEqual(ALL);
    expect([page.results, page.of, held(page).has_all_failures]).toEqual([ITEMS, ITEMS, true]);
    expect(Buffer.byteLength(page.html)).toBeLessThanOrEqual(fileBytes);
  },
);

test.each([10, ITEMS + 1])(
  "else the first thousand and all failures, told after %i of them",
  async (sample) => {
    const page = await save(noise, null, { fileBytes: bare.length + 100_000, textLength: 1e9, sample });
    expect(indexes(page)).toEqual([...ALL.slice(0, 1000), ...failures.filter((index) => index >= 1000)]);
    expect([page.results, page.of, held(page).has_all_failures]).toEqual([1010, ITEMS, true]);
  },
);

test("so many as are wanted, however large the file", async () => {
  const page = await save(noise, 1500, { fileBytes: 1, textLength: 1e9, sample: 10 });
  expect(indexes(page)).toEqual([...ALL.slice(0, 1500), ...failures.filter((index) => index >= 1500)]);
});

test.each([null, ITEMS])(
  "of texts that a browser could not read, as many as it can (--rows %p)",
  async (rows) => {
    const textLength = 1_000_000;
    const page = await save((index) => "x".repeat(isFailed(index) ? 10_000 : 2000), rows, {
      fileBytes: 1e9,
      textLength,
      sample: 10,
    });
    const { items, has_all_failures: hasAll, results } = held(page);
    expect(items.length).toBeGreaterThan(100);
    expect(items.length).toBeLessThan(ITEMS);
    expect(indexes(page)).toEqual(ALL.slice(0, items.length));
    expect([hasAll, results, page.results, page.of]).toEqual([false, ITEMS, items.length, ITEMS]);
    expect(JSON.stringify(held(page)).length).toBeLessThan(textLength + 20_000);
  },
);

test("small items are asked for in few pieces, and large ones a few at a time", async () => {
  const asked = async (length: number): Promise<{ readonly pieces: number; readonly most: number }> => {
    const source = sourceOf(() => "x".repeat(length));
    const counts: number[] = [];
    const counting: SavedPageReader = {
      ...source,
      items: async (...words) => {
        const items = await source.items(...words);
        counts.push(items.length);
        return items;
      },
    };
    const options = { source: "checkpoint", rows: ITEMS, full: false };
    await savedPage(counting, options, { fileBytes: 1, textLength: 50_000_000, sample: 10 });
    return { pieces: counts.length, most: Math.max(...counts) };
  };
  const small = await asked(10);
  expect(small.pieces).toBeLessThan(12);
  expect(small.most).toBeGreaterThan(1000);
  expect((await asked(1_000_000)).most).toBeLessThanOrEqual(20);
});
