// The quick form of the damage fuzz.
import { expect, setDefaultTimeout, test } from "bun:test";
import { damageFuzz } from "./damage-fuzz.ts";

setDefaultTimeout(120_000);

test("whatever is damaged, only what was written is given back, and a torn tail is told from damage", async () => {
  const { figures, faults } = await damageFuzz("quick");
  expect(faults).toEqual([]);
  expect(Number(figures["cases"])).toBeGreaterThan(2000);
  for (const kind of ["clean", "tail", "damage", "newer", "repaired", "accepted"])
    expect({ kind, count: Number(figures[kind]) > 0 }).toEqual({ kind, count: true });
});
