// The simulation behind docs/scale-out.md: what can be said of its courses without it.
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { EventQueue } from "../../bench/preemption/event-queue.ts";
import { type Cluster, idealSeconds, type Job, simulate } from "../../bench/preemption/simulate.ts";
import { SEED, seeded, seededRandom } from "../helpers/seed.ts";

const JOB: Job = { items: 64_000, attemptSeconds: 1, inFlight: 16, startSeconds: 0 };
const STAYING: Cluster = { nodes: 10, lifeSeconds: 1e15, absenceSeconds: 1, spread: 0 };
const PREEMPTED: Cluster = { nodes: 10, lifeSeconds: 100, absenceSeconds: 20, spread: 0.5 };

describe("a course on nodes that stay", () => {
  test("takes the ideal time where the shards go into the nodes, and waits for the last ones where they do not", () => {
    const course = (shards: number): object => simulate(JOB, STAYING, shards, seededRandom(1));
    expect(course(40)).toEqual({ seconds: idealSeconds(JOB, STAYING), preemptions: 0, doubled: 0 });
    // The eleventh shard is alone.
    expect(course(11)).toMatchObject({ seconds: (2 * 4000) / 11 });
  });

  test("takes longer by the starts of one node", () => {
    const job = { ...JOB, startSeconds: 3 };
    const { seconds } = simulate(job, STAYING, 40, seededRandom(1));
    expect(seconds).toBe(idealSeconds(job, STAYING) + 4 * 3);
  });
});

test(
  seeded("a preempted course is repeated by its seed, takes longer, and begins again what was in flight"),
  () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), (shards, seed) => {
        const course = simulate(JOB, PREEMPTED, shards, seededRandom(seed));
        expect(simulate(JOB, PREEMPTED, shards, seededRandom(seed))).toEqual(course);
        // No course is faster than one of the fastest nodes that stay.
        expect(course.seconds).toBeGreaterThan(idealSeconds(JOB, PREEMPTED) / (1 + PREEMPTED.spread));
        expect(course.doubled).toBe(course.preemptions * JOB.inFlight);
      }),
      { seed: SEED },
    );
  },
);

test(
  seeded("events come in the order of their times, and of each subject only the last one that was set"),
  () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(1000))), (sets) => {
        const queue = new EventQueue<number>();
        const last = new Map<number, number>();
        for (const [subject, at] of sets) {
          queue.set(subject, at);
          last.set(subject, at);
        }
        const came = Array.from(last, () => queue.next());
        expect(new Map(came)).toEqual(last);
        expect(came.map(([, at]) => at)).toEqual([...last.values()].toSorted((a, b) => a - b));
      }),
      { seed: SEED },
    );
  },
);
