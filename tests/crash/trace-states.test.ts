// The quick form of the crash states from traces of the executable.
// Needs strace.
import { expect, test } from "bun:test";
import { seeded } from "../helpers/seed.ts";
import { traceStates } from "./trace-states.ts";

test(
  seeded(
    "whatever a power cut leaves of a real run, clear or restore, the same command completes it, and what was reported holds",
  ),
  async () => {
    const { figures, faults } = await traceStates("quick");
    expect(faults).toEqual([]);
    expect(figures).toMatchObject({ lost: 0, doubled: 0 });
    expect(Number(figures["reports"])).toBeGreaterThan(3);
    expect(Number(figures["states"])).toBeGreaterThan(500);
  },
);
