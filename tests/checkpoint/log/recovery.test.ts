// One test a row of the recovery table (docs/architecture.md, docs/format.md), and recovery cut off at each of its own steps.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import * as fs from "node:fs";
import * as path from "node:path";
import type { CheckpointPaths } from "../../../lib/checkpoint/names.ts";
import { finishAdoption } from "../../../lib/checkpoint/log/recovery.ts";
import { parseRecord } from "../../../lib/checkpoint/record/parse-record.ts";
import { relinkRecord } from "../../../lib/checkpoint/record/write-record.ts";
import { seal } from "../../../lib/checkpoint/status/seal.ts";
import { NEWEST_VERSION } from "../../../lib/core/format-version.ts";
import { addAll, makeCheckpoint, newPaths, openSession, recoverAll } from "../../helpers/checkpoint.ts";
import { type Call, FaultyFileSystem } from "../../helpers/faulty-fs.ts";

type Row = {
  readonly name: string;
  readonly committed: number;
  readonly saved: number;
  readonly damage?: (paths: CheckpointPaths) => void;
  readonly indices: readonly number[] | string;
  readonly adopted?: number;
  readonly quarantined?: boolean;
};

const append = (bytes: Uint8Array | string) => (paths: CheckpointPaths) =>
  fs.appendFileSync(paths.log, bytes);

function lineEnds(log: Buffer): number[] {
  return [...log.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1);
}

/** Puts zeros over the whole of a record: what a page is that never reached the disk. */
const zeroRecord = (record: number) => (paths: CheckpointPaths) => {
  const log = fs.readFileSync(paths.log);
  const ends = [0, ...lineEnds(log)];
  log.fill(0, ends[record - 1], ends[record]);
  fs.writeFileSync(paths.log, log);
};

const NEWER = NEWEST_VERSION + 1;

/** Makes a record one of version 2, rightly linked to the one before. */
function otherVersion(seq: number): (paths: CheckpointPaths) => void {
  return ({ log }) => {
    const lines = fs.readFileSync(log, "utf8").split("\n");
    const line = lines[seq - 1] ?? "";
    const { prev } = parseRecord(Buffer.from(line)) ?? { prev: "" };
    const moved = relinkRecord(Buffer.from(line), { version: 2, seq, prev }, "none");
    fs.writeFileSync(log, lines.with(seq - 1, moved.bytes.toString().trimEnd()).join("\n"));
  };
}

const ROWS: readonly Row[] = [
  { name: "clean", committed: 3, saved: 0, indices: [0, 1, 2] },
  { name: "begun, nothing recorded", committed: 0, saved: 0, indices: [] },
  { name: "saved, not committed: adopted", committed: 2, saved: 3, indices: [0, 1, 2, 3, 4], adopted: 3 },
  {
    name: "a torn tail behind committed records",
    committed: 2,
    saved: 0,
    damage: append('{"v":1,"seq":3,"ind'),
    indices: [0, 1],
    quarantined: true,
  },
  {
    name: "zeros behind saved records",
    committed: 2,
    saved: 1,
    damage: append(new Uint8Array(4096)),
    indices: [0, 1, 2],
    adopted: 1,
    quarantined: true,
  },
  {
    name: "a page of the uncommitted part that never reached the disk, with later ones that did",
    committed: 2,
    saved: 4,
    damage: zeroRecord(4),
    indices: [0, 1, 2],
    adopted: 1,
    quarantined: true,
  },
  {
    name: "a committed record that is damaged",
    committed: 3,
    saved: 2,
    damage: zeroRecord(2),
    indices: "checkpoint.damaged",
  },
  {
    name: "a log that is shorter than what was committed",
    committed: 3,
    saved: 0,
    damage: (paths) => fs.truncateSync(paths.log, lineEnds(fs.readFileSync(paths.log))[1]),
    indices: "checkpoint.damaged",
  },
  {
    name: "an empty log where records were committed",
    committed: 3,
    saved: 0,
    damage: (paths) => fs.truncateSync(paths.log, 0),
    indices: "checkpoint.damaged",
  },
  {
    name: "the log is gone",
    committed: 3,
    saved: 0,
    damage: (paths) => fs.unlinkSync(paths.log),
    indices: "checkpoint.logLost",
  },
  {
    name: "the status is gone",
    committed: 3,
    saved: 0,
    damage: (paths) => fs.unlinkSync(paths.status),
    indices: "checkpoint.damaged",
  },
  {
    name: "the status is damaged",
    committed: 3,
    saved: 0,
    damage: (paths) => fs.appendFileSync(paths.status, "x"),
    indices: "checkpoint.damaged",
  },
  {
    name: "a status of a newer version",
    committed: 1,
    saved: 0,
    damage: (paths) => fs.writeFileSync(paths.status, `{"v":${NEWER},"kind":"status"}\n`),
    indices: "checkpoint.newer",
  },
  {
    name: "a record of a newer version",
    committed: 1,
    saved: 0,
    damage: append(seal({ v: NEWER, seq: 2 })),
    indices: "checkpoint.newer",
  },
  {
    name: "a record of the other version behind the last commit: no crash of this session has left it there",
    committed: 2,
    saved: 1,
    damage: otherVersion(3),
    indices: [0, 1],
    adopted: 0,
    quarantined: true,
  },
  {
    name: "a record of the other version among the committed ones",
    committed: 3,
    saved: 0,
    damage: otherVersion(2),
    indices: "checkpoint.damaged",
  },
  {
    name: "a log of the other version",
    committed: 0,
    saved: 1,
    damage: otherVersion(1),
    indices: "checkpoint.damaged",
  },
];

