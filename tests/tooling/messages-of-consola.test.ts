// Notes, warnings and errors go through the one instance of consola (lib/ui/notes.ts). What else writes to standard error is none of these, and says there
// why it does so by itself.
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const LIB = join(import.meta.dir, "../../lib");

const BY_THEMSELVES = [
  "job/recorded-words.ts", // a note as an event of `--progress json`, before there is a reporter
  "job/session/summary.ts", // how a run ended, as an event
  "start/main.ts", // errors as events, and faults of ckpt
  "ui/ask-clack.ts", // questions
  "ui/ask-lines.ts",
  "ui/ask.ts",
  "ui/notes.ts",
  "ui/reporters/bar.ts", // the moving line, and what a module prints
  "ui/reporters/json.ts",
  "ui/reporters/none.ts",
  "ui/reporters/plain.ts",
];

test("nothing but what is no message writes to standard error by itself", () => {
  const files = readdirSync(LIB, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const writing = files.filter((name) =>
    /\b(?:screen|output)\.write\(|\bhost\.stderr\.|process\.stderr\.write/.test(
      readFileSync(join(LIB, name), "utf8"),
    ),
  );
  expect(writing.toSorted()).toEqual(BY_THEMSELVES);
});

test("one file makes an instance of consola", () => {
  const files = readdirSync(LIB, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const making = files.filter((name) => readFileSync(join(LIB, name), "utf8").includes("createConsola("));
  expect(making).toEqual(["ui/notes.ts"]);
});
