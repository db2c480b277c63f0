// The log holds whole lines, whatever the system does to a write; after a cut or a sync that failed nothing more is written.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import { LogWriter } from "../../../lib/checkpoint/log/log-writer.ts";
import { scanLog } from "../../../lib/checkpoint/log/log-reader.ts";
import { emptyPosition, logStart } from "../../../lib/checkpoint/log/log-start.ts";
import { CkptError } from "../../../lib/core/errors.ts";
import { keyOf, newPaths, NONCE, okResult } from "../../helpers/checkpoint.ts";
import { FaultyFileSystem } from "../../helpers/faulty-fs.ts";

const LOG = "checkpoint_results.jsonl";

function newWriter(): {
  readonly writer: LogWriter;
  readonly faulty: FaultyFileSystem;
  readonly log: string;
  readonly add: (index: number, output?: string) => number;
  readonly indices: () => number[];
} {
  const { log } = newPaths();
  fs.writeFileSync(log, "");
  const faulty = new FaultyFileSystem();
  const writer = new LogWriter(faulty.fs, log, emptyPosition(NONCE), 1);
  const add = (index: number, output = '"x"'): number =>
    writer.add(keyOf(index), "89abcdef", okResult(output));
  const indices = (): number[] => {
    const found: number[] = [];
    const scan = scanLog(fs, log, START, (frame) => void found.push(frame.index));
    expect(scan.fault).toBeNull();
    expect(scan.valid).toEqual(writer.position);
    return found;
  };
  return { writer, faulty, log, add, indices };
}

const START = logStart({ v: 1, session: { nonce: NONCE } });

describe("LogWriter", () => {
  test("writes what came in one turn with one call, and says where each record stands", () => {
    const { writer, faulty, log, add, indices } = newWriter();
    const offsets = [add(0), add(1, '"二"'), add(2)];
    writer.write();
    writer.write();
    expect(faulty.calls.filter((call) => call.startsWith("write"))).toEqual([`write ${LOG}`]);
    const text = fs.readFileSync(log);
    expect(offsets.map((offset) => text.subarray(offset, offset + 6).toString())).toEqual(
      Array(3).fill('{"v":1'),
    );
    expect(indices()).toEqual([0, 1, 2]);
  });

  test("continues after short writes until all is written", () => {
    const { writer, faulty, add, indices } = newWriter();
    faulty.fail({ call: "write", code: null, bytes: 7, times: 20 });
    add(0);
    writer.write();
    expect(faulty.calls.filter((call) => call.startsWith("write")).length).toBeGreaterThan(20);
    expect(indices()).toEqual([0]);
  });

  test("takes a record of any size", () => {
    const { writer, add, indices } = newWriter();
    add(0, JSON.stringify("大".repeat(700_000)));
    expect(writer.isFull).toBe(true);
    add(1);
    writer.write();
    expect(writer.isFull).toBe(false);
    add(2);
    writer.write();
    expect(indices()).toEqual([0, 1, 2]);
  });

  for (const code of ["ENOSPC", "EDQUOT", "EFBIG"]) {
    test(`${code} in the middle of a write: cut back to whole lines, kept in memory, written later`, () => {
      const { writer, faulty, add, indices } = newWriter();
      add(0);
      writer.write();
      faulty.fail({ call: "write", code: null, bytes: 50, times: 1 });
      faulty.fail({ call: "write", code });
      add(1);
      expect(() => writer.write()).toThrow("checkpoint.diskFull");
      expect(writer.poisoned).toBe(false);
      expect(indices()).toEqual([0]);
      faulty.heal();
      add(2);
      writer.write();
      expect(indices()).toEqual([0, 1, 2]);
    });
  }

  test("another error of a write: cut back, and nothing is written any more", () => {
    const { writer, faulty, add, indices } = newWriter();
    faulty.fail({ call: "write", code: "EIO", bytes: 10, times: 1 });
    add(0);
    expect(() => writer.write()).toThrow("checkpoint.writeFailed");
    expect(writer.poisoned).toBe(true);
    expect(() => writer.write()).toThrow("checkpoint.writeFailed");
    expect(() => add(1)).toThrow("checkpoint.writeFailed");
    expect(indices()).toEqual([]);
  });

  test("a cut that fails is final, even on a full disk", () => {
    const { writer, faulty, add } = newWriter();
    faulty.fail({ call: "write", code: "ENOSPC", bytes: 10 });
    faulty.fail({ call: "truncate", code: "EIO" });
    add(0);
    expect(() => writer.write()).toThrow("checkpoint.writeFailed");
    faulty.heal();
    expect(() => writer.write()).toThrow("checkpoint.writeFailed");
  });

  for (const [name, meddle] of [
    ["bytes that somebody else appended", (log: string) => fs.appendFileSync(log, "x")],
    ["a log that was cut", (log: string) => fs.truncateSync(log, 0)],
    [
      "another file in its place",
      (log: string) => {
        fs.renameSync(log, `${log}.old`);
        fs.copyFileSync(`${log}.old`, log);
      },
    ],
    ["a log that is gone", (log: string) => fs.unlinkSync(log)],
  ] as const) {
    test(`${name}: noticed, and nothing more is written`, () => {
      const { writer, log, add } = newWriter();
      add(0);
      writer.write();
      meddle(log);
      expect(() => writer.assertUntouched()).toThrow("checkpoint.foreignWrite");
      expect(() => add(1)).toThrow("checkpoint.foreignWrite");
    });
  }

  test("a file of which the system tells nothing any more is written no further", () => {
    const { writer, add } = newWriter();
    fs.closeSync(writer.fd);
    expect(() => writer.assertUntouched()).toThrow("checkpoint.writeFailed");
    expect(() => add(1)).toThrow("checkpoint.writeFailed");
  });

  test("the first poison stands", () => {
    const { writer } = newWriter();
    writer.poison(new CkptError("checkpoint.syncFailed", { path: "p", cause: "first" }));
    writer.poison(new CkptError("checkpoint.writeFailed", { path: "p", cause: "second" }));
    expect(() => writer.write()).toThrow("first");
  });
});
