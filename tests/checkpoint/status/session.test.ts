// A session's commits: their order on the disk, what a failing call does to them, and that nothing is called saved before it is.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import { readStatus } from "../../../lib/checkpoint/status/status-file.ts";
import type { Result } from "../../../lib/core/record.ts";
import {
  addAll,
  failedResult,
  keyOf,
  newPaths,
  okResult,
  openSession,
  recoverAll,
} from "../../helpers/checkpoint.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { FaultyFileSystem } from "../../helpers/faulty-fs.ts";
import { rejection } from "../../helpers/rejection.ts";

const LOG = "checkpoint_results.jsonl";
const STATUS = "processing_status.json";

async function begun(): Promise<{
  readonly faulty: FaultyFileSystem;
  readonly clock: FakeClock;
  readonly paths: ReturnType<typeof newPaths>;
  readonly session: ReturnType<typeof openSession>;
  readonly add: (index: number, result: Result) => void;
}> {
  const faulty = new FaultyFileSystem();
  const clock = new FakeClock();
  const paths = newPaths();
  const session = openSession(paths, { fs: faulty.fs, clock });
  await session.begin();
  const add = (index: number, result: Result): void => session.add(keyOf(index), result);
  return { faulty, clock, paths, session, add };
}

function committedRecords(paths: ReturnType<typeof newPaths>): number {
  const read = readStatus(fs, paths.status);
  if (read.kind !== "good") throw new Error("no good status");
  return read.status.log.records;
}

