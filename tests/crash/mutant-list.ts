// Single faults to be put into the code, each with the check that has to notice it. A text stands exactly once in its file, so that a change of
// the code cannot leave a mutant without effect.

export type Edit = { readonly from: string; readonly to: string };

/** A method of tests/crash/run.ts in its quick form, or tests of one file whose names match. */
export type Check = string | { readonly file: string; readonly test: string };

export type Mutant = {
  readonly name: string;
  /** Below lib/. */
  readonly file: string;
  readonly edits: readonly Edit[];
  readonly check: Check;
};

const LOG_SYNC = `  try {
    fs.fdatasyncSync(job.logFd);
  } catch (error) {
    return failure("log", folder, error);
  }
`;
const COMMIT_END = `    return failure("folder", folder, error);
  }
`;

function one(name: string, file: string, from: string, to: string, check: Check): Mutant {
  return { name, file, edits: [{ from, to }], check };
}

function test(file: string, name: string): Check {
  return { file: `./tests/${file}.test.ts`, test: name };
}

export const MUTANTS: readonly Mutant[] = [
  one("no fdatasync", "checkpoint/status/commit.ts", "fs.fdatasyncSync(job.logFd);", "", "crash-states"),
  one("no folder fsync", "checkpoint/status/commit.ts", "syncFolder(fs, folder);", "", "crash-states"),
  one(
    "report before commit",
    "checkpoint/status/session.ts",
    "const attempted = this.#run.attempted;",
    "const attempted = this.#run.attempted;\n    this.#committed = status;",
    "trace-states",
  ),
  {
    name: "status before log",
    file: "checkpoint/status/commit.ts",
    edits: [
      { from: LOG_SYNC, to: "" },
      { from: COMMIT_END, to: `${COMMIT_END}${LOG_SYNC}` },
    ],
    check: "crash-states",
  },
  one(
    "adopt by reading alone",
    "checkpoint/log/recovery.ts",
    `if (scan.valid.bytes > status.log.bytes) adopt(fs, paths, status, scan.valid);
  else if (quarantinedBytes > 0) cut(fs, paths.log, status.log.bytes);`,
    "if (quarantinedBytes > 0) cut(fs, paths.log, scan.valid.bytes);",
    "crash-states",
  ),
  one(
    "no lock",
    "io/lock.ts",
    'database.run("BEGIN EXCLUSIVE");',
    "",
    test("checkpoint/folder", "a second one is refused"),
  ),
  one(
    "no short-write loop",
    "io/file.ts",
    "while (written < bytes.length) {",
    "if (written < bytes.length) {",
    test("checkpoint/log/log-writer", "continues after short writes"),
  ),
  one(
    "truncate without quarantine",
    "checkpoint/log/recovery.ts",
    "scan.fault === null ? 0 : quarantineTail(fs, paths, scan)",
    "scan.fileBytes - scan.valid.bytes",
    test("checkpoint/log/recovery", "a torn tail is in quarantine"),
  ),
  one(
    "torn tail neither set aside nor cut",
    "checkpoint/log/recovery.ts",
    "scan.fault === null ? 0 : quarantineTail(fs, paths, scan)",
    "0",
    "crash-states",
  ),
  one(
    "checksum of records not compared",
    "checkpoint/checksum.ts",
    "high < 0 || low < 0 || high * 16 + low !== digest[i]",
    "high < 0 || low < 0",
    test("checkpoint/record/write-record", "no flipped bit of a record"),
  ),
  one(
    "checksum of small files not compared",
    "checkpoint/status/seal.ts",
    "file.at(-1) === LINE_FEED && hasRightSum(file.subarray(0, -1))",
    "true",
    test("checkpoint/status/seal", "no flipped bit of a sealed file"),
  ),
  one(
    "chain of records not compared",
    "checkpoint/log/log-reader.ts",
    'frame.follows(prev) ? null : "chain"',
    "null",
    test("checkpoint/log/log-reader", "a record of another session"),
  ),
  one(
    "restore without intent",
    "checkpoint/backup/move.ts",
    "replaceFile(fs, paths.intent, Buffer.from(seal(intent)));",
    "",
    "crash-states",
  ),
  one(
    "retry after failed fsync",
    "checkpoint/status/session.ts",
    'if (failure.stage === "status") {',
    'if (failure.stage !== "folder") {',
    test("checkpoint/status/session", "a failed sync of the"),
  ),
  one(
    "count before append",
    "checkpoint/status/session.ts",
    'this.#log.write();\n    await this.#commit(this.#committer, this.#next("running"));',
    'await this.#commit(this.#committer, this.#next("running"));\n    this.#log.write();',
    test("checkpoint/status/session", "a status counts only"),
  ),
  one(
    "no status fsync",
    "io/file.ts",
    "writeAll(fs, fd, bytes);\n      fs.fsyncSync(fd);",
    "writeAll(fs, fd, bytes);",
    "crash-states",
  ),
  one(
    "log's name not synced",
    "checkpoint/status/session.ts",
    "fs.closeSync(fd);\n  }\n  syncFolder(fs, paths.dir);",
    "fs.closeSync(fd);\n  }",
    "crash-states",
  ),
  one(
    "copy of records removed before the commit",
    "checkpoint/status/session.ts",
    "await this.#commit(directCommitter(this.#fs), this.#committed);\n    finishAdoption(this.#fs, this.#paths);",
    "finishAdoption(this.#fs, this.#paths);\n    await this.#commit(directCommitter(this.#fs), this.#committed);",
    "crash-states",
  ),
  one(
    "folders of a move not synced",
    "checkpoint/backup/move.ts",
    "  syncFolder(fs, paths.backups);\n  for",
    "  for",
    "crash-states",
  ),
  one(
    "files of a move not synced",
    "checkpoint/backup/manifest.ts",
    "syncFile(fs, file);",
    "",
    "trace-states",
  ),
  one("output not synced", "io/staged-file.ts", "this.#fs.fsyncSync(this.#fd);", "", "trace-states"),
  {
    name: "output in place before its hash is on record",
    file: "job/output/job-output.ts",
    edits: [
      {
        from: "    const replaced = permit.confirm();\n",
        to: "    const replaced = permit.confirm();\n    staged.place();\n",
      },
      { from: "  staged.place();\n  return facts;", to: "  return facts;" },
    ],
    check: "trace-states",
  },
  one(
    "the smaller generation winning",
    "checkpoint/status/session.ts",
    "if (problem !== null) throw this.#log.poison(problem);",
    "",
    test("checkpoint/status/ownership", "a commit of an owner that finds a newer generation"),
  ),
  one(
    "a takeover of the log in place",
    "checkpoint/folder.ts",
    "takeOverLog(fs, paths.log, claim);",
    "claim();",
    test("checkpoint/log/take-over", "lockFolder\\(\\) takes the log over where"),
  ),
  one(
    "what comes during the copy of a log left out",
    "checkpoint/log/take-over.ts",
    "appendLate(fs, old, size, log);",
    "",
    test("checkpoint/log/take-over", "two owners at once"),
  ),
  one(
    "a gap between intervals",
    "shards/shard-rule.ts",
    "to: Math.ceil((index * KEYS) / count)",
    "to: Math.ceil((index * KEYS) / count) - 1",
    test("shards/shard-rule", "the intervals of all shards tile"),
  ),
  one(
    "a merge without the count",
    "shards/shard-set.ts",
    "return shards.reduce((sum, { source }) => sum + source.counts.total, 0) !== unitsOf(job);",
    "return false;",
    test("shards/shard-total", "shards that have another number"),
  ),
  one(
    "a failure before the success of another shard",
    "shards/merged-results.ts",
    "else if (error === null && plan.hasFailed(unit)) plan.recorded(unit, null, place);",
    "",
    test("property/merge", "a merge takes the result"),
  ),
  one(
    "different outputs that nobody sees",
    "shards/merged-results.ts",
    "else if (error === null) others.set(unit, place);",
    "",
    test("property/merge", "a merge takes the result"),
  ),
];
