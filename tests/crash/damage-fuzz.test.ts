// The quick forms of the damage fuzz, in process and by the compiled executable.
import { expect, setDefaultTimeout, test } from "bun:test";
import { seeded } from "../helpers/seed.ts";
import { damageCommands } from "./damage-commands.ts";
import { damageFuzz } from "./damage-fuzz.ts";

setDefaultTimeout(120_000);

test(
  seeded("whatever is damaged, only what was written is given back, and a torn tail is told from damage"),
  async () => {
    const { figures, faults } = await damageFuzz("quick");
    expect(faults).toEqual([]);
    expect(Number(figures["cases"])).toBeGreaterThan(2000);
    for (const kind of ["clean", "tail", "damage", "newer", "repaired", "accepted"])
      expect({ kind, count: Number(figures[kind]) > 0 }).toEqual({ kind, count: true });
  },
);

test(
  seeded("whatever file is damaged, no command crashes, and what can be mended ends with the same output"),
  async () => {
    const { figures, faults } = await damageCommands("quick");
    expect(faults).toEqual([]);
    expect(Number(figures["commands"])).toBeGreaterThan(100);
    expect(Number(figures["same output"])).toBeGreaterThan(10);
  },
);
