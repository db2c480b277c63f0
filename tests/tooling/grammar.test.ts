// The grammar of a record stands in one folder: whoever wants to know something of a record's line asks there.
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { KEY } from "../../lib/checkpoint/record/record-format.ts";

const LIB = join(import.meta.dir, "../../lib");
const RECORD = "checkpoint/record/";

/** Keys that only records have, as JSON text. */
const TEXTS = (
  ["seq", "hash", "fp", "attempts", "retries", "startedAt", "durationMs", "idJson", "origin", "prev"] as const
).map((name) => KEY[name].replace(/^,/, "").replace(/"$/, ""));

test("no file outside of lib/checkpoint/record/ has a key of records as text", () => {
  const files = readdirSync(LIB, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const knowing = files.filter((name) => {
    const source = readFileSync(join(LIB, name), "utf8");
    return TEXTS.some((text) => source.includes(text));
  });
  expect(knowing.length).toBeGreaterThan(0);
  expect(knowing.filter((name) => !name.startsWith(RECORD))).toEqual([]);
});
