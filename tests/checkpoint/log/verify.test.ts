// `verify` and `verify --repair` over every kind of damage to a small checkpoint.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { lockFolder } from "../../../lib/checkpoint/folder.ts";
import { parseRecord } from "../../../lib/checkpoint/record/parse-record.ts";
import { firstPrev, relinkRecord } from "../../../lib/checkpoint/record/write-record.ts";
import { newIdentity } from "../../../lib/checkpoint/identity.ts";
import { shortHash } from "../../../lib/checkpoint/checksum.ts";
import { repairCheckpoint } from "../../../lib/checkpoint/log/repair.ts";
import { type VerifyReport, verifyCheckpoint } from "../../../lib/checkpoint/log/verify.ts";
import { encodeStatus } from "../../../lib/checkpoint/status/status-file.ts";
import { systemClock } from "../../../lib/io/clock.ts";
import { newFolder } from "../../helpers/ckpt.ts";
import { NOW_MS } from "../../helpers/in-process.ts";
import { type Made, makeCheckpoint, type MakeOptions } from "../../helpers/made-checkpoint.ts";

setDefaultTimeout(60_000);

const OWNER = { pid: 1, host: "h", started_at: "2026-11-23T00:00:00.000Z" };

function verdictOn(checkpoint: Made): VerifyReport {
  const report = verifyCheckpoint(fs, checkpoint.paths);
  if (report === null) throw new Error("no checkpoint");
  return report;
}

function newCheckpoint(options: MakeOptions = {}): Made {
  return makeCheckpoint(path.join(newFolder(), "c"), options);
}

/** Offset of a line in the log. */
const offsetOf = (lines: readonly string[], at: number): number =>
  lines.slice(0, at).reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);

function setLines(checkpoint: Made, lines: readonly string[]): void {
  fs.writeFileSync(checkpoint.paths.log, lines.map((line) => `${line}\n`).join(""));
}

/** Ids of the items in the log, in order. */
function itemsIn(checkpoint: Made): (string | undefined)[] {
  const lines = fs.readFileSync(checkpoint.paths.log, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => parseRecord(Buffer.from(line))?.id);
}

async function repair(checkpoint: Made): Promise<void> {
  const folder = await lockFolder(fs, checkpoint.paths.dir, OWNER, systemClock);
  repairCheckpoint(fs, checkpoint.paths, verdictOn(checkpoint), {
    nowMs: NOW_MS,
    identity: newIdentity(NOW_MS),
  });
  folder.release();
  expect(verdictOn(checkpoint)).toMatchObject({ problemCount: 0, uncommitted: 0, tornBytes: 0 });
}

const OTHER = newCheckpoint({ nonce: "b".repeat(32) }).lines;

/** A record of another session, numbered and linked to fit at `at`. */
function fitted(lines: readonly string[], at: number): string {
  const prev = at === 0 ? firstPrev("a".repeat(32)) : (lines[at - 1]?.slice(-18, -2) ?? "");
  return relinkRecord(Buffer.from(OTHER[at] ?? ""), { version: 1, seq: at + 1, prev }, "origin")
    .bytes.toString("utf8")
    .trim();
}

type Damage = {
  readonly name: string;
  readonly change: (lines: readonly string[]) => readonly string[];
  readonly problems: (lines: readonly string[]) => object[];
  /** Items that are left after a repair, without `q`. */
  readonly left: string;
};

const bad = (record: number, item: string | null) => (lines: readonly string[]) => [
  { kind: "record-sum", record, offset: offsetOf(lines, record - 1), item },
];

const flipped = (line: string, key: string): string => {
  const at = line.indexOf(key) + key.length;
  return line.slice(0, at) + String.fromCharCode(line.charCodeAt(at) ^ 1) + line.slice(at + 1);
};

const flips = [
  '{"v":',
  '"seq":',
  '"index":',
  '"status":"',
  '"hash":"',
  '"fp":"',
  '"output":"',
  '"attempts":',
  '"started_at":"',
  '"duration_ms":',
  '"prev":"',
  '"sum":"',
];

