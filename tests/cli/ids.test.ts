// An id comes out as what it is in the item: a number with every digit, a truth value, a string. Ids are told apart by their text.
// Needs python3.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { checkpointPaths } from "../../lib/checkpoint/names.ts";
import { encodeStatus, readStatus } from "../../lib/checkpoint/status/status-file.ts";
import { realFileSystem } from "../../lib/io/fs.ts";
import { ckpt, newFolder, read, writeLines } from "../helpers/ckpt.ts";

setDefaultTimeout(60_000);

/** JSON texts of ids. */
const IDS = ["7", "12345678901234567890", '"q\\"1"', "1.50", "true", '"8"', "-3e2", '"true?"'];

function newInput(field: string = "id"): string {
  const folder = newFolder();
  writeLines(
    folder,
    "q.jsonl",
    IDS.map((id) => `{"${field}":${id},"n":{"${field}":${id}}}`),
  );
  return folder;
}

/** The JSON texts of the ids in JSON lines. */
function idsIn(text: string): string[] {
  return text
    .trim()
    .split("\n")
    .map((line) => /^\{"index":\d+,"id":(.*?),"status"/.exec(line)?.[1] ?? "none");
}

const RUN = ["run", "q.jsonl", "--id", "id"];
const SOME_FAIL = ["-j", "1", "--failed", "keep", "--", "sh", "-c", 'test "$0" != 7', "{id}"];

describe("an output", () => {
  test.each([[["--", "cat"]], [["--include-input", "--", "cat"]], [SOME_FAIL]])(
    "in JSON lines has each id as the item has it: %j",
    async (args) => {
      const folder = newInput();
      await ckpt(folder, [...RUN, ...args]);
      expect(idsIn(read(folder, "q.results.jsonl"))).toEqual(IDS);
    },
  );

  test.each([
    ["id", "id"],
    ["qid", "qid"],
    ["id", "n.id"],
  ])("has the ids of items with the field %s, by --id %s", async (field, option) => {
    const folder = newInput(field);
    await ckpt(folder, ["run", "q.jsonl", "--id", option, "--", "true"]);
    expect(idsIn(read(folder, "q.results.jsonl"))).toEqual(IDS);
  });

  test("in JSON, of an array, has them too", async () => {
    const folder = newFolder();
    fs.writeFileSync(path.join(folder, "q.json"), `[${IDS.map((id) => `{"id": ${id}}`).join(", ")}]`);
    await ckpt(folder, ["run", "q.json", "--id", "id", "-o", "r.json", "--", "true"]);
    const lines = read(folder, "r.json").split("\n").slice(1, -2).join("\n");
    expect(idsIn(lines)).toEqual(IDS);
  });

  test("in CSV has them as cells, and of CSV they are strings", async () => {
    const folder = newInput();
    await ckpt(folder, [...RUN, "-o", "r.csv", "--", "true"]);
    const cells = ["7", "12345678901234567890", '"q""1"', "1.50", "true", "8", "-3e2", "true?"];
    expect(
      read(folder, "r.csv")
        .trim()
        .split("\r\n")
        .slice(1)
        .map((row) => row.split(",")[1] ?? ""),
    ).toEqual(cells);
    writeLines(folder, "t.csv", ["id,x", "7,a", "8,b"]);
    await ckpt(folder, ["run", "t.csv", "--dir", "t", "--id", "id", "--", "true"]);
    expect(idsIn(read(folder, "t.results.jsonl"))).toEqual(['"7"', '"8"']);
  });

  test("has them also of a session that was stopped and resumed, exported and repaired", async () => {
    const folder = newInput();
    await ckpt(folder, [...RUN, "--limit", "3", "-j", "1", "--", "true"]);
    expect(idsIn((await ckpt(folder, ["export"])).out)).toEqual(IDS.slice(0, 3));
    await ckpt(folder, [...RUN, "--limit", "3", "-j", "1", "--", "true"]);
    const { log } = checkpointPaths(path.join(folder, "checkpoints"));
    const lines = fs.readFileSync(log, "utf8").split("\n");
    fs.writeFileSync(log, lines.with(1, (lines[1] ?? "").replace('"ok"', '"oK"')).join("\n"));
    expect((await ckpt(folder, ["verify", "--repair", "--yes"])).code).toBe(0);
    const left = [0, 2, 3, 4, 5].map((index) => IDS[index] ?? "");
    expect(idsIn((await ckpt(folder, ["export"])).out)).toEqual(left);
    expect((await ckpt(folder, [...RUN, "--", "true"])).code).toBe(0);
    expect(idsIn(read(folder, "q.results.jsonl"))).toEqual(IDS);
  });
});

test("an earlier executable's session, whose records do not say, has text for all ids of its output", async () => {
  const folder = newInput();
  await ckpt(folder, [...RUN, "--limit", "3", "-j", "1", "--", "true"]);
  const { status: file } = checkpointPaths(path.join(folder, "checkpoints"));
  const found = readStatus(realFileSystem, file);
  if (found.kind !== "good") throw new Error("no status");
  const { id_json: isSaid, ...input } = found.status.input;
  expect(isSaid).toBe(true);
  fs.writeFileSync(file, encodeStatus({ ...found.status, input }));
  expect((await ckpt(folder, [...RUN, "--", "true"])).code).toBe(0);
  expect(idsIn(read(folder, "q.results.jsonl"))).toEqual(
    IDS.map((id) => (id.startsWith('"') ? id : JSON.stringify(id))),
  );
});

test('7 and "7" are one id', async () => {
  const folder = newFolder();
  writeLines(folder, "q.jsonl", ['{"id":7}', '{"id":"7"}']);
  const ran = await ckpt(folder, [...RUN, "--", "true"]);
  expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('"7" on lines 1, 2')]);
});

test("commands, workers and modules are told the id as text", async () => {
  const folder = newInput();
  const texts = IDS.map((id) => (id.startsWith('"') ? JSON.parse(id) : id));
  fs.writeFileSync(path.join(folder, "m.ts"), "export const process = (_, context) => context.id;");
  const worker = `import json, sys
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"index": request["index"], "output": request["id"]}), flush=True)`;
  for (const [dir, processor] of [
    ["command", ["--", "sh", "-c", 'printf %s "$CKPT_ITEM_ID"']],
    ["worker", ["--worker", "--", "python3", "-c", worker]],
    ["module", ["--module", "m.ts"]],
  ] as const) {
    await ckpt(folder, [...RUN, "--dir", dir, "-o", `${dir}.jsonl`, ...processor]);
    const outputs = read(folder, `${dir}.jsonl`)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).output);
    expect({ dir, outputs }).toEqual({ dir, outputs: texts });
  }
});
