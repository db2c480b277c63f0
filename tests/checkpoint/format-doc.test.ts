// docs/format.md shows real bytes: they are read here by the code that reads them in a run.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { parseRecord } from "../../lib/checkpoint/record/parse-record.ts";
import { readResult } from "../../lib/checkpoint/record/read-record.ts";
import { scanLog } from "../../lib/checkpoint/log/log-reader.ts";
import { logStart } from "../../lib/checkpoint/log/log-start.ts";
import { verifyCheckpoint } from "../../lib/checkpoint/log/verify.ts";
import { KEY } from "../../lib/checkpoint/record/record-format.ts";
import { readStatus } from "../../lib/checkpoint/status/status-file.ts";
import type { FormatVersion } from "../../lib/core/format-version.ts";
import type { ParsedRecord } from "../../lib/core/record.ts";
import { type Status, versionFor } from "../../lib/core/status.ts";
import { newFolder } from "../helpers/ckpt.ts";

const NONCE = "000102030405060708090a0b0c0d0e0f";
const doc = fs.readFileSync(path.join(import.meta.dir, "../../docs/format.md"), "utf8");

function example(name: string): string {
  const found = new RegExp(`<!-- example: ${name} -->\n\`\`\`\n([^]*?)\`\`\``).exec(doc)?.[1];
  if (found === undefined) throw new Error(`docs/format.md has no example "${name}"`);
  return found;
}

/** The records of an example of a log, and where they end. */
function logOf(name: string, version: FormatVersion) {
  const log = path.join(newFolder(), "log");
  fs.writeFileSync(log, example(name));
  const records: ParsedRecord[] = [];
  const start = logStart({ v: version, session: { nonce: NONCE } });
  const scan = scanLog(fs, log, start, (_frame, line) => {
    const record = parseRecord(line);
    if (record !== null) records.push(record);
  });
  expect(scan.fault).toBeNull();
  return { log, records, end: scan.valid };
}

function statusOf(name: string): Status {
  const file = path.join(newFolder(), "status");
  fs.writeFileSync(file, example(name));
  const read = readStatus(fs, file);
  if (read.kind !== "good") throw new Error(`the example "${name}" is ${read.kind}`);
  return read.status;
}

test("the records and the status in docs/format.md are valid, and agree with each other", () => {
  const { records, end } = logOf("records", 1);
  expect(records.map(({ index }) => index)).toEqual([0, 1]);
  expect(statusOf("status").log).toEqual(end);
});

test("so are those of version 2, and the log is what the status says of it", () => {
  const { log, records, end } = logOf("records of version 2", 2);
  const status = statusOf("status of version 2");
  expect(status.log).toEqual(end);
  expect(records.map(({ index, repeat = 1 }) => [index, repeat])).toEqual([
    [0, 1],
    [0, 2],
    [1, 1],
    [1, 2],
    [4, 1],
  ]);
  const statusFile = path.join(newFolder(), "status");
  fs.writeFileSync(statusFile, example("status of version 2"));
  const { total, results_saved: saved, completed, failed } = status;
  expect(verifyCheckpoint(fs, { status: statusFile, log })).toMatchObject({
    problemCount: 0,
    items: saved,
    completed,
    failed,
  });
  expect([total, saved]).toEqual([6, 5]);
  expect(versionFor(status)).toBe(2);
});

test("the grammar of a record names its keys in the order in which they are written", () => {
  const grammar = /```\nrecord = ([^]*?)\nRETRY/.exec(doc)?.[1] ?? "";
  // Keys of errors and of what `import` holds have the names of other keys.
  const own = grammar.replaceAll(/(?<="(?:error|import|from)":)\{[^}]*\}/g, "{}");
  const places = Object.values(KEY).map((text) => own.indexOf(text.replace(/^[{,]/, "").replace(/"$/, "")));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  for (const key of Object.values(KEY).map((text) => /"(\w+)"/.exec(text)?.[1] ?? ""))
    if (!["v", "status"].includes(key)) expect(doc).toContain(`\`${key}\``);
});

test("the record of an id that is a number is valid, and tells id and number", () => {
  logOf("id_json", 1);
  const line = Buffer.from(example("id_json").trimEnd());
  expect(parseRecord(line)).toMatchObject({ id: "12345678901234567890", output: "18" });
  expect(readResult(line, "json")?.idJson).toBe("12345678901234567890");
  expect(readResult(line, "text")?.idJson).toBe('"12345678901234567890"');
});
