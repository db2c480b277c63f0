// The quick form of the runs with very large values.
// Needs python3.
import { expect, setDefaultTimeout, test } from "bun:test";
import { largeValues } from "./large-values.ts";

setDefaultTimeout(180_000);

test("large items, outputs and lines end with a result or a clear error, in time and within memory", async () => {
  const { figures, faults } = await largeValues("quick");
  expect(faults).toEqual([]);
  expect(Number(figures["cases"])).toBeGreaterThanOrEqual(15);
});
