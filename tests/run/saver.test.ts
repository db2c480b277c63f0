// When results are written and committed, on a clock that the test moves.
import { describe, expect, test } from "bun:test";
import { CkptError } from "../../lib/core/errors.ts";
import { Saver, saveWithPatience } from "../../lib/run/saver.ts";
import { FakeClock, settle } from "../helpers/fake-clock.ts";

/** A session of which only the counts are real. A commit takes `tookMs`. */
class Target {
  uncommitted = 0;
  poisoned = false;
  writes = 0;
  readonly commits: { readonly atMs: number; readonly results: number }[] = [];
  tookMs = 0;
  writeError: Error | null = null;
  commitError: Error | null = null;
  readonly clock: FakeClock;

  constructor(clock: FakeClock) {
    this.clock = clock;
  }

  write(): void {
    this.writes++;
    if (this.writeError !== null) throw this.writeError;
  }

  async commit(): Promise<void> {
    const results = this.uncommitted;
    this.commits.push({ atMs: this.clock.monotonic(), results });
    if (this.tookMs > 0) await this.clock.sleep(this.tookMs);
    if (this.commitError !== null) throw this.commitError;
    this.uncommitted -= results;
  }
}

const full = (): CkptError => new CkptError("checkpoint.diskFull", { path: "p", cause: "ENOSPC" });

function newSaver(batchSize: number): {
  readonly saver: Saver;
  readonly target: Target;
  readonly clock: FakeClock;
  readonly events: string[];
  readonly result: () => Promise<void>;
} {
  const clock = new FakeClock();
  const target = new Target(clock);
  const events: string[] = [];
  const saver = new Saver(target, clock, batchSize, {
    saved: () => void events.push("saved"),
    held: (held) => void events.push(held ? "held" : "free"),
    failed: (error) => void events.push(`failed ${String(error instanceof CkptError ? error.code : error)}`),
  });
  const result = async (): Promise<void> => {
    target.uncommitted++;
    saver.turn();
    await settle();
  };
  return { saver, target, clock, events, result };
}

