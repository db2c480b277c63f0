// What may become a release: a clean commit whose tag is the version, with a section in the changelog.
// Needs git.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { readCheckout, sectionOf } from "../../scripts/release/checkout.ts";
import { ENV, newFolder } from "../helpers/ckpt.ts";
import { rejection } from "../helpers/rejection.ts";
import { copyOfCheckout, git } from "./builds.ts";

const CHANGELOG = [
  "# Changelog",
  "",
  "## Unreleased",
  "- Not out yet.",
  "",
  "## 1.2.0 - 2026-01-02",
  "- Two.",
  "",
  "### More",
  "- Three.",
  "",
  "## 1.1.0",
  "- One.",
  "",
].join("\n");

function repository(version: string, tags: readonly string[] = [], changelog = CHANGELOG): string {
  const folder = newFolder();
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ version }));
  fs.writeFileSync(path.join(folder, "CHANGELOG.md"), changelog);
  git(folder, "init", "--quiet");
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--message", "one");
  for (const tag of tags) git(folder, "tag", tag);
  return folder;
}

describe("readCheckout()", () => {
  test("takes time and hash from the commit, and the version's section of the changelog", async () => {
    const { commit, ...others } = await readCheckout(repository("1.2.0", ["v1.2.0", "latest"]), false);
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
    expect(others).toMatchObject({
      version: "1.2.0",
      epochSeconds: Date.parse("2026-01-02T03:04:05Z") / 1000,
      notes: "- Two.\n\n### More\n- Three.\n",
    });
  });

  test("refuses files that differ from the commit, and names them", async () => {
    const folder = repository("1.2.0");
    fs.writeFileSync(path.join(folder, "new.ts"), "");
    fs.appendFileSync(path.join(folder, "CHANGELOG.md"), "more");
    const refusal = readCheckout(folder, false);
    expect(await rejection(refusal)).toMatchObject({
      message: expect.stringMatching(/differ from it:\n M CHANGELOG\.md\n\?\? new\.ts\nCommit or stash them/),
    });
    expect((await readCheckout(folder, true)).version).toBe("1.2.0");
  });

  test("refuses a tag of another version", async () => {
    const refusal = readCheckout(repository("1.2.0", ["v1.3.0"]), false);
    expect(await rejection(refusal)).toMatchObject({
      message: "the tag of this commit is v1.3.0, but package.json says 1.2.0",
    });
  });

  test("refuses a tagged version that the changelog does not have; an untagged one has what is not out yet", async () => {
    expect(await rejection(readCheckout(repository("1.3.0", ["v1.3.0"]), false))).toMatchObject({
      message: 'CHANGELOG.md has no section "## 1.3.0"',
    });
    expect((await readCheckout(repository("1.3.0"), false)).notes).toBe("- Not out yet.\n");
  });

  test("refuses what is no version, and a folder that is no repository", async () => {
    expect(await rejection(readCheckout(repository("one"), false))).toMatchObject({
      message: 'package.json: "one" is no version',
    });
    expect(await rejection(readCheckout(newFolder(), false))).toMatchObject({
      message: expect.stringContaining("not a git repository"),
    });
  });
});

test("a version's section is not that of a longer version", () => {
  expect(sectionOf("## 1.2.0-rc.1\n- rc\n## 1.2.0\n- out\n", "1.2.0")).toBe("- out\n");
  expect(sectionOf("## 1x2.0\n- no\n## [1.2.0]\n- out", "1.2.0")).toBe("- out\n");
  expect(sectionOf("## 1.2.0\n\n## 1.1.0\n- one", "1.2.0")).toBeUndefined();
});

test("bun scripts/release.ts makes nothing of a checkout with changes, and says why", async () => {
  const folder = copyOfCheckout("dirty");
  fs.writeFileSync(path.join(folder, "stray.ts"), "");
  const child = Bun.spawn([process.execPath, "scripts/release.ts"], {
    cwd: folder,
    env: ENV,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [err, code] = await Promise.all([child.stderr.text(), child.exited]);
  expect({ code, err }).toEqual({
    code: 1,
    err: "release: a release is made of a commit, and these files differ from it:\n?? stray.ts\nCommit or stash them; --allow-dirty builds them to try something out.\n",
  });
  expect(fs.existsSync(path.join(folder, "dist"))).toBe(false);
});