const DAMAGES: readonly Damage[] = [
  ...flips.map((key): Damage => ({
    name: `a bit flipped behind ${key}`,
    change: (lines) => lines.with(2, flipped(lines[2] ?? "", key)),
    problems: (lines) => [{ kind: "record-sum", record: 3, offset: offsetOf(lines, 2) }],
    left: "01345",
  })),
  {
    name: "a line deleted",
    change: (lines) => lines.toSpliced(2, 1),
    problems: () => [{ kind: "records-missing", from: 3, to: 3 }],
    left: "01345",
  },
  {
    name: "the first line deleted",
    change: (lines) => lines.slice(1),
    problems: () => [{ kind: "records-missing", from: 1, to: 1 }],
    left: "12345",
  },
  {
    name: "the last line deleted",
    change: (lines) => lines.slice(0, -1),
    problems: () => [{ kind: "records-missing", from: 6, to: 6 }],
    left: "01234",
  },
  {
    name: "a line doubled next to itself",
    change: (lines) => lines.toSpliced(3, 0, lines[2] ?? ""),
    problems: (lines) => [{ kind: "record-stray", record: 3, offset: offsetOf(lines, 3), item: "q2" }],
    left: "012345",
  },
  {
    name: "a line doubled elsewhere",
    change: (lines) => lines.toSpliced(5, 0, lines[2] ?? ""),
    problems: (lines) => [{ kind: "record-stray", record: 3, offset: offsetOf(lines, 5), item: "q2" }],
    left: "012345",
  },
  {
    name: "two lines swapped",
    change: (lines) => lines.with(2, lines[3] ?? "").with(3, lines[2] ?? ""),
    problems: (lines) => [
      {
        kind: "record-stray",
        record: 3,
        item: "q2",
        offset: offsetOf(lines, 2) + (lines[3]?.length ?? 0) + 1,
      },
    ],
    left: "012345",
  },
  {
    name: "a junk line in place of one",
    change: (lines) => lines.with(2, "junk"),
    problems: bad(3, null),
    left: "01345",
  },
  {
    name: "junk lines between",
    change: (lines) => lines.toSpliced(3, 0, "junk"),
    problems: (lines) => [{ kind: "record-sum", offset: offsetOf(lines, 3) }],
    left: "012345",
  },
  {
    name: "another session's record in place of one",
    change: (lines) => lines.with(2, OTHER[2] ?? ""),
    problems: (lines) => [
      { kind: "record-stray", record: 3, offset: offsetOf(lines, 2), item: "q2" },
      { kind: "records-missing", from: 3, to: 3 },
    ],
    left: "01345",
  },
  {
    name: "another session's record in the place of the last",
    change: (lines) => lines.with(5, OTHER[5] ?? ""),
    problems: (lines) => [
      { kind: "record-stray", record: 6, offset: offsetOf(lines, 5), item: "q5" },
      { kind: "records-missing", from: 6, to: 6 },
    ],
    left: "01234",
  },
  {
    name: "the log of another session",
    change: () => OTHER,
    problems: () => [
      { kind: "record-stray", record: 1, offset: 0, item: "q0" },
      { kind: "records-missing", from: 1, to: 6 },
    ],
    left: "",
  },
];

describe.each(DAMAGES.map((each) => [each.name, each] as const))(
  "%s",
  (_name, { change, problems, left }) => {
    test("is named by record, offset and item; a repair keeps what is provable and is clean", async () => {
      const checkpoint = newCheckpoint();
      setLines(checkpoint, change(checkpoint.lines));
      const report = verdictOn(checkpoint);
      expect(report.problems).toMatchObject(problems(checkpoint.lines));
      await repair(checkpoint);
      expect(itemsIn(checkpoint).join("")).toBe(left.replaceAll(/./g, "q$&"));
    });
  },
);

test.each([0, 2, 5])(
  "a stranger's record linked to fit in place %p is belied by what is after it, and left out",
  async (at) => {
    const checkpoint = newCheckpoint();
    const stranger = resummed(
      fitted(checkpoint.lines, at)
        .replace(/,"origin":\d+/, "")
        .replace(/"answer \d"/, '"strange!"'),
    );
    expect(stranger.length).toBe(checkpoint.lines[at]?.length ?? 0);
    setLines(checkpoint, checkpoint.lines.with(at, stranger));
    expect(verdictOn(checkpoint).problems).toContainEqual({
      kind: "records-missing",
      from: at + 1,
      to: at + 1,
    });
    await repair(checkpoint);
    expect(itemsIn(checkpoint)).toEqual(["q0", "q1", "q2", "q3", "q4", "q5"].toSpliced(at, 1));
  },
);

/** A line with its checksum made right. */
function resummed(line: string): string {
  const body = line.slice(0, -18);
  return `${body}${shortHash(Buffer.from(body))}"}`;
}

test("cut at every byte: committed bytes that are lost are damage, and the whole records before are kept", () => {
  const checkpoint = newCheckpoint();
  const whole = fs.readFileSync(checkpoint.paths.log);
  for (let length = 0; length < whole.length; length++) {
    fs.writeFileSync(checkpoint.paths.log, whole.subarray(0, length));
    const records = whole.subarray(0, length).toString().split("\n").length - 1;
    const report = verdictOn(checkpoint);
    expect({ length, records: report.records, wrong: report.problemCount > 0 }).toEqual({
      length,
      records,
      wrong: true,
    });
  }
});

describe("what a crash leaves is no damage:", () => {
  test("records behind the last commit", () => {
    expect(verdictOn(newCheckpoint({ uncommitted: 2 }))).toMatchObject({
      problemCount: 0,
      uncommitted: 2,
      records: 8,
      items: 8,
    });
  });

  test.each([
    ["half a line", '{"v":1,"seq":7,'],
    ["zeros", "\0".repeat(512)],
    ["garbage with line ends", "x\ny\n"],
  ])("%s behind the last record", (_name, tail) => {
    for (const uncommitted of [0, 2]) {
      const checkpoint = newCheckpoint({ uncommitted });
      fs.appendFileSync(checkpoint.paths.log, tail);
      expect(verdictOn(checkpoint)).toMatchObject({ problemCount: 0, uncommitted, tornBytes: tail.length });
    }
  });
});

