// What is made of the declarations stands in the docs as it would be made now.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { referenceFiles } from "../../scripts/reference.ts";

const ROOT = path.resolve(import.meta.dir, "../..");

test.each([...referenceFiles()])("%s is what the declarations say", (name, content) => {
  expect(fs.readFileSync(path.join(ROOT, name), "utf8")).toBe(content);
});
