// docs/format.md shows real bytes: they are read here by the code that reads them in a run.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { parseRecord } from "../../lib/checkpoint/record/parse-record.ts";
import { readResult } from "../../lib/checkpoint/record/read-record.ts";
import { scanLog } from "../../lib/checkpoint/log/log-reader.ts";
import { emptyPosition } from "../../lib/checkpoint/log/recovery.ts";
import { readStatus } from "../../lib/checkpoint/status/status-file.ts";
import { newFolder } from "../helpers/ckpt.ts";

const NONCE = "000102030405060708090a0b0c0d0e0f";
const doc = fs.readFileSync(path.join(import.meta.dir, "../../docs/format.md"), "utf8");

function example(name: string): string {
  const found = new RegExp(`<!-- example: ${name} -->\n\`\`\`\n([^]*?)\`\`\``).exec(doc)?.[1];
  if (found === undefined) throw new Error(`docs/format.md has no example "${name}"`);
  return found;
}

test("the records and the status in docs/format.md are valid, and agree with each other", () => {
  const folder = newFolder();
  const [log, statusFile] = [path.join(folder, "log"), path.join(folder, "status")];
  fs.writeFileSync(log, example("records"));
  fs.writeFileSync(statusFile, example("status"));
  const indices: number[] = [];
  const scan = scanLog(fs, log, emptyPosition(NONCE), (frame) => indices.push(frame.index));
  expect(scan.fault).toBeNull();
  expect(indices).toEqual([0, 1]);
  const read = readStatus(fs, statusFile);
  expect(read.kind).toBe("good");
  expect(read.kind === "good" ? read.status.log : null).toEqual(scan.valid);
});

test("the record of an id that is a number is valid, and tells id and number", () => {
  const log = path.join(newFolder(), "log");
  fs.writeFileSync(log, example("id_json"));
  expect(scanLog(fs, log, emptyPosition(NONCE), () => undefined)).toMatchObject({ fault: null });
  const line = Buffer.from(example("id_json").trimEnd());
  expect(parseRecord(line)).toMatchObject({ id: "12345678901234567890", output: "18" });
  expect(readResult(line, "json")?.idJson).toBe("12345678901234567890");
  expect(readResult(line, "text")?.idJson).toBe('"12345678901234567890"');
});