/** Every file of the checkpoint with its bytes. */
function snapshot(paths: CheckpointPaths): Record<string, string> {
  const names = fs.readdirSync(paths.dir).filter((name) => fs.statSync(path.join(paths.dir, name)).isFile());
  return Object.fromEntries(
    names.map((name) => [name, fs.readFileSync(path.join(paths.dir, name)).toString("base64")]),
  );
}

describe("recovery", () => {
  for (const row of ROWS) {
    test(row.name, async () => {
      const paths = newPaths();
      await makeCheckpoint(paths, row.committed, row.saved);
      row.damage?.(paths);
      const before = snapshot(paths);
      if (typeof row.indices === "string") {
        expect(() => recoverAll(paths)).toThrow(row.indices);
        expect(snapshot(paths)).toEqual(before);
        return;
      }
      const { recovered, indices } = recoverAll(paths);
      expect(indices).toEqual([...row.indices]);
      expect(recovered?.adopted).toBe(row.adopted ?? 0);
      expect((recovered?.quarantinedBytes ?? 0) > 0).toBe(row.quarantined ?? false);
      expect(fs.existsSync(paths.quarantine)).toBe(row.quarantined ?? false);
      expect(fs.statSync(paths.log).size).toBe(recovered?.position.bytes ?? -1);
    });
  }

  test("there is nothing to recover in an empty folder, nor where only an empty log was made", () => {
    const paths = newPaths();
    expect(recoverAll(paths).recovered).toBeNull();
    fs.writeFileSync(paths.log, "");
    fs.writeFileSync(paths.recovering, "of another life");
    expect(recoverAll(paths).recovered).toBeNull();
    expect(fs.existsSync(paths.recovering)).toBe(false);
  });

  test("a begin that is cut off after its log leaves a folder in which the next one begins", async () => {
    const paths = newPaths();
    openSession(paths).close();
    expect(recoverAll(paths).recovered).toBeNull();
    const session = openSession(paths);
    await session.begin();
    expect(recoverAll(paths).recovered?.status.generation).toBe(0);
    session.close();
  });

  test("adopted records are on the disk twice before the log is cut, and the copy outlives the status", async () => {
    const paths = newPaths();
    await makeCheckpoint(paths, 1, 2);
    const faulty = new FaultyFileSystem();
    const { recovered } = recoverAll(paths, faulty.fs);
    const log = path.basename(paths.log);
    const folder = path.basename(paths.dir);
    expect(faulty.calls.filter((call) => !call.startsWith("open"))).toEqual([
      "write recovering.jsonl.tmp",
      "fsync recovering.jsonl.tmp",
      "write recovering.jsonl.tmp",
      "fsync recovering.jsonl.tmp",
      "rename recovering.jsonl.tmp recovering.jsonl",
      `fsync ${folder}`,
      `truncate ${log}`,
      `fdatasync ${log}`,
      `write ${log}`,
      `fdatasync ${log}`,
    ]);
    if (recovered === null) throw new Error("nothing was recovered");
    faulty.calls.length = 0;
    const session = openSession(paths, { fs: faulty.fs, recovered });
    await session.begin();
    session.close();
    expect(faulty.calls.slice(-3)).toEqual(["unlink recovering.jsonl", `open ${folder}`, `fsync ${folder}`]);
    expect(faulty.calls.indexOf("rename processing_status.json.tmp processing_status.json")).toBeLessThan(
      faulty.calls.indexOf("unlink recovering.jsonl"),
    );
  });

  test("a torn tail is in quarantine, on the disk, before the log is cut", async () => {
    const paths = newPaths();
    await makeCheckpoint(paths, 2, 0);
    fs.appendFileSync(paths.log, "torn");
    const faulty = new FaultyFileSystem();
    recoverAll(paths, faulty.fs);
    const calls = faulty.calls.filter((call) => /^(write|fsync|truncate|fdatasync)/.test(call));
    const [copy = ""] = fs.readdirSync(paths.quarantine);
    expect(calls.slice(-5)).toEqual([
      `write ${copy}`,
      `fsync ${copy}`,
      "fsync quarantine",
      `truncate ${path.basename(paths.log)}`,
      `fdatasync ${path.basename(paths.log)}`,
    ]);
    expect(fs.readFileSync(path.join(paths.quarantine, copy), "utf8")).toBe("torn");
  });

  test("cut off at any of its own calls, and once more in what follows, it ends with the same records", async () => {
    for (const call of [
      "open",
      "write",
      "truncate",
      "fsync",
      "fdatasync",
      "rename",
      "mkdir",
    ] as readonly Call[]) {
      let failed = true;
      for (let nth = 1; failed; nth++) {
        const paths = newPaths();
        await makeCheckpoint(paths, 2, 3);
        fs.appendFileSync(paths.log, "torn");
        const faulty = new FaultyFileSystem();
        faulty.fail({ call, nth, code: "EIO" });
        failed = throws(() => recoverAll(paths, faulty.fs));
        const second = new FaultyFileSystem();
        second.fail({ call: "fdatasync", nth: 2, code: "EIO" });
        throws(() => recoverAll(paths, second.fs));
        expect({ call, nth, indices: recoverAll(paths).indices }).toEqual({
          call,
          nth,
          indices: [0, 1, 2, 3, 4],
        });
        const { recovered, indices } = recoverAll(paths);
        expect({ call, nth, indices }).toEqual({ call, nth, indices: [0, 1, 2, 3, 4] });
        if (recovered === null) throw new Error("nothing was recovered");
        const session = openSession(paths, { recovered });
        await session.begin();
        addAll(session, [5]);
        await session.commit();
        session.close();
        expect(recoverAll(paths)).toMatchObject({ recovered: { adopted: 0 }, indices: [0, 1, 2, 3, 4, 5] });
        fs.rmSync(paths.dir, { recursive: true });
      }
    }
  });

  test("a copy that belongs to another commit is removed and never put in place", async () => {
    const paths = newPaths();
    await makeCheckpoint(paths, 1, 1);
    recoverAll(paths);
    const copy = fs.readFileSync(paths.recovering);
    finishAdoption(fs, paths);
    const { recovered } = recoverAll(paths);
    if (recovered === null) throw new Error("nothing was recovered");
    const session = openSession(paths, { recovered });
    await session.begin();
    session.close();
    fs.writeFileSync(paths.recovering, copy);
    const before = fs.readFileSync(paths.log);
    expect(recoverAll(paths).indices).toEqual([0, 1]);
    expect(fs.existsSync(paths.recovering)).toBe(false);
    expect(fs.readFileSync(paths.log)).toEqual(before);
  });

  test("committed records that were damaged in the middle of an adoption are refused, and nothing is changed", async () => {
    for (const damage of [zeroRecord(1), (paths: CheckpointPaths) => fs.truncateSync(paths.log, 20)]) {
      const paths = newPaths();
      await makeCheckpoint(paths, 2, 2);
      recoverAll(paths);
      damage(paths);
      const before = snapshot(paths);
      expect(() => recoverAll(paths)).toThrow("checkpoint.damaged");
      expect(snapshot(paths)).toEqual(before);
    }
  });

  test("a log cut anywhere behind the last commit keeps every whole record; before it, it is refused", async () => {
    const paths = newPaths();
    const { log } = await makeCheckpoint(paths, 2, 2);
    const whole = fs.readFileSync(paths.log);
    const ends = lineEnds(whole);
    for (let cut = 0; cut < whole.length; cut++) {
      fs.writeFileSync(paths.log, whole.subarray(0, cut));
      fs.rmSync(paths.recovering, { force: true });
      if (cut < log.bytes) expect(() => recoverAll(paths)).toThrow("checkpoint.damaged");
      else
        expect({ cut, count: recoverAll(paths).indices.length }).toEqual({
          cut,
          count: ends.filter((end) => end <= cut).length,
        });
    }
  });

  test("no changed byte of a log is ever taken for a result", async () => {
    const paths = newPaths();
    const { log } = await makeCheckpoint(paths, 2, 2);
    const whole = fs.readFileSync(paths.log);
    const ends = lineEnds(whole);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        fs.writeFileSync(paths.log, damaged);
        fs.rmSync(paths.recovering, { force: true });
        if (at < log.bytes) expect(() => recoverAll(paths)).toThrow(/checkpoint\.(damaged|newer)/);
        else expect(foundIn(paths)).toEqual([0, 1, 2].slice(0, ends.filter((end) => end <= at).length));
      }),
      { numRuns: 1500, examples: [[log.bytes + 5, 3]] },
    );

    /** What is found; a line that now says it is of a newer version is refused, which is right as well. */
    function foundIn(at: CheckpointPaths): readonly number[] {
      try {
        return recoverAll(at).indices;
      } catch (error) {
        expect(error).toMatchObject({ code: "checkpoint.newer" });
        return [0, 1, 2].slice(
          0,
          2 + Number(fs.readFileSync(at.log, "latin1").split("\n")[2]?.startsWith('{"v":1')),
        );
      }
    }
  });
});

function throws(action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch {
    return true; // that it failed is all that is asked
  }
}