describe("the status", () => {
  test("lost: every record is provable, and the repair makes a new one", async () => {
    const checkpoint = newCheckpoint();
    fs.unlinkSync(checkpoint.paths.status);
    expect(verdictOn(checkpoint)).toMatchObject({
      problems: [{ kind: "status-missing" }],
      records: 6,
      completed: 5,
      failed: 1,
    });
    await repair(checkpoint);
    expect(itemsIn(checkpoint).length).toBe(6);
  });

  test("with any byte flipped: a wrong checksum, or a newer version refused by name", () => {
    const checkpoint = newCheckpoint();
    const bytes = fs.readFileSync(checkpoint.paths.status);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      fs.writeFileSync(checkpoint.paths.status, damaged);
      let found = "checkpoint.newer";
      try {
        found = verdictOn(checkpoint).problems[0]?.kind ?? "none";
      } catch (error) {
        expect(error).toMatchObject({ code: "checkpoint.newer" });
      }
      expect({ at, found }).toEqual({ at, found: expect.stringMatching(/^(status-sum|checkpoint\.newer)$/) });
    }
  });

  test("of another session: none of its records is accepted at the start or the end", () => {
    const checkpoint = newCheckpoint();
    fs.writeFileSync(
      checkpoint.paths.status,
      encodeStatus({
        ...checkpoint.status,
        session: { ...checkpoint.status.session, nonce: "c".repeat(32) },
        log: { ...checkpoint.status.log, last_sum: "0".repeat(16) },
      }),
    );
    expect(verdictOn(checkpoint)).toMatchObject({ records: 0, items: 0 });
  });

  test("with a wrong count", () => {
    const checkpoint = newCheckpoint();
    fs.writeFileSync(checkpoint.paths.status, encodeStatus({ ...checkpoint.status, results_saved: 5 }));
    expect(verdictOn(checkpoint).problems).toEqual([{ kind: "count", found: 6, expected: 5 }]);
  });
});

test("a lost log: all committed records are missing", async () => {
  const checkpoint = newCheckpoint();
  fs.unlinkSync(checkpoint.paths.log);
  expect(verdictOn(checkpoint)).toMatchObject({
    problems: [{ kind: "log-missing", records: 6 }],
    records: 0,
  });
  await repair(checkpoint);
  expect(itemsIn(checkpoint)).toEqual([]);
});

test("a second success of the same item is a double, and a repair leaves it out; one that failed before is none", async () => {
  const checkpoint = newCheckpoint({ items: [0, 1, 2, 0, 1, 3] });
  expect(verdictOn(checkpoint).problems).toEqual([
    { kind: "record-double", record: 4, offset: offsetOf(checkpoint.lines, 3), item: "q0" },
  ]);
  await repair(checkpoint);
  expect(itemsIn(checkpoint)).toEqual(["q0", "q1", "q2", "q1", "q3"]);
});

test("a repair keeps unknown keys byte for byte, and `origin` names the number before, also the second time", async () => {
  const checkpoint = newCheckpoint();
  const tail = /,"attempts":.*/.exec(checkpoint.lines[5] ?? "")?.[0] ?? "";
  const own = (checkpoint.lines[5] ?? "").replace(
    tail,
    `${tail.slice(0, tail.indexOf(',"prev"'))},"later":{"a": 1.50}${tail.slice(tail.indexOf(',"prev"'))}`,
  );
  const last = resummed(own);
  const log = [...checkpoint.lines.slice(0, 5), last];
  setLines(checkpoint, log);
  const bytes = fs.statSync(checkpoint.paths.log).size;
  fs.writeFileSync(
    checkpoint.paths.status,
    encodeStatus({ ...checkpoint.status, log: { bytes, records: 6, last_sum: last.slice(-18, -2) } }),
  );
  expect(verdictOn(checkpoint).problemCount).toBe(0);
  setLines(checkpoint, log.toSpliced(2, 1));
  await repair(checkpoint);
  const first = fs.readFileSync(checkpoint.paths.log, "utf8").trim().split("\n");
  expect(first[4]).toContain(',"later":{"a": 1.50},"origin":6,"prev"');
  setLines(checkpoint, first.slice(1));
  await repair(checkpoint);
  const second = fs.readFileSync(checkpoint.paths.log, "utf8").trim().split("\n");
  expect(second[3]).toContain(',"later":{"a": 1.50},"origin":5,"prev"');
});

test("a long log with damage in every second line: each fault is counted, a thousand are kept", () => {
  const count = 60_000;
  const checkpoint = newCheckpoint({ records: count });
  setLines(
    checkpoint,
    checkpoint.lines.map((line, at) => (at % 2 === 0 ? line : "junk")),
  );
  const report = verdictOn(checkpoint);
  expect(report).toMatchObject({ records: count / 2, problemCount: count / 2 });
  expect(report.problems.length).toBe(1000);
});
