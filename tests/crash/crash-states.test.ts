// The quick form of the crash-state simulation.
import { expect, setDefaultTimeout, test } from "bun:test";
import { crashStates } from "./crash-states.ts";

setDefaultTimeout(120_000);

test("whatever a power cut leaves, what was reported as saved is there once and exact", async () => {
  const { figures, faults } = await crashStates("quick");
  expect(faults).toEqual([]);
  expect(figures).toMatchObject({ lost: 0, doubled: 0, garbage: 0 });
  expect(Number(figures["states"])).toBeGreaterThan(3000);
});
