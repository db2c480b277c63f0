// The installers have what is made for them: the table of targets, the address of the releases, the public key.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import { Language, Parser } from "web-tree-sitter";
import { installerFiles } from "../../scripts/release/installers.ts";
import { RELEASES_URL } from "../../scripts/release/repository.ts";

const ROOT = path.resolve(import.meta.dir, "../..");

test.each([...installerFiles()])("%s is what scripts/release/installers.ts makes of it", (name, content) => {
  expect(fs.readFileSync(path.join(ROOT, name), "utf8")).toBe(content);
  expect(content).toContain(RELEASES_URL);
});

/** Places where a text is no PowerShell, by the grammar that editors use: there is no PowerShell here that could run it. */
async function faultsOfPowershell(text: string): Promise<string[]> {
  await Parser.init();
  const grammar = import.meta.resolve("tree-sitter-powershell/tree-sitter-powershell.wasm");
  const parser = new Parser().setLanguage(await Language.load(fileURLToPath(grammar)));
  const tree = parser.parse(text);
  const faults: string[] = [];
  for (const left = [tree?.rootNode]; left.length > 0;) {
    const node = left.pop();
    if (node?.isError === true || node?.isMissing === true)
      faults.push(`line ${node.startPosition.row + 1}: ${node.text}`);
    left.push(...(node?.children ?? []));
  }
  return faults;
}

test("install.ps1 is PowerShell", async () => {
  const text = fs.readFileSync(path.join(ROOT, "scripts/release/install.ps1"), "utf8");
  expect(await faultsOfPowershell(text)).toEqual([]);
  expect(await faultsOfPowershell(text.slice(0, text.length / 2))).not.toEqual([]);
});

test("install.ps1 is plain ASCII, which Windows PowerShell reads alike in every encoding", () => {
  expect(fs.readFileSync(path.join(ROOT, "scripts/release/install.ps1"), "utf8")).toMatch(/^[\t\n -~]*$/);
});
