// The contract of a source of results, over each kind there is: a checkpoint in place and a backup where it lies, of both versions of the format.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { openCheckpoint } from "../../lib/checkpoint/checkpoint.ts";
import { latestResults, resultsOf, sampleResults } from "../../lib/checkpoint/results.ts";
import type { ResultEntry, ResultSource } from "../../lib/core/result-source.ts";
import { realFileSystem as real } from "../../lib/io/fs.ts";
import { addAll, failedResult, keyOf, newPaths, openSession } from "../helpers/checkpoint.ts";

const FORMATS = path.resolve(import.meta.dir, "../fixtures/format");

type Seen = {
  readonly item: string;
  readonly unit: string;
  readonly index: number;
  readonly failed: boolean;
  readonly place: number;
};

const seenOf = (entry: ResultEntry): Seen => {
  const { id, hash, occurrence, repeat } = entry.identity();
  expect(repeat).toBe(entry.repeat());
  expect(entry.error() === null).toBe(!entry.failed);
  const item = id ?? `${[...hash].join("-")} ${occurrence}`;
  return { item, unit: `${item} ${repeat}`, index: entry.index, failed: entry.failed, place: entry.place };
};

function gathered(each: (visit: (entry: ResultEntry) => void) => unknown): Seen[] {
  const seen: Seen[] = [];
  each((entry) => seen.push(seenOf(entry)));
  return seen;
}

/** The result that counts of each unit, by the words of docs/format.md. */
function newestOf(entries: readonly Seen[]): Seen[] {
  const byUnit = new Map<string, Seen>();
  for (const entry of entries) {
    const before = byUnit.get(entry.unit);
    if (before === undefined || before.failed || !entry.failed) byUnit.set(entry.unit, entry);
  }
  return [...byUnit.values()].toSorted((a, b) => a.place - b.place);
}

const sourceIn = (folder: string): ResultSource => {
  const checkpoint = openCheckpoint(real, folder);
  return resultsOf(checkpoint, checkpoint.status());
};

for (const version of [1, 2] as const) {
  for (const [kind, folder] of [
    ["a checkpoint", path.join(FORMATS, `version-${version}`)],
    ["a backup", path.join(FORMATS, `version-${version}`, "backups/mine")],
  ] as const) {
    describe(`${kind} of version ${version}`, () => {
      const source = sourceIn(folder);
      const lines = fs
        .readFileSync(path.join(folder, "checkpoint_results.jsonl"), "utf8")
        .trimEnd()
        .split("\n");
      const all = gathered((visit) => source.eachEntry(visit));

      test("gives all results in the order in which they were made", () => {
        expect(source.eachEntry(() => undefined)).toBe(0);
        expect(all).toHaveLength(lines.length);
        expect(source.counts.entries).toBe(lines.length);
        const records = lines.map((line) => JSON.parse(line) as { index: number; status: string });
        expect(all.map(({ index, failed }) => [index, failed])).toEqual(
          records.map(({ index, status }) => [index, status === "failed"]),
        );
      });

      test("gives of each unit the result that counts, and as many as its counts say", () => {
        const newest = gathered((visit) => source.eachLatest(visit));
        expect(newest).toEqual(newestOf(all));
        expect(newest.filter(({ failed }) => !failed)).toHaveLength(source.counts.completed);
        expect(newest.filter(({ failed }) => failed)).toHaveLength(source.counts.failed);
      });

      test("gives all results of one item, those of all its answers", () => {
        for (const { item } of newestOf(all)) {
          const wanted = all.filter((entry) => entry.item === item);
          const found: Seen[][] = [];
          source.eachEntry((entry) => {
            if (found.length > 0 || seenOf(entry).item !== item) return;
            found.push(gathered((visit) => source.eachOf(copied(entry), visit)));
          });
          expect(found).toEqual([wanted]);
        }
      });

      test("visits the valid results from the newest on, no further than is wanted", () => {
        const valid = gathered((visit) => source.eachLatest(visit)).toReversed();
        expect(gathered((visit) => source.eachNewest(visit))).toEqual(valid);
        const first: Seen[] = [];
        source.eachNewest((entry) => {
          first.push(seenOf(entry));
          return first.length < 2;
        });
        expect(first).toEqual(valid.slice(0, 2));
      });

      test("visits the results of a position of the input", () => {
        for (const { index } of all)
          expect(gathered((visit) => source.eachAt(index, visit))).toEqual(
            all.filter((entry) => entry.index === index),
          );
        expect(gathered((visit) => source.eachAt(1e9, visit))).toEqual([]);
      });

      test("reads a single result where an entry said that it is", () => {
        const reader = source.openReader("json");
        try {
          for (const [at, { place, index }] of [...all.entries()].toReversed()) {
            const record = JSON.parse(lines[at] ?? "") as {
              output?: unknown;
              error?: unknown;
              repeat?: number;
            };
            const { bytes, start, end, failed, repeat } = reader.resultAt(place, index);
            expect(JSON.parse(bytes.toString("utf8", start, end))).toEqual(record.output ?? record.error);
            expect({ failed, repeat }).toEqual({
              failed: record.error !== undefined,
              repeat: record.repeat ?? 1,
            });
          }
        } finally {
          reader.close();
        }
      });

      test("says what its results are of", () => {
        expect(source.job.fp).toBe("89abcdef");
        expect(source.job.repeat).toBe(version === 1 ? undefined : 2);
        expect(source.nonce).toHaveLength(32);
        expect(source.job.input.path).toBe("/data/q.jsonl");
        expect(source.keptInput).toBe(path.join(folder, "input.data"));
      });

      test("gives samples, each of them one of its results", () => {
        const samples = gathered((visit) => sampleResults(openCheckpoint(real, folder), visit));
        expect(samples).not.toBeEmpty();
        for (const sample of samples) expect(all).toContainEqual(sample);
      });
    });
  }
}

