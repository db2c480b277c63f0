// The quick form of the power cuts.
import { expect } from "bun:test";
import { seeded } from "../helpers/seed.ts";
import { testUnless } from "../helpers/test-unless.ts";
import { powerCuts, powerCutsMissing } from "./power-cuts.ts";

testUnless(
  powerCutsMissing(),
  seeded("what was reported as saved survives power cuts, and the same command goes on to the exact output"),
  async () => {
    const { figures, faults } = await powerCuts("quick");
    expect({ figures, faults }).toMatchObject({ faults: [] });
    expect(Number(figures["cuts"])).toBeGreaterThanOrEqual(10);
  },
);