describe("Session", () => {
  test("a commit is: log synced, status written beside, synced, renamed, folder synced", async () => {
    const { faulty, paths, session } = await begun();
    const folder = paths.dir.slice(paths.dir.lastIndexOf("/") + 1);
    faulty.calls.length = 0;
    addAll(session, [0, 1]);
    await session.commit();
    expect(faulty.calls.filter((call) => !call.startsWith("open"))).toEqual([
      `write ${LOG}`,
      `fdatasync ${LOG}`,
      `write ${STATUS}.tmp`,
      `fsync ${STATUS}.tmp`,
      `rename ${STATUS}.tmp ${STATUS}`,
      `fsync ${folder}`,
    ]);
  });

  test("generation 0 is on the disk, with the log's name, before anything is added", async () => {
    const { faulty, paths, session } = await begun();
    const folder = paths.dir.slice(paths.dir.lastIndexOf("/") + 1);
    const calls = faulty.calls.filter((call) => !call.startsWith("open"));
    expect(calls.slice(calls.indexOf(`fsync ${LOG}`))).toEqual([
      `fsync ${LOG}`,
      `fsync ${folder}`,
      `fdatasync ${LOG}`,
      `write ${STATUS}.tmp`,
      `fsync ${STATUS}.tmp`,
      `rename ${STATUS}.tmp ${STATUS}`,
      `fsync ${folder}`,
      "unlink recovering.jsonl",
    ]);
    expect(session.committed).toMatchObject({ generation: 0, completed: 0, log: { bytes: 0, records: 0 } });
  });

  for (const name of [LOG, "folder"]) {
    test(`a failed sync of the ${name} is final: nothing more is written or called saved`, async () => {
      const { faulty, paths, session } = await begun();
      addAll(session, [0]);
      await session.commit();
      const folder = paths.dir.slice(paths.dir.lastIndexOf("/") + 1);
      faulty.fail(
        name === LOG
          ? { call: "fdatasync", name: LOG, code: "EIO", times: 1 }
          : { call: "fsync", name: folder, code: "EIO", times: 1 },
      );
      addAll(session, [1]);
      expect(await rejection(session.commit())).toMatchObject({ code: "checkpoint.syncFailed" });
      expect(session.poisoned).toBe(true);
      expect(session.committed.log.records).toBe(1);
      faulty.calls.length = 0;
      expect(await rejection(session.commit())).toMatchObject({ code: "checkpoint.syncFailed" });
      expect(await rejection(session.end("stopped", "error"))).toMatchObject({
        code: "checkpoint.syncFailed",
      });
      expect(faulty.calls).toEqual([]);
      session.close();
      expect(recoverAll(paths).indices).toEqual([0, 1]);
    });
  }

  test("ENOSPC at the log's sync is as final as any other error of it", async () => {
    const { faulty, session } = await begun();
    faulty.fail({ call: "fdatasync", name: LOG, code: "ENOSPC", times: 1 });
    addAll(session, [0]);
    expect(await rejection(session.commit())).toMatchObject({ code: "checkpoint.syncFailed" });
    expect(session.poisoned).toBe(true);
  });

  for (const [call, code, error] of [
    ["open", "EMFILE", "checkpoint.writeFailed"],
    ["write", "ENOSPC", "checkpoint.diskFull"],
    ["fsync", "EIO", "checkpoint.writeFailed"],
    ["rename", "EACCES", "checkpoint.writeFailed"],
  ] as const) {
    test(`a status that cannot be replaced (${call}: ${code}) leaves the old one; a later commit takes all`, async () => {
      const { faulty, paths, session } = await begun();
      addAll(session, [0]);
      await session.commit();
      faulty.fail({ call, name: `${STATUS}.tmp`, code });
      addAll(session, [1]);
      expect(await rejection(session.commit())).toMatchObject({ code: error });
      expect(committedRecords(paths)).toBe(1);
      expect(session.uncommitted).toBe(1);
      expect(fs.existsSync(`${paths.status}.tmp`)).toBe(false);
      faulty.heal();
      addAll(session, [2]);
      await session.commit();
      expect(committedRecords(paths)).toBe(3);
      expect(session.uncommitted).toBe(0);
      expect(recoverAll(paths)).toMatchObject({ recovered: { adopted: 0 }, indices: [0, 1, 2] });
    });
  }

  test("a status never vouches for what is only in memory", async () => {
    const { faulty, paths, session } = await begun();
    faulty.fail({ call: "write", name: LOG, code: "ENOSPC", bytes: 30 });
    addAll(session, [0, 1]);
    expect(await rejection(session.commit())).toMatchObject({ code: "checkpoint.diskFull" });
    expect(committedRecords(paths)).toBe(0);
    expect(fs.statSync(paths.log).size).toBe(0);
    faulty.heal();
    await session.end("stopped", "disk-full");
    expect(committedRecords(paths)).toBe(2);
  });

  test("a status counts only results that its log holds", async () => {
    const { paths, session } = await begun();
    addAll(session, [0, 1]);
    await session.commit();
    const read = readStatus(fs, paths.status);
    expect(read).toMatchObject({ status: { completed: 2, results_saved: 2, log: { records: 2 } } });
    expect(recoverAll(paths)).toMatchObject({ recovered: { adopted: 0 }, indices: [0, 1] });
  });

  test("counts follow results: a failure that is retried becomes a success", async () => {
    const { session, add } = await begun();
    add(0, failedResult("exit"));
    add(1, failedResult("timeout"));
    await session.commit();
    expect(session.committed).toMatchObject({ completed: 0, failed: 2, results_saved: 2 });
    add(0, okResult("1"));
    await session.commit();
    expect(session.committed).toMatchObject({
      completed: 1,
      failed: 1,
      results_saved: 2,
      errors: [{ kind: "timeout", count: 1, item: "#2" }],
      runs: [{ attempted: 3, succeeded: 1, failed: 2 }],
    });
  });

  test("the example of a group is an item that fails now, with its present message", async () => {
    const { session, add } = await begun();
    for (const index of [0, 1, 2]) add(index, failedResult("exit", `no answer for ${index}`));
    await session.commit();
    const group = { kind: "exit", count: 3 };
    expect(session.committed.errors).toEqual([{ ...group, item: "#1", message: "no answer for 0" }]);
    add(0, failedResult("exit", "bad input"));
    add(1, okResult("1"));
    await session.commit();
    expect(session.committed.errors).toEqual([
      { kind: "exit", count: 1, item: "#3", message: "no answer for 2" },
      { kind: "exit", count: 1, item: "#1", message: "bad input" },
    ]);
    add(0, failedResult("exit", "no answer for 7"));
    add(2, failedResult("exit", "no answer for 8"));
    await session.end("stopped", "limit");
    expect(session.committed.errors).toMatchObject([{ count: 2, message: "no answer for 8" }]);
  });

  test("a record that cannot be read back fails no commit: its group has no example", async () => {
    const { faulty, session, add } = await begun();
    add(0, failedResult("exit"));
    faulty.fail({ call: "open", name: LOG, code: "EIO" });
    await session.commit();
    faulty.heal();
    expect(session.committed).toMatchObject({ failed: 1, errors: [{ count: 1, item: "", message: "" }] });
    await session.end("stopped", "limit");
    expect(session.committed.errors).toMatchObject([{ item: "#1", message: "exit happened" }]);
  });

  test("the end says how a run ended; the next one counts on from it", async () => {
    const { clock, paths, session } = await begun();
    addAll(session, [0, 1]);
    await clock.advance(1500);
    await session.end("stopped", "limit");
    session.close();
    const { recovered } = recoverAll(paths);
    if (recovered === null) throw new Error("nothing was recovered");
    const next = openSession(paths, { recovered });
    await next.begin();
    addAll(next, [2]);
    await next.commit();
    expect(next.committed).toMatchObject({
      generation: 3,
      completed: 3,
      runs: [
        { ended: "limit", attempted: 2, active_ms: 1500 },
        { ended: null, attempted: 1 },
      ],
      timeline: { counts: [0, 3] },
    });
  });

  test("a clock that is set back changes nothing but the times that are shown", async () => {
    const { clock, paths, session } = await begun();
    addAll(session, [0]);
    clock.wallMs -= 3_600_000;
    await session.commit();
    clock.wallMs -= 3_600_000;
    await session.end("stopped", "limit");
    expect(session.committed).toMatchObject({ generation: 2, completed: 1, runs: [{ active_ms: 0 }] });
    expect(recoverAll(paths).indices).toEqual([0]);
  });

  test("the list of runs is bounded", async () => {
    const paths = newPaths();
    const first = openSession(paths);
    await first.begin();
    first.close();
    for (let run = 0; run < 25; run++) {
      const { recovered } = recoverAll(paths);
      if (recovered === null) throw new Error("nothing was recovered");
      const session = openSession(paths, { recovered });
      await session.begin();
      session.close();
      expect(session.committed.runs.length).toBeLessThanOrEqual(20);
    }
  });

  test("results of more runs than the list has are counted behind those before them", async () => {
    const paths = newPaths();
    const runs = 45;
    let counts: readonly number[] = [];
    for (let run = 0; run < runs; run++) {
      const clock = new FakeClock();
      const recovered = run === 0 ? null : recoverAll(paths).recovered;
      const session = openSession(paths, {
        clock,
        total: runs,
        ...(recovered === null ? {} : { recovered }),
      });
      await session.begin();
      await clock.advance(1000);
      addAll(session, [run]);
      await session.end("stopped", "limit");
      session.close();
      ({ counts } = session.committed.timeline);
    }
    expect(counts).toEqual([0, ...Array.from({ length: runs }, () => 1)]);
  });
});