/** The identity of an entry that outlives its call. */
const copied = (entry: ResultEntry): ReturnType<ResultEntry["identity"]> => {
  const { hash, ...rest } = entry.identity();
  return { ...rest, hash: Uint32Array.from(hash) };
};

test("a failure does not take the place of a success; a success takes that of a failure", async () => {
  const paths = newPaths();
  const session = openSession(paths, { total: 3 });
  await session.begin();
  session.add(keyOf(0), failedResult("exit"));
  addAll(session, [1]);
  session.add(keyOf(1), failedResult("exit"));
  addAll(session, [0]);
  await session.commit();
  session.close();
  const newest = gathered((visit) => sourceIn(paths.dir).eachLatest(visit));
  expect(newest.map(({ index, failed }) => [index, failed])).toEqual([
    [1, false],
    [0, false],
  ]);
});

test("what was saved and is gone is counted; what is saved meanwhile comes, too", async () => {
  const paths = newPaths();
  const session = openSession(paths, { total: 4 });
  await session.begin();
  addAll(session, [0, 1]);
  await session.commit();
  const source = sourceIn(paths.dir);
  addAll(session, [2]);
  session.write();
  session.close();
  expect(gathered((visit) => source.eachEntry(visit))).toHaveLength(3);
  const log = fs.readFileSync(paths.log, "utf8");
  fs.writeFileSync(paths.log, log.slice(0, log.indexOf("\n") + 20));
  expect(source.eachEntry(() => undefined)).toBe(1);
});

test("the latest results are those of the checkpoint in place, else of the session completed last; without either there are none", () => {
  const paths = newPaths();
  expect(() => latestResults(openCheckpoint(real, paths.dir))).toThrow(/checkpoint\.none/);
  fs.cpSync(path.join(FORMATS, "version-1"), paths.dir, { recursive: true });
  expect(latestResults(openCheckpoint(real, paths.dir)).name).toBe(paths.status);
  fs.rmSync(paths.status);
  fs.rmSync(paths.log);
  expect(latestResults(openCheckpoint(real, paths.dir)).name).toStartWith(path.join(paths.backups, "mine"));
});
