// A checkpoint of version 1 that is gone on with as one of version 2.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { readLineAt } from "../../../lib/checkpoint/log/log-reader.ts";
import { raiseVersion } from "../../../lib/checkpoint/log/raise-version.ts";
import { recover, type Recovered } from "../../../lib/checkpoint/log/recovery.ts";
import { verifyCheckpoint } from "../../../lib/checkpoint/log/verify.ts";
import type { CheckpointPaths } from "../../../lib/checkpoint/names.ts";
import { parseRecord } from "../../../lib/checkpoint/record/parse-record.ts";
import { Plan } from "../../../lib/core/plan.ts";
import { realFileSystem as real } from "../../../lib/io/fs.ts";
import { keyOf, makeCheckpoint, newPaths, okResult, openSession } from "../../helpers/checkpoint.ts";

const NOW_MS = Date.UTC(2026, 10, 24);

function recovered(paths: CheckpointPaths): { readonly found: Recovered; readonly offsets: number[] } {
  const offsets: number[] = [];
  const found = recover(real, paths, (_frame, _line, offset) => void offsets.push(offset));
  if (found === null) throw new Error("nothing was recovered");
  return { found, offsets };
}

test("the records are the same, in the same places; what was committed is, and nothing more", async () => {
  const paths = newPaths();
  await makeCheckpoint(paths, 3, 2);
  const before = recovered(paths);
  const log = fs.readFileSync(paths.log);
  const raised = raiseVersion(real, paths, before.found, NOW_MS);
  expect(raised.status).toMatchObject({ v: 2, log: { records: 3, bytes: before.found.status.log.bytes } });
  const { problemCount, uncommitted, version } = verifyCheckpoint(real, paths) ?? {};
  expect({ problemCount, uncommitted, version }).toEqual({ problemCount: 0, uncommitted: 2, version: 2 });
  const after = recovered(paths);
  expect(after.offsets).toEqual(before.offsets);
  expect(after.found).toMatchObject({ status: raised.status, position: raised.position, adopted: 2 });
  const fd = fs.openSync(paths.log, "r");
  const outputs = before.offsets.map(
    (offset) => parseRecord(readLineAt(real, fd, offset) ?? Buffer.alloc(0))?.output,
  );
  fs.closeSync(fd);
  expect(outputs).toEqual([0, 1, 2, 3, 4].map((index) => `answer ${index}`));
  const [backup = ""] = fs.readdirSync(paths.backups);
  expect(backup).toStartWith("auto_raised_");
  expect(fs.readFileSync(path.join(paths.backups, backup, path.basename(paths.log))).equals(log)).toBe(true);
});

test("the session continues with what only version 2 has, and refuses to before", async () => {
  const paths = newPaths();
  await makeCheckpoint(paths, 2, 0);
  const { found } = recovered(paths);
  const plan = new Plan(2, { repeats: 2, isPart: false });
  for (const index of [0, 1]) plan.recorded(plan.unitOf(index, 1) ?? -1, null, 0);
  const key = { ...keyOf(0), repeat: 2 };
  const old = openSession(paths, { recovered: found, plan });
  expect(() => old.add(key, okResult("1"))).toThrow("version 1");
  old.close();
  const session = openSession(paths, { recovered: raiseVersion(real, paths, found, NOW_MS), plan });
  await session.begin();
  session.add(key, okResult("1"));
  await session.end("stopped", "limit");
  session.close();
  expect(session.committed).toMatchObject({ v: 2, total: 4, results_saved: 3, log: { records: 3 } });
  expect(verifyCheckpoint(real, paths)).toMatchObject({ problemCount: 0, items: 3, highestRepeat: 2 });
});
