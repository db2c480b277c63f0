// A commit on the thread does what one on the calling thread does, and says what failed.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import { directCommitter, ThreadCommitter } from "../../../lib/checkpoint/status/committer.ts";
import { realFileSystem } from "../../../lib/io/fs.ts";
import { newPaths } from "../../helpers/checkpoint.ts";

for (const [name, make] of [
  ["on the calling thread", () => directCommitter(realFileSystem)],
  ["on a thread of its own", () => new ThreadCommitter()],
] as const) {
  test(`${name}: the status is replaced as a whole, again and again`, async () => {
    const { log, status } = newPaths();
    const logFd = fs.openSync(log, "a");
    const committer = make();
    for (const text of ["a longer status\n", "short\n"]) {
      expect(
        await committer.commit({ logFd, statusFile: status, statusBytes: Buffer.from(text) }),
      ).toBeNull();
      expect(fs.readFileSync(status, "utf8")).toBe(text);
    }
    expect(fs.existsSync(`${status}.tmp`)).toBe(false);
    committer.close();
    fs.closeSync(logFd);
  });

  test(`${name}: a log that cannot be synced is said to be so, and the status stays what it was`, async () => {
    const { status } = newPaths();
    fs.writeFileSync(status, "old");
    const committer = make();
    const failure = await committer.commit({
      logFd: 1 << 20,
      statusFile: status,
      statusBytes: Buffer.from("new"),
    });
    expect(failure).toMatchObject({ stage: "log", code: "EBADF" });
    expect(fs.readFileSync(status, "utf8")).toBe("old");
    committer.close();
  });

  test(`${name}: a status that cannot be written leaves the log synced and the old status`, async () => {
    const { log, status, dir } = newPaths();
    const logFd = fs.openSync(log, "a");
    fs.mkdirSync(`${status}.tmp`);
    const committer = make();
    const failure = await committer.commit({ logFd, statusFile: status, statusBytes: Buffer.from("new") });
    expect(failure).toMatchObject({ stage: "status", code: "EISDIR" });
    expect(fs.readdirSync(dir).toSorted()).toEqual([
      "checkpoint_results.jsonl",
      "processing_status.json.tmp",
    ]);
    committer.close();
    fs.closeSync(logFd);
  });
}
