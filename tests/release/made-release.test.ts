// The quick form of what is proven of a release: two targets, each built twice.
// Needs curl, dpkg, git, lintian, minisign, npm, readelf, sha256sum, tar.
import { expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { archiveName } from "../../scripts/release/targets.ts";
import { ENV, newFolder } from "../helpers/ckpt.ts";
import { executableIn, TEST_KEY, twoBuilds } from "./builds.ts";
import { darwinSignatures } from "./darwin-signatures.ts";
import { debian } from "./debian.ts";
import { installed } from "./installed.ts";
import { reproducible } from "./reproducible.ts";

/** Manual pages and completion scripts, where install.sh looks for them. */
const SHARED = [
  "man/ckpt.1",
  "man/ckpt.zh.1",
  "completion/ckpt.bash",
  "completion/_ckpt",
  "completion/ckpt.fish",
];

setDefaultTimeout(600_000);

test("the same commit gives the same bytes in another folder, for another user, without a network", async () => {
  const { figures, faults } = await reproducible("quick");
  expect(faults).toEqual([]);
  expect(figures["targets"]).toBe(2);
  expect(Number(figures["equal files"])).toBeGreaterThanOrEqual(6);
});

test("every hash in the signature for macOS is right, and the one that Bun leaves is seen to be wrong", async () => {
  const { figures, faults } = await darwinSignatures("quick");
  expect(faults).toEqual([]);
  expect(Number(figures["pages of darwin-x64"])).toBeGreaterThan(10_000);
  expect(figures["wrong in darwin-x64"]).toBe(0);
  expect(Number(figures["wrong in darwin-x64 as Bun leaves it"])).toBeGreaterThan(0);
});

test("the package for Debian has no error of lintian, is installed whole and unstripped, and is removed without a rest", async () => {
  const { figures, faults } = await debian("quick");
  expect(faults).toEqual([]);
  expect(figures).toMatchObject({ packages: 1, "lintian errors": 0 });
});

test("an archive holds what it has to, in one folder, with the time of the commit", async () => {
  const { targets, folders, epochSeconds } = await twoBuilds("quick");
  for (const target of targets) {
    const { stdout } = Bun.spawnSync(
      ["tar", "-tvzf", path.join(folders[0], archiveName(target)), "--full-time"],
      { env: ENV },
    );
    const lines = stdout
      .toString()
      .trim()
      .split("\n")
      .map((line) => line.split(/\s+/));
    const names = lines.map((fields) => fields.at(-1));
    const top = `ckpt-${target.name}`;
    for (const name of [
      "",
      "ckpt",
      "LICENSE",
      "THIRD-PARTY-LICENSES.txt",
      "README.md",
      "README.zh.md",
      "docs/guide.md",
      ...SHARED,
    ])
      expect(names).toContain(`${top}/${name}`);
    const time = new Date(epochSeconds * 1000).toISOString().slice(0, 19).split("T");
    for (const [mode = "", owner, , ...rest] of lines) {
      expect(owner).toBe("root/root");
      expect(rest.slice(0, 2)).toEqual(time);
      const isProgram = rest.at(-1) === `${top}/ckpt`;
      expect(mode).toBe(mode.startsWith("d") ? "drwxr-xr-x" : isProgram ? "-rwxr-xr-x" : "-rw-r--r--");
    }
  }
});

test("the executable names the commit that the release is made of", async () => {
  const { folders, targets } = await twoBuilds("quick");
  const target = targets.find(({ name }) => name === `linux-${process.arch}`);
  if (target === undefined) throw new Error("there is no build for this machine");
  const file = path.join(newFolder(), "ckpt");
  fs.writeFileSync(file, await executableIn(folders[0], target), { mode: 0o755 });
  const { stdout } = Bun.spawnSync([file, "version", "--json"], { env: ENV });
  expect(JSON.parse(stdout.toString())).toMatchObject({ commit: expect.stringMatching(/^[0-9a-f]{40}$/) });
});

test("minisign takes the signature of a release, which names version and commit", async () => {
  const { folders, version } = await twoBuilds("quick");
  const sums = path.join(folders[0], "SHA256SUMS");
  const { stdout, success } = Bun.spawnSync(["minisign", "-V", "-Q", "-P", TEST_KEY.public, "-m", sums], {
    env: ENV,
  });
  expect(stdout.toString()).toMatch(new RegExp(`^ckpt ${RegExp.escape(version)}, commit [0-9a-f]{40}\n$`));
  expect(success).toBe(true);
});

test("install.sh and npm install what is in it, and what they install works", async () => {
  const { figures, faults, skipped = [] } = await installed("quick");
  expect({ faults, skipped }).toEqual({ faults: [], skipped: [] });
  // The program, two manual pages, three completion scripts.
  expect(figures).toMatchObject({ ways: 2, "files of install.sh": 6 });
});
