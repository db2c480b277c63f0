// Reading lines and records, whatever the size of the blocks that the system hands out.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import * as fs from "node:fs";
import { eachLine, readLineAt, scanLog } from "../../../lib/checkpoint/log/log-reader.ts";
import { logStart } from "../../../lib/checkpoint/log/log-start.ts";
import { type FileSystem, realFileSystem } from "../../../lib/io/fs.ts";
import { newPaths, NONCE } from "../../helpers/checkpoint.ts";
import { makeLog } from "../../helpers/result-log.ts";

/** A file system whose reads are short: `sizes` in turn. */
function shortReads(sizes: readonly number[]): FileSystem {
  let at = 0;
  const readSync = (fd: number, buffer: Buffer, offset: number, length: number, position: number): number =>
    fs.readSync(fd, buffer, offset, Math.min(length, sizes[at++ % sizes.length] ?? length), position);
  return { ...realFileSystem, readSync: readSync as FileSystem["readSync"] };
}

function linesOf(files: FileSystem, file: string, from: number = 0): string[] {
  const fd = fs.openSync(file, "r");
  const lines: string[] = [];
  eachLine(
    files,
    fd,
    from,
    (line, offset, ended) => void lines.push(`${offset} ${line.toString()}${ended ? "$" : ""}`),
  );
  fs.closeSync(fd);
  return lines;
}

describe("eachLine", () => {
  test("finds the same lines at the same places however short the reads are", () => {
    const { log } = newPaths();
    fc.assert(
      fc.property(
        fc.array(fc.string()),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (parts, sizes) => {
          const text = parts.join("\n");
          fs.writeFileSync(log, text);
          const expected: string[] = [];
          let offset = 0;
          const lines = text.split("\n");
          for (const [at, line] of lines.entries()) {
            const ended = at < lines.length - 1;
            if (ended || line !== "") expected.push(`${offset} ${line}${ended ? "$" : ""}`);
            offset += Buffer.byteLength(line) + 1;
          }
          expect(linesOf(shortReads(sizes), log)).toEqual(expected);
        },
      ),
    );
  });

  test("takes lines that are longer than a block", () => {
    const { log } = newPaths();
    const long = "x".repeat(5_000_000);
    fs.writeFileSync(log, `a\n${long}\nb\n`);
    expect(linesOf(realFileSystem, log)).toEqual(["0 a$", `2 ${long}$`, `${long.length + 3} b$`]);
  });

  test("begins where it is told to, and ends when the visitor has enough", () => {
    const { log } = newPaths();
    fs.writeFileSync(log, "one\ntwo\nthree\n");
    expect(linesOf(realFileSystem, log, 4)).toEqual(["4 two$", "8 three$"]);
    const fd = fs.openSync(log, "r");
    let seen = 0;
    eachLine(realFileSystem, fd, 0, () => ++seen < 2);
    fs.closeSync(fd);
    expect(seen).toBe(2);
  });
});

const START = logStart({ v: 1, session: { nonce: NONCE } });

describe("scanLog", () => {
  const results = Array.from({ length: 4 }, (_, index) => ({
    index,
    output: JSON.stringify(`答案 ${index}`),
  }));

  function lines(): { readonly log: string; readonly lines: string[] } {
    const { dir } = newPaths();
    const { logFile } = makeLog(dir, results);
    return { log: logFile, lines: fs.readFileSync(logFile, "utf8").split("\n").slice(0, -1) };
  }

  for (const [name, change, kind, seq] of [
    ["a line that is missing", (all: string[]) => all.toSpliced(1, 1), "sequence", 2],
    ["a line that is doubled", (all: string[]) => all.toSpliced(1, 0, all[0] ?? ""), "sequence", 2],
    [
      "two lines in each other's place",
      (all: string[]) => [all[1] ?? "", all[0] ?? "", ...all.slice(2)],
      "sequence",
      1,
    ],
    ["an empty line", (all: string[]) => all.toSpliced(2, 0, ""), "sum", 3],
    ["a line with a space behind it", (all: string[]) => all.with(3, `${all[3]} `), "sum", 4],
    ["a carriage return", (all: string[]) => all.map((line) => `${line}\r`), "sum", 1],
  ] as const) {
    test(`${name} ends what is valid`, () => {
      const { log, lines: good } = lines();
      fs.writeFileSync(
        log,
        change(good)
          .map((line) => `${line}\n`)
          .join(""),
      );
      const scan = scanLog(realFileSystem, log, START, () => undefined);
      expect(scan.fault).toMatchObject({ kind, seq });
      expect(scan.valid.records).toBe(seq - 1);
    });
  }

  test("a record of another session does not follow", () => {
    const { log } = lines();
    expect(
      scanLog(realFileSystem, log, logStart({ v: 1, session: { nonce: "another nonce" } }), () => undefined)
        .fault?.kind,
    ).toBe("chain");
  });

  test("a last record without its line end is cut off, even when all else of it is there", () => {
    const { log } = lines();
    fs.truncateSync(log, fs.statSync(log).size - 1);
    const scan = scanLog(realFileSystem, log, START, () => undefined);
    expect([scan.fault?.kind, scan.valid.records]).toEqual(["unended", 3]);
  });

  test("continues from a position, and from there only", () => {
    const { log } = lines();
    const offsets: number[] = [];
    const whole = scanLog(realFileSystem, log, START, (_frame, _line, offset) => void offsets.push(offset));
    const half: number[] = [];
    const middle = { bytes: offsets[2] ?? 0, records: 2, last_sum: sumOf(lines2(log)[1] ?? "") };
    const rest = scanLog(
      realFileSystem,
      log,
      { position: middle, version: 1 },
      (frame) => void half.push(frame.index),
    );
    expect([half, rest.valid]).toEqual([[2, 3], whole.valid]);
  });

  test("a line is found again by its offset, whatever its length", () => {
    const { dir } = newPaths();
    const long = JSON.stringify("y".repeat(100_000));
    const { logFile, plan } = makeLog(dir, [
      { index: 0, output: long },
      { index: 1, output: "2" },
    ]);
    const fd = fs.openSync(logFile, "r");
    const outputs = [0, 1].map((index) => {
      const line = readLineAt(realFileSystem, fd, plan.offset(index) ?? -1);
      return JSON.stringify((JSON.parse(line?.toString() ?? "null") as { output: unknown }).output);
    });
    expect(outputs).toEqual([long, "2"]);
    expect(readLineAt(realFileSystem, fd, fs.statSync(logFile).size - 5)).not.toBeNull();
    expect(readLineAt(realFileSystem, fd, fs.statSync(logFile).size)).toBeNull();
    fs.closeSync(fd);
  });
});

function lines2(log: string): string[] {
  return fs.readFileSync(log, "utf8").split("\n");
}

function sumOf(line: string): string {
  return (JSON.parse(line) as { sum: string }).sum;
}
