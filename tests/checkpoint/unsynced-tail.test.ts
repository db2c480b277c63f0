// A power cut may keep a later write of the log without an earlier one: behind the last commit that is a tail, not damage.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { checkpointPaths } from "../../lib/checkpoint/names.ts";
import { verifyCheckpoint } from "../../lib/checkpoint/log/verify.ts";
import { realFileSystem } from "../../lib/io/fs.ts";
import { withLock, openCheckpoint, outputOf, type Reported, saveItems } from "../crash/checkpoint-steps.ts";
import { temporaryFolder } from "../helpers/attempts.ts";

/** A checkpoint with seven records, of which the first six are committed by a status put back afterwards. */
async function withUncommitted(dir: string): Promise<string> {
  const reported: Reported = { saved: new Map(), place: undefined, damaged: false };
  await saveItems(3)(realFileSystem, dir, reported);
  const { status, log } = checkpointPaths(path.join(dir, "c"));
  const committed = fs.readFileSync(status);
  await saveItems(7)(realFileSystem, dir, reported);
  fs.writeFileSync(status, committed);
  return log;
}

test("a hole behind the last commit with whole records after it is set aside, and the committed records are kept", async () => {
  using folder = temporaryFolder();
  const log = await withUncommitted(folder.path);
  const bytes = fs.readFileSync(log);
  bytes.fill(0, bytes.indexOf(outputOf(3)), bytes.indexOf(outputOf(3)) + 9);
  fs.writeFileSync(log, bytes);
  const report = verifyCheckpoint(realFileSystem, checkpointPaths(path.join(folder.path, "c")));
  expect(report).toMatchObject({ problemCount: 0, records: 3 });
  await withLock(realFileSystem, folder.path, (at) => {
    const { indices, recovered } = openCheckpoint(realFileSystem, at);
    expect(indices).toEqual([0, 1, 2]);
    expect(recovered?.quarantinedBytes).toBe(report?.tornBytes ?? 0);
  });
});
