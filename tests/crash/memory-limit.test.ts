// The runs out of memory. Where no control group can be made (no root), the method says so; with CI=true that is a failure.
import { expect, setDefaultTimeout, test } from "bun:test";
import { memoryLimit } from "./memory-limit.ts";

setDefaultTimeout(180_000);

test("killed for want of memory and resumed, the output is exact and nothing recorded is run again", async () => {
  const { figures, faults, skipped = [] } = await memoryLimit("quick");
  for (const what of skipped) console.log(`left out: ${what}`);
  expect(faults).toEqual([]);
  if (skipped.length === 0) expect(Number(figures["kills of ckpt"])).toBeGreaterThanOrEqual(2);
  else expect(process.env["CI"]).not.toBe("true");
});
