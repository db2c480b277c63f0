// An output file read back as results: every format, rows of every size, in order and here and there.
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { isError } from "../../lib/core/errors.ts";
import type { ReadableResults } from "../../lib/core/result-source.ts";
import { realFileSystem as fs } from "../../lib/io/fs.ts";
import type { OutputFormat } from "../../lib/output/output-format.ts";
import { OutputResults } from "../../lib/output/output-results.ts";
import { writeResults } from "../../lib/output/write-results.ts";
import { LogResults } from "../../lib/checkpoint/log/log-results.ts";
import { gather } from "../helpers/gather.ts";
import { type LoggedResult, makeLog, temporaryFolder } from "../helpers/result-log.ts";

const FORMATS: readonly OutputFormat[] = ["jsonl", "json", "csv", "tsv", "parquet"];

type Visited = { readonly id: string | null; readonly failed: boolean; readonly body: string };

/** An output of these results, in a folder of its own. */
async function outputOf(
  results: readonly LoggedResult[],
  format: OutputFormat,
  folder: string,
): Promise<string> {
  const { logFile, plan } = makeLog(folder, results);
  const { sink, bytes } = gather();
  const source = { openReader: () => new LogResults(fs, logFile, "text") };
  await writeResults({ source, plan, ids: "text", input: null }, { format, bom: format === "csv" }, sink);
  const file = path.join(folder, `out.${format}`);
  writeFileSync(file, bytes());
  return file;
}

/** The results as a scan has them, and as they are read by their places in an order of `chance`. */
async function readBoth(
  results: ReadableResults,
  chance: () => number,
): Promise<readonly [Visited[], Visited[]]> {
  const scanned: Visited[] = [];
  const places: number[] = [];
  await results.eachLatest((entry) => {
    const body = entry.outputJson() ?? JSON.stringify(entry.error());
    scanned.push({ id: entry.identity().id, failed: entry.failed, body });
    places.push(entry.place);
  });
  const reader = results.openReader("json");
  const read: Visited[] = [];
  const order = places.map((place, at) => ({ place, at, by: chance() })).toSorted((a, b) => a.by - b.by);
  for (const { place, at } of order) {
    const { failed, idJson, bytes, start, end } = await reader.resultAt(place, at);
    const id = idJson === null ? null : String(JSON.parse(idJson));
    read[at] = { id, failed, body: bytes.toString("utf8", start, end) };
  }
  reader.close();
  return [scanned, read];
}

const texts = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("", ",", '"', '""', "a\r\nb", "\n", " x ", "\t", "[{]}", '{"a":"}"}', "\\", "答案"),
  fc.integer({ min: 1, max: 600_000 }).map((length) => 'ab"\n'.repeat(length / 4)),
);

describe.each([...FORMATS])("%s", (format) => {
  const isTable = format === "csv" || format === "tsv";

  test("holds the results that were written, in order and by their places", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(texts, fc.boolean()), { maxLength: 12 }), async (rows) => {
        using folder = temporaryFolder();
        const results = rows.map(([text, isFailed], index): LoggedResult => {
          const id = `q${index}`;
          return isFailed
            ? { index, id, error: { kind: "exit", message: text } }
            : { index, id, output: JSON.stringify(text) };
        });
        const file = await outputOf(results, format, folder.path);
        let turn = 0;
        const [scanned, read] = await readBoth(new OutputResults(fs, file), () => (turn++ * 7) % 5);
        const wanted = results.map(({ id = null, output, error }): Visited => {
          return { id, failed: error !== undefined, body: output ?? JSON.stringify(error) };
        });
        expect(scanned).toEqual(wanted);
        expect(read).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });

  test("of numbers and objects, a table has the text", async () => {
    using folder = temporaryFolder();
    const outputs = ["1.10", "12345678901234567890", '{"b":1,"a":[2]}', "null"];
    const results = outputs.map((output, index): LoggedResult => ({ index, id: `q${index}`, output }));
    const [scanned] = await readBoth(
      new OutputResults(fs, await outputOf(results, format, folder.path)),
      () => 0,
    );
    expect(scanned.map(({ body }) => body)).toEqual(
      isTable ? outputs.map((output) => JSON.stringify(output)) : outputs,
    );
  });

  test("without results has none, and ids as anything has", async () => {
    using folder = temporaryFolder();
    const results = new OutputResults(fs, await outputOf([], format, folder.path));
    expect((await readBoth(results, () => 0))[0]).toEqual([]);
    expect(await results.hasIds()).toBe(true);
    if (format === "parquet") return; // an empty file is none
    writeFileSync(results.resultsFile, "");
    expect((await readBoth(results, () => 0))[0]).toEqual([]);
  });
});

test("rows of items without a result are passed over; one without an id is not the others' business", async () => {
  using folder = temporaryFolder();
  const file = path.join(folder.path, "o.jsonl");
  const rows = [
    '{"status":"pending","id":"a"}',
    '{"status":"failed","error":{"kind":"input","message":"m"}}',
  ];
  writeFileSync(file, [...rows, '{"id":7,"output":1}', ""].join("\n\n"));
  const results = new OutputResults(fs, file);
  expect(await results.hasIds()).toBe(true);
  expect((await readBoth(results, () => 0))[0].map(({ id, failed }) => [id, failed])).toEqual([
    [null, true],
    ["7", false],
  ]);
});

test("rows of a Parquet file of several row groups are read in any order", async () => {
  using folder = temporaryFolder();
  const outputs = Array.from({ length: 45_000 }, (_, index) => String(index));
  const results = outputs.map((output, index): LoggedResult => ({ index, id: `q${index}`, output }));
  const file = await outputOf(results, "parquet", folder.path);
  const reader = new OutputResults(fs, file).openReader();
  for (const place of [0, 19_999, 20_000, 44_999, 1, 39_999, 40_000]) {
    const { idJson, bytes } = await reader.resultAt(place, place);
    expect([idJson, bytes.toString()]).toEqual([`"q${place}"`, String(place)]);
  }
  reader.close();
});

test("a file that was changed while it was read is refused", async () => {
  using folder = temporaryFolder();
  const file = path.join(folder.path, "o.jsonl");
  writeFileSync(file, '{"id":1,"output":1}\n{"id":2,"output":2}\n');
  const reader = new OutputResults(fs, file).openReader();
  writeFileSync(file, "");
  try {
    await reader.resultAt(400_000, 1);
    expect.unreachable();
  } catch (error) {
    expect(isError(error, "output.unreadable")).toBe(true);
  } finally {
    reader.close();
  }
});
