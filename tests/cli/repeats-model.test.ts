// Sequences of runs of one job that want more and fewer answers, of inputs that change, with answers that fail, against a model that knows nothing but which answers are
// on record: each run attempts just what the model says, in that order, and writes what it says.
import { describe, setDefaultTimeout, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import { ckpt, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { SEED } from "../helpers/seed.ts";

setDefaultTimeout(300_000);

/** `id` is used where items have ids: then it is what an item is known by. */
type Thing = { readonly id: string; readonly value: number };
type Step = {
  readonly things: readonly Thing[];
  readonly repeat: number;
  readonly limit: number | null;
  /** The answers that fail: `value repeat`. */
  readonly bad: readonly string[];
};

/** A result on record. */
type Made = { readonly value: number; readonly isGood: boolean };

const FIRST: Thing = { id: "first", value: 9 };
const things = fc
  .uniqueArray(fc.record({ id: fc.constantFrom("a", "b", "c", "d"), value: fc.nat(2) }), {
    maxLength: 4,
    selector: ({ id }) => id,
  })
  // One item stays, so that it is always the same job.
  .map((others) => [FIRST].concat(others));
const step: fc.Arbitrary<Step> = fc.record({
  things,
  repeat: fc.integer({ min: 1, max: 4 }),
  limit: fc.option(fc.integer({ min: 1, max: 5 }), { freq: 3 }),
  bad: fc.subarray(["0 1", "0 2", "1 1", "2 3", "9 2"]),
});

const MODULE = `
import { appendFileSync, readFileSync } from "node:fs";
const bad = readFileSync("bad", "utf8").split("\\n");
export function process({ value }, { index, repeat }) {
  appendFileSync("attempts", index + " " + repeat + "\\n");
  if (bad.includes(value + " " + repeat)) throw new Error("no luck");
  return [value, repeat];
}
`;

class Model {
  readonly #withIds: boolean;
  readonly #made = new Map<string, Made>();

  constructor(withIds: boolean) {
    this.#withIds = withIds;
  }

  /** What a run attempts, in order, and what it leaves of each answer: undefined for none. */
  run({ things: now, repeat, limit, bad }: Step): {
    readonly attempts: readonly string[];
    readonly results: readonly (boolean | undefined)[];
  } {
    const seen = new Map<number, number>();
    const units = now.flatMap(({ id, value }, index) => {
      const occurrence = (seen.get(value) ?? 0) + 1;
      seen.set(value, occurrence);
      const item = this.#withIds ? id : `${value} ${occurrence}`;
      return Array.from({ length: repeat }, (_, at) => ({
        key: `${item} ${at + 1}`,
        index,
        value,
        repeat: at + 1,
      }));
    });
    const found = (unit: (typeof units)[number]): Made | undefined => {
      const made = this.#made.get(unit.key);
      return made?.value === unit.value ? made : undefined;
    };
    const pending = units.filter((unit) => found(unit) === undefined);
    const failed = units.filter((unit) => found(unit)?.isGood === false);
    const due = [...pending, ...failed].slice(0, limit ?? Infinity);
    for (const { key, value, repeat: number } of due)
      this.#made.set(key, { value, isGood: !bad.includes(`${value} ${number}`) });
    return {
      attempts: due.map((unit) => `${unit.index} ${unit.repeat}`),
      results: units.map((unit) => found(unit)?.isGood),
    };
  }
}

const RUN = ["run", "q.jsonl", "-j", "1", "-b", "2", "--module", "answer.ts"];

/** What a run attempted; its exit code; what its output says of each answer, null where it wrote none. */
async function runStep(folder: string, withIds: boolean, { things: now, repeat, limit, bad }: Step) {
  writeLines(
    folder,
    "q.jsonl",
    now.map(({ id, value }) => JSON.stringify(withIds ? { id, value } : { value })),
  );
  writeLines(folder, "bad", bad);
  fs.writeFileSync(path.join(folder, "attempts"), "");
  const words = [
    ...(withIds ? ["--id", "id"] : []),
    "--repeat",
    String(repeat),
    ...(limit === null ? [] : ["--limit", String(limit)]),
  ];
  const { code, err } = await ckpt(folder, [...RUN, ...words]);
  const attempts = read(folder, "attempts").split("\n").slice(0, -1);
  const lines = code === 0 || code === 3 ? read(folder, "q.results.jsonl").trimEnd().split("\n") : null;
  return { attempts, code, err, lines };
}

/** A line of the output without the message of an error. */
function lineOf(
  { id, value }: Thing,
  index: number,
  repeat: number | null,
  withIds: boolean,
  isGood: boolean,
): string {
  const own = { index, ...(withIds ? { id } : {}), ...(repeat === null ? {} : { repeat }) };
  const result = isGood
    ? { status: "ok", output: [value, repeat ?? 1] }
    : { status: "failed", error: "exception" };
  return JSON.stringify({ ...own, ...result });
}

function withoutMessage(line: string): string {
  const { error, ...rest } = JSON.parse(line) as { readonly error?: { readonly kind: string } };
  return JSON.stringify(error === undefined ? rest : { ...rest, error: error.kind });
}

describe.each([
  ["with ids", true],
  ["without ids", false],
])("runs of one job, %s", (_, withIds) => {
  test("attempt what is missing and nothing else, and write what is there", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async (steps) => {
        const folder = newFolder();
        fs.writeFileSync(path.join(folder, "answer.ts"), MODULE);
        const model = new Model(withIds);
        for (const next of steps) {
          const { attempts, results } = model.run(next);
          const ran = await runStep(folder, withIds, next);
          expect(ran.attempts, ran.err).toEqual([...attempts]);
          const isStopped = results.includes(undefined);
          if (isStopped) expect(ran.code).toBe(4);
          if (ran.lines === null) continue;
          expect(ran.code).toBe(results.includes(false) ? 3 : 0);
          const expected = results.map((isGood, unit) => {
            const index = Math.floor(unit / next.repeat);
            const repeat = next.repeat === 1 ? null : (unit % next.repeat) + 1;
            return lineOf(next.things[index] ?? FIRST, index, repeat, withIds, isGood === true);
          });
          expect(ran.lines.map(withoutMessage)).toEqual(expected);
        }
        fs.rmSync(folder, { recursive: true, force: true });
      }),
      { numRuns: 12, seed: SEED },
    );
  });
});
