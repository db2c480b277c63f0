// The quick form of the error sweep, and its table in the documents.
// Needs strace.
import { expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { outcomeTable } from "./error-outcomes.ts";
import { seeded } from "../helpers/seed.ts";
import { errorSweep } from "./error-sweep.ts";

setDefaultTimeout(180_000);

const DOC = path.resolve(import.meta.dir, "../../docs/durability.md");

test(
  seeded(
    "a failing call ends a command with the right exit code and words, and the next commands go on from there",
  ),
  async () => {
    const { figures, faults, skipped } = await errorSweep("quick");
    expect({ faults, skipped }).toEqual({ faults: [], skipped: [] });
    expect(Number(figures["calls by file"])).toBeGreaterThan(150);
    expect(Number(figures["failed and were gone on from"])).toBeGreaterThan(10);
    expect(Number(figures["went through"])).toBeGreaterThan(5);
  },
);

test("docs/durability.md has the table of outcomes that the sweep goes by", () => {
  expect(fs.readFileSync(DOC, "utf8")).toContain(outcomeTable());
});
