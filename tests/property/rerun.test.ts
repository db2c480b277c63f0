// Which results `--rerun` means, against a rule that is written down plainly.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { Rerun } from "../../lib/core/rerun.ts";
import type { ResultEntry } from "../../lib/core/result-source.ts";

type Drawn = {
  readonly seq: number;
  readonly id: string | null;
  readonly kind: string | null;
  readonly marks: readonly string[];
  readonly output: string;
};

function entryOf({ seq, id, kind, marks, output }: Drawn): ResultEntry {
  return {
    index: seq - 1,
    seq,
    failed: kind !== null,
    place: 0,
    repeat: () => 1,
    identity: () => ({ id, hash: new Uint32Array(4), occurrence: 1, repeat: 1 }),
    error: () => (kind === null ? null : { kind, message: "m" }),
    marks: () => (kind === null ? marks : []),
    isImported: () => false,
    outputJson: () => (kind === null ? JSON.stringify(output) : null),
  };
}

/** Whether one word means a result. */
function means(word: string, { id, kind, marks, output }: Drawn): boolean {
  if (word === "all") return true;
  if (word === "failed") return kind !== null;
  if (word.startsWith("output~")) return kind === null && output.includes(word.slice(7));
  if (word.startsWith("error~")) return kind !== null && `${kind}: m`.includes(word.slice(6));
  if (/^(?:timeout|exit|length|empty)$/.test(word))
    return kind === null ? marks.includes(word) : kind === word;
  return id !== null && word.split(",").includes(id);
}

const ids = ["a", "b", "c"];
const result = fc.record({
  seq: fc.integer({ min: 1, max: 20 }),
  id: fc.option(fc.constantFrom(...ids)),
  kind: fc.option(fc.constantFrom("timeout", "exit", "length")),
  marks: fc.subarray(["length", "empty"]),
  output: fc.constantFrom("one", "two", "one two"),
});
const word = fc.oneof(
  fc.constantFrom("all", "failed", "timeout", "exit", "length", "empty"),
  fc.constantFrom("output~one", "output~two", "error~exit", "error~m"),
  fc.subarray([...ids, "d"], { minLength: 1 }).map((chosen) => chosen.join(",")),
);

test("a result is due when a word means it and it was made before the rerun; ids that no result has are missing", () => {
  fc.assert(
    fc.property(
      fc.array(result, { maxLength: 8 }),
      fc.array(word, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 0, max: 20 }),
      (results, words, toSeq) => {
        const rerun = new Rerun(words, toSeq);
        for (const each of results) {
          const isDue = words.some((said) => means(said, each));
          const mark = each.seq > toSeq ? "none" : isDue ? "due" : "earlier";
          expect(rerun.markOf(entryOf(each))).toBe(mark);
        }
        const typed = new Set(
          words.flatMap((said) => said.split(",")).filter((said) => /^[a-d]$/.test(said)),
        );
        const missing = [...typed].filter((id) => !results.some((each) => each.id === id));
        expect(rerun.missing(20).toSorted()).toEqual(missing.toSorted());
      },
    ),
    { numRuns: 2000 },
  );
});
