// The installers have what is made for them: the table of targets, the address of the releases, the public key.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { installerFiles } from "../../scripts/release/installers.ts";
import { RELEASES_URL } from "../../scripts/release/repository.ts";

const ROOT = path.resolve(import.meta.dir, "../..");

test.each([...installerFiles()])("%s is what scripts/release/installers.ts makes of it", (name, content) => {
  expect(fs.readFileSync(path.join(ROOT, name), "utf8")).toBe(content);
  expect(content).toContain(RELEASES_URL);
});

test("install.ps1 is plain ASCII, which Windows PowerShell reads alike in every encoding", () => {
  expect(fs.readFileSync(path.join(ROOT, "scripts/release/install.ps1"), "utf8")).toMatch(/^[\t\n -~]*$/);
});
