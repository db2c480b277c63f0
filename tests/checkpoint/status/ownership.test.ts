// A run notices at its next commit that another one has taken its checkpoint over, and saves nothing more.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import { readStatus } from "../../../lib/checkpoint/status/status-file.ts";
import type { CheckpointPaths } from "../../../lib/checkpoint/names.ts";
import type { Session } from "../../../lib/checkpoint/status/session.ts";
import { type FileSystem, realFileSystem } from "../../../lib/io/fs.ts";
import { addAll, newPaths, openSession, OWNER, recoverAll } from "../../helpers/checkpoint.ts";
import { FaultyFileSystem } from "../../helpers/faulty-fs.ts";
import { rejection } from "../../helpers/rejection.ts";

const OTHER = { pid: 77, host: "elsewhere", started_at: "2026-11-23T21:00:00.000Z" };

async function begun(files: FileSystem = realFileSystem): Promise<[CheckpointPaths, Session]> {
  const paths = newPaths();
  fs.writeFileSync(paths.owner, JSON.stringify(OWNER));
  const session = openSession(paths, { fs: files });
  await session.begin();
  addAll(session, [0]);
  await session.commit();
  return [paths, session];
}

/** Another run on the same files, as where no lock keeps it out. */
async function taker(paths: CheckpointPaths): Promise<Session> {
  const { recovered } = recoverAll(paths);
  if (recovered === null) throw new Error("there is a checkpoint here");
  const session = openSession(paths, { recovered, owner: OTHER });
  await session.begin();
  return session;
}

function generationOf(paths: CheckpointPaths): number {
  const read = readStatus(realFileSystem, paths.status);
  if (read.kind !== "good") throw new Error("no good status");
  return read.status.generation;
}

/** What every later save of a displaced run says. */
async function expectDisplaced(session: Session, by: object): Promise<void> {
  const said = { code: "checkpoint.takenOver", params: by };
  const saved = session.committed;
  expect(await rejection(session.commit())).toMatchObject(said);
  expect(session.poisoned).toBe(true);
  expect(await rejection(session.commit())).toMatchObject(said);
  expect(await rejection(session.end("stopped", "error"))).toMatchObject(said);
  expect(session.committed).toBe(saved);
}

const BY_OTHER = { pid: 77, host: "elsewhere" };

