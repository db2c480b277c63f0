import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Input, InputSpec } from "../../lib/input/input.ts";
import { inputOfParts, TURN_PARTS } from "../../lib/input/open-input.ts";
import { openPart } from "../../lib/input/open-part.ts";
import { realFileSystem } from "../../lib/io/fs.ts";
import { temporaryFolder } from "../helpers/result-log.ts";

const READS: readonly (readonly [name: string, read: (input: Input) => Promise<unknown>])[] = [
  ["hash", (input) => input.hash()],
  ["scan", (input) => input.scan(() => undefined)],
  ["read", (input) => Array.fromAsync(input.read(() => true))],
];

test.each(READS)("the event loop gets turns during a %s of many short files", async (_name, read) => {
  using folder = temporaryFolder();
  const path = join(folder.path, "short.txt");
  writeFileSync(path, "a\n");
  const spec: InputSpec = {
    path,
    shownPath: "short.txt",
    format: "txt",
    compression: "none",
    encoding: "utf-8",
    delimiter: null,
    jsonPath: null,
    within: null,
    query: null,
    withText: false,
    idField: null,
    hashIndex: false,
    hashFile: false,
    hashLine: false,
  };
  const parts = Array.from({ length: TURN_PARTS }, () => openPart(spec, realFileSystem));
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  await read(inputOfParts(parts, spec));
  expect(turned).toBe(true);
});