describe("Saver", () => {
  test("writes at the end of each turn, commits when a batch is full", async () => {
    const { target, events, result } = newSaver(3);
    await result();
    await result();
    expect([target.writes, target.commits.length]).toEqual([2, 0]);
    await result();
    expect(target.commits).toEqual([{ atMs: 0, results: 3 }]);
    expect(events).toEqual(["saved"]);
  });

  test("saveNow() commits without a new result, and resolves when a commit that began later is durable", async () => {
    const { saver, target, clock, result } = newSaver(1);
    target.tookMs = 100;
    await result();
    let isSaved = false;
    const saved = saver.saveNow().then(() => (isSaved = true));
    await clock.advance(100);
    expect([target.commits.length, isSaved]).toEqual([2, false]); // the one in progress may not have it
    await clock.advance(100);
    await saved;
    expect(isSaved).toBe(true);
  });

  test("saveNow() waits for space on a full disk, and for nothing once the saver is closed", async () => {
    const { saver, target, clock } = newSaver(10);
    target.commitError = full();
    const saved = saver.saveNow();
    await clock.advance(2000);
    expect(saver.isHeld).toBe(true);
    target.commitError = null;
    await clock.advance(1000);
    await saved;
    expect(saver.isHeld).toBe(false);
    target.commitError = full();
    const late = saver.saveNow();
    await clock.advance(10);
    await saver.drain();
    await late;
    await saver.saveNow();
  });

  test("commits a result at the latest when it is five seconds old", async () => {
    const { target, clock, result } = newSaver(1000);
    await clock.advance(100);
    await result();
    await clock.advance(4999);
    expect(target.commits).toEqual([]);
    await clock.advance(1);
    expect(target.commits).toEqual([{ atMs: 5100, results: 1 }]);
    await clock.advance(60_000);
    expect(target.commits.length).toBe(1);
  });

  test("commits take a tenth of the time: batches that are full meanwhile are joined", async () => {
    const { target, clock, result } = newSaver(1);
    target.tookMs = 20;
    for (let ms = 0; ms < 1000; ms += 5) {
      await result();
      await clock.advance(5);
    }
    expect(target.commits.map(({ atMs }) => atMs)).toEqual([0, 200, 400, 600, 800, 1000]);
  });

  test("a full batch waits for a second at the most, however long commits take", async () => {
    const { target, clock, result } = newSaver(1);
    target.tookMs = 500;
    await result();
    await clock.advance(500);
    await result();
    await clock.advance(999);
    expect(target.commits.length).toBe(1);
    await clock.advance(1);
    expect(target.commits.map(({ atMs }) => atMs)).toEqual([0, 1500]);
  });

  test("one commit at a time; what comes during it is in the next", async () => {
    const { target, clock, result } = newSaver(2);
    target.tookMs = 10;
    for (let i = 0; i < 5; i++) await result();
    expect(target.commits.length).toBe(1);
    await clock.advance(2000);
    expect(target.commits.map(({ results }) => results)).toEqual([2, 3]);
  });

  test("a full disk holds the run, is retried each second, and lets go when there is room", async () => {
    const { saver, target, clock, events, result } = newSaver(1);
    target.writeError = full();
    target.commitError = full();
    await result();
    expect([saver.isHeld, events]).toEqual([true, ["held"]]);
    await clock.advance(3000);
    expect(target.commits.length).toBe(3);
    target.commitError = null;
    target.writeError = null;
    await clock.advance(1000);
    expect(events).toEqual(["held", "free", "saved"]);
    expect([saver.isHeld, target.uncommitted]).toEqual([false, 0]);
  });

  test("a disk that stays full is given up after half a minute", async () => {
    const { target, clock, events, result } = newSaver(1);
    target.writeError = full();
    target.commitError = full();
    await result();
    await clock.advance(29_000);
    expect(events).toEqual(["held"]);
    await clock.advance(2000);
    expect(events).toEqual(["held", "failed checkpoint.diskFull"]);
    expect(clock.planned).toBe(0);
  });

  for (const [name, error, poisoned] of [
    ["a failed sync", new CkptError("checkpoint.syncFailed", { path: "p", cause: "EIO" }), true],
    [
      "a poisoned writer, whatever it says",
      new CkptError("checkpoint.writeFailed", { path: "p", cause: "EIO" }),
      true,
    ],
    ["a bug", new Error("bug"), false],
  ] as const) {
    test(`${name} ends it at once: nothing is tried again or called saved`, async () => {
      const { target, clock, events, result } = newSaver(1);
      target.commitError = error;
      target.poisoned = poisoned;
      await result();
      expect(events).toEqual([`failed ${error instanceof CkptError ? error.code : "Error: bug"}`]);
      await result();
      await clock.advance(60_000);
      expect(target.commits.length).toBe(1);
      expect(events.length).toBe(1);
    });
  }

  test("drain waits for the commit under way, and none begins after it", async () => {
    const { saver, target, clock, result } = newSaver(1);
    target.tookMs = 10;
    await result();
    await result();
    let drained = false;
    const draining = saver.drain().then(() => (drained = true));
    await settle();
    expect(drained).toBe(false);
    await clock.advance(10);
    await draining;
    await clock.advance(60_000);
    expect(target.commits.length).toBe(1);
  });
});

describe("saving outside the loop", () => {
  const attempt = (
    error: Error | null,
  ): { target: Target; clock: FakeClock; events: string[]; done: Promise<void> } => {
    const clock = new FakeClock();
    const target = new Target(clock);
    target.writeError = error;
    const events: string[] = [];
    const ended = async (): Promise<void> => {
      try {
        await saveWithPatience(
          target,
          clock,
          () => target.write(),
          (maxMs) => void events.push(`held ${maxMs}`),
        );
        events.push("saved");
      } catch (failure) {
        events.push(failure === error ? "failed" : String(failure));
      }
    };
    const done = ended();
    return { target, clock, events, done };
  };

  test("waits for room on a full disk, and says so once", async () => {
    const { target, clock, events, done } = attempt(full());
    await settle();
    await clock.advance(3000);
    expect(events).toEqual(["held 30000"]);
    target.writeError = null;
    await clock.advance(1000);
    await done;
    expect(events).toEqual(["held 30000", "saved"]);
  });

  test("gives up after half a minute, and at once where no wait helps", async () => {
    const { clock, events } = attempt(full());
    await settle();
    await clock.advance(40_000);
    expect(events).toEqual(["held 30000", "failed"]);
    const other = attempt(new CkptError("checkpoint.foreignWrite", { path: "p", found: "x" }));
    await other.done;
    expect(other.events).toEqual(["failed"]);
  });
});
