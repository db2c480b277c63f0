// Which items `--where` and `--sample` choose, against a model that has all items in memory and sorts them.
import { afterAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { Selection } from "../../lib/core/status.ts";
import { chosenItems } from "../../lib/job/plan/selection.ts";
import { IdentityJoin, type PlannedRecord } from "../../lib/run/planner.ts";
import { readHashWords } from "../../lib/core/record-key.ts";
import { inputOf, removeFiles } from "../helpers/inputs.ts";
import { SEED, seeded } from "../helpers/seed.ts";

afterAll(removeFiles);

const RUNS = { numRuns: 200, seed: SEED };

/** An item: its fields as JSON text, which need not be how JavaScript would write them. */
type Fields = { readonly [name: string]: string };

const numberText = fc.constantFrom(
  "1",
  "1.0",
  "1.10",
  "-0",
  "1e3",
  "12345678901234567890",
  "0.1000000000000000055",
);
const stringText = fc
  .constantFrom("难", "易", "hard", "easy", "", "a=b", "x~y", "1", "😀")
  .map((text) => JSON.stringify(text));
const value = fc.oneof(
  numberText,
  stringText,
  fc.constantFrom("true", "null", '{"score": 1.50, "级":"高"}', "[1, 2]"),
);
const fields: fc.Arbitrary<Fields> = fc.record(
  { n: value, 级别: value, meta: value },
  { requiredKeys: ["n"] },
);

const NAMES = ["n", "级别", "meta", "meta.score", "meta.级"];
const condition = fc.tuple(
  fc.constantFrom(...NAMES),
  fc.oneof(
    fc
      .constantFrom("难", "hard", "1", "1.0", "1.10", "1.50", "12345678901234567890", "true", "a=b", "高")
      .map((text) => `=${text}`),
    fc
      .constantFrom("^1", "难|易", "^[1-9][0-9]{10,}$", "=", "\\p{Script=Han}")
      .map((pattern) => `~${pattern}`),
  ),
);

function lineOf(item: Fields, id: number | null): string {
  const all = Object.entries({ ...(id === null ? {} : { id: String(id) }), ...item });
  return `{${all.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(", ")}}`;
}

/** The text of a field in the model; undefined where the item lacks it. */
function fieldOf(item: Fields, name: string): string | undefined {
  const [outer = "", inner] = name.split(".");
  const json = item[outer];
  if (json === undefined || inner === undefined)
    return json?.startsWith('"') === true ? String(JSON.parse(json)) : json;
  if (!json.startsWith("{")) return undefined;
  return inner === "score" ? "1.50" : "高";
}

function holds(item: Fields, [name, wanted]: readonly [string, string]): boolean {
  const text = fieldOf(item, name);
  if (text === undefined) return false;
  return wanted.startsWith("=") ? text === wanted.slice(1) : new RegExp(wanted.slice(1), "u").test(text);
}

const sha256 = (bytes: string | Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/** The key of an item, as docs/format.md has it. */
function keyOf(line: string, id: number | null, before: number): Buffer {
  if (id !== null) return sha256(`id\0${id}`).subarray(0, 16);
  const key = Buffer.from(sha256(line).subarray(0, 16));
  key.writeUInt32BE((key.readUInt32BE(12) + before) >>> 0, 12);
  return key;
}

type Case = {
  readonly items: readonly Fields[];
  readonly where: readonly (readonly [string, string])[];
  readonly sample: { readonly count: number; readonly seed: string } | null;
  readonly withIds: boolean;
};

const linesOf = ({ items, withIds }: Case): string[] =>
  items.map((item, at) => lineOf(item, withIds ? at : null));

function model(given: Case): number[] {
  const { items, where, sample, withIds } = given;
  const lines = linesOf(given);
  const met = [...items.keys()].filter((at) => where.every((one) => holds(items[at] ?? {}, one)));
  if (sample === null) return met;
  const rank = (at: number): string => {
    const line = lines[at] ?? "";
    const before = lines.slice(0, at).filter((one) => one === line).length;
    return sha256(
      Buffer.concat([Buffer.from(`${sample.seed}\0`), keyOf(line, withIds ? at : null, before)]),
    ).toString("hex");
  };
  return met
    .map((at) => [rank(at), at] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, sample.count)
    .map(([, at]) => at)
    .toSorted((a, b) => a - b);
}

const selectionOf = ({ where, sample }: Case): Selection => ({
  where: where.map(([name, wanted]) => name + wanted),
  ...(sample === null ? {} : { sample }),
});

/** The items of a plan, where these have results. @param done indexes */
async function planned(
  given: Case,
  done: readonly number[],
): Promise<{ chosen: number[]; done: number[]; gone: number }> {
  const lines = linesOf(given);
  const input = inputOf(lines.map((line) => `${line}\n`).join(""), { idField: given.withIds ? "id" : null });
  const chosen = await chosenItems(input, selectionOf(given));
  const join = new IdentityJoin(input, done.length, { repeats: 1, chosen });
  for (const at of done) join.add(recordOf(lines, at, given.withIds));
  const { plan } = await join.finish();
  const units = Array.from({ length: plan.count }, (_, unit) => unit);
  return {
    chosen: units.map((unit) => plan.indexOf(unit)),
    done: units.filter((unit) => plan.offset(unit) !== null).map((unit) => plan.indexOf(unit)),
    gone: plan.gone,
  };
}

function recordOf(lines: readonly string[], at: number, withIds: boolean): PlannedRecord {
  const line = lines[at] ?? "";
  const hash = readHashWords(Buffer.from(sha256(line).toString("hex")), 0, new Uint32Array(4));
  const occurrence = withIds ? 1 : lines.slice(0, at + 1).filter((one) => one === line).length;
  return { id: withIds ? String(at) : null, hash, occurrence, repeat: 1, offset: at, error: null };
}

const aCase: fc.Arbitrary<Case> = fc.record({
  items: fc.array(fields, { minLength: 1, maxLength: 40 }),
  where: fc.array(condition, { maxLength: 2 }),
  sample: fc.option(
    fc.record({ count: fc.integer({ min: 1, max: 30 }), seed: fc.constantFrom("0", "7", "种子", "") }),
  ),
  withIds: fc.boolean(),
});

/** Cases that are refused have tests of their own. */
const isRefused = (given: Case): boolean =>
  model(given).length === 0 ||
  given.where.some(([name]) => given.items.every((item) => fieldOf(item, name) === undefined));

test(
  seeded(
    "the items are those of the model, whatever has results already; other results are gone, and come back with the choice",
  ),
  async () => {
    await fc.assert(
      fc.asyncProperty(aCase, fc.array(fc.nat(39)), async (given, some) => {
        fc.pre(!isRefused(given));
        const expected = model(given);
        const done = [...new Set(some)].filter((at) => at < given.items.length).toSorted((a, b) => a - b);
        const mine = done.filter((at) => expected.includes(at));
        expect(await planned(given, done)).toEqual({
          chosen: expected,
          done: mine,
          gone: done.length - mine.length,
        });
        const everything = { ...given, where: [], sample: null };
        const all = [...given.items.keys()];
        expect(await planned(everything, done)).toEqual({ chosen: all, done, gone: 0 });
      }),
      RUNS,
    );
  },
);

test(
  seeded("in a longer input, new items displace as few of a sample as the model says, and each one at most"),
  async () => {
    await fc.assert(
      fc.asyncProperty(aCase, fc.array(fields, { maxLength: 10 }), async (given, added) => {
        const longer = { ...given, items: [...given.items, ...added] };
        fc.pre(!isRefused(given));
        const first = (await planned(given, [])).chosen;
        const after = (await planned(longer, [])).chosen;
        expect(after).toEqual(model(longer));
        const displaced = first.filter((at) => !after.includes(at)).length;
        const arrived = after.filter((at) => at >= given.items.length).length;
        expect(displaced).toBeLessThanOrEqual(arrived);
      }),
      RUNS,
    );
  },
);

test(seeded("a sample does not depend on the order of items that have ids"), async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat(999), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 40 }),
      async (ids, count) => {
        const sampleOf = async (order: readonly number[]): Promise<number[]> => {
          const input = inputOf(order.map((id) => `{"id":${id}}\n`).join(""), { idField: "id" });
          const chosen = await chosenItems(input, { where: [], sample: { count, seed: "0" } });
          const { plan } = await new IdentityJoin(input, 0, { repeats: 1, chosen }).finish();
          const drawn = Array.from({ length: plan.count }, (_, unit) => order[plan.indexOf(unit)] ?? -1);
          return drawn.toSorted((a, b) => a - b);
        };
        const drawn = await sampleOf(ids);
        expect(drawn).toHaveLength(Math.min(count, ids.length));
        expect(await sampleOf(ids.toReversed())).toEqual(drawn);
      },
    ),
    RUNS,
  );
});
