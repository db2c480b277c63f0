// The mutants: do the proofs notice faults?
// Needs strace.
import { expect, setDefaultTimeout, test } from "bun:test";
import { MUTANTS } from "./mutant-list.ts";
import { mutants } from "./mutants.ts";

// A minute, and all the tests beside it.
setDefaultTimeout(600_000);

test("each fault that is put into the code is noticed by the check named for it", async () => {
  const { figures, faults, skipped } = await mutants("quick");
  expect({ faults, skipped }).toEqual({ faults: [], skipped: [] });
  expect(figures["mutants"]).toBe(MUTANTS.length);
});
