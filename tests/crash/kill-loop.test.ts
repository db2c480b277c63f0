// The quick form of the long kill loop.
// Needs python3.
import { expect, setDefaultTimeout, test } from "bun:test";
import { seeded } from "../helpers/seed.ts";
import { killLoop } from "./kill-loop.ts";

setDefaultTimeout(180_000);

test(
  seeded(
    "killed at any moment, two at once included, each recorded item is run once and stands once in the output",
  ),
  async () => {
    const { figures, faults } = await killLoop("quick");
    expect(faults).toEqual([]);
    expect(Number(figures["kills"])).toBeGreaterThanOrEqual(40);
    expect(Number(figures["of those with several answers an item"])).toBeGreaterThan(0);
    for (const kind of ["commands", "modules", "workers", "endpoints"])
      expect({ kind, kills: Number(figures[`on ${kind}`]) }).not.toEqual({ kind, kills: 0 });
  },
);