describe("a commit", () => {
  test("of an owner that finds a newer generation than its own fails, and leaves that", async () => {
    const [paths, session] = await begun();
    const other = await taker(paths);
    await other.commit();
    const generation = generationOf(paths);
    expect(generation).toBeGreaterThan(session.committed.generation + 1);
    await expectDisplaced(session, BY_OTHER);
    expect(generationOf(paths)).toBe(generation);
    await other.commit();
    await other.end("stopped", "limit");
    expect(recoverAll(paths)).toMatchObject({ recovered: { adopted: 0 }, indices: [0] });
  });

  test("of an owner that finds another's status of the generation that it would write fails", async () => {
    const [paths, session] = await begun();
    const other = await taker(paths);
    expect(generationOf(paths)).toBe(session.committed.generation + 1);
    await expectDisplaced(session, BY_OTHER);
    await other.commit();
  });

  test("names whoever the owner file names, with the task of its scheduler", async () => {
    const [paths, session] = await begun();
    await taker(paths);
    const third = { pid: 5, host: "c", started_at: "2026-11-23T22:00:00.000Z", task: "Slurm 12_3" };
    fs.writeFileSync(paths.owner, JSON.stringify(third));
    await expectDisplaced(session, { pid: 5, host: "c", task: "Slurm 12_3", since: third.started_at });
  });

  test.each([
    ["missing", (file: string) => fs.unlinkSync(file), "no file in its place"],
    ["damaged", (file: string) => fs.writeFileSync(file, "half"), "a damaged file in its place"],
  ])(
    "whose last status is %s fails for good; with another's owner file it was taken over",
    async (_name, spoil, found) => {
      const [paths, session] = await begun();
      spoil(paths.status);
      expect(await rejection(session.commit())).toMatchObject({
        code: "checkpoint.foreignWrite",
        params: { path: paths.status, found },
      });
      expect(session.poisoned).toBe(true);
      const [taken, displaced] = await begun();
      spoil(taken.status);
      fs.writeFileSync(taken.owner, JSON.stringify(OTHER));
      await expectDisplaced(displaced, BY_OTHER);
    },
  );

  test("after another owner has come to its end and left nothing in place was taken over by an unknown one", async () => {
    const [paths, session] = await begun();
    fs.writeFileSync(paths.lock, "");
    for (const file of [paths.owner, paths.status, paths.log]) fs.unlinkSync(file);
    await expectDisplaced(session, { pid: null, host: null, since: null });
  });

  test("whose log was replaced was taken over when another's owner file is there; else somebody has written there", async () => {
    for (const [owner, code] of [
      [OTHER, "checkpoint.takenOver"],
      [OWNER, "checkpoint.foreignWrite"],
    ] as const) {
      const [paths, session] = await begun();
      fs.copyFileSync(paths.log, `${paths.log}.copy`);
      fs.renameSync(`${paths.log}.copy`, paths.log);
      fs.writeFileSync(paths.owner, JSON.stringify(owner));
      expect(await rejection(session.commit())).toMatchObject({ code });
      expect(session.poisoned).toBe(true);
    }
  });

  test("that cannot sync its log was taken over when another's owner file is there", async () => {
    const faulty = new FaultyFileSystem();
    const [paths, session] = await begun(faulty.fs);
    fs.writeFileSync(paths.owner, JSON.stringify(OTHER));
    faulty.fail({ call: "fdatasync", code: "ESTALE" });
    await expectDisplaced(session, BY_OTHER);
  });

  test("whose failure is reported as it is while the owner file cannot be read", async () => {
    const faulty = new FaultyFileSystem();
    const [paths, session] = await begun(faulty.fs);
    fs.writeFileSync(paths.owner, JSON.stringify(OTHER));
    fs.writeFileSync(paths.lock, "");
    faulty.fail({ call: "fdatasync", code: "EIO" });
    faulty.fail({ call: "open", name: "owner.json", code: "EMFILE" });
    expect(await rejection(session.commit())).toMatchObject({ code: "checkpoint.syncFailed" });
  });

  test("accepts the status whose rename was done and reported as failed", async () => {
    const faulty = new FaultyFileSystem();
    let isLost = false;
    const files: FileSystem = {
      ...faulty.fs,
      renameSync: (from, to) => {
        faulty.fs.renameSync(from, to);
        if (isLost) throw Object.assign(new Error("ENOENT: no such file"), { code: "ENOENT" });
      },
    };
    const [paths, session] = await begun(files);
    isLost = true;
    addAll(session, [1]);
    for (let tries = 0; tries < 3; tries++)
      expect(await rejection(session.commit())).toMatchObject({ code: "checkpoint.writeFailed" });
    faulty.fail({ call: "open", name: "processing_status.json.tmp", code: "EMFILE", times: 2 });
    for (let tries = 0; tries < 2; tries++)
      expect(await rejection(session.commit())).toMatchObject({ code: "checkpoint.writeFailed" });
    isLost = false;
    await session.commit();
    expect(recoverAll(paths)).toMatchObject({ recovered: { adopted: 0 }, indices: [0, 1] });
  });

  test("that cannot read the last status may succeed later", async () => {
    const faulty = new FaultyFileSystem();
    const [, session] = await begun(faulty.fs);
    faulty.fail({ call: "open", name: "processing_status.json", code: "EMFILE" });
    expect(await rejection(session.commit())).toMatchObject({ code: "checkpoint.writeFailed" });
    expect(session.poisoned).toBe(false);
    faulty.heal();
    await session.commit();
  });
});

describe("a session", () => {
  test("is not opened on a status that another run has written since the recovery", async () => {
    const [paths] = await begun();
    const { recovered } = recoverAll(paths);
    if (recovered === null) throw new Error("there is a checkpoint here");
    await taker(paths);
    const before = fs.readFileSync(paths.log);
    expect(() => openSession(paths, { recovered })).toThrow("checkpoint.takenOver");
    expect(fs.readFileSync(paths.log)).toEqual(before);
  });

  test("is not begun anew where another one has begun: its log stays", async () => {
    const [paths] = await begun();
    const before = fs.readFileSync(paths.log);
    expect(() => openSession(paths, { owner: OTHER })).toThrow("checkpoint.takenOver");
    expect(fs.readFileSync(paths.log)).toEqual(before);
  });
});
