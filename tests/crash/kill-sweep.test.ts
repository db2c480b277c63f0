// The quick form of the kill sweep.
// Needs strace.
import { expect, setDefaultTimeout, test } from "bun:test";
import { seeded } from "../helpers/seed.ts";
import { killSweep } from "./kill-sweep.ts";

setDefaultTimeout(180_000);

test(
  seeded(
    "killed before any call on its files, a command is finished by the next ones, and nothing recorded is lost or run again",
  ),
  async () => {
    const { figures, faults, skipped } = await killSweep("quick");
    expect({ faults, skipped }).toEqual({ faults: [], skipped: [] });
    expect(Number(figures["calls in them"])).toBeGreaterThan(1300);
    expect(figures["kills"]).toBe(Number(figures["calls chosen"]));
    expect(Number(figures["kills"])).toBeGreaterThanOrEqual(50);
  },
);
