// What is made for other package managers names every archive of a release with its hash, and reads as what it is.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { debName } from "../../scripts/release/deb.ts";
import { packagerFiles } from "../../scripts/release/packager-files.ts";
import { RELEASES_URL } from "../../scripts/release/repository.ts";
import { archiveName, TARGETS } from "../../scripts/release/targets.ts";
import { ENV, newFolder } from "../helpers/ckpt.ts";

const hashes = new Map(TARGETS.map((target, index) => [archiveName(target), String(index).repeat(64)]));
const files = packagerFiles({ version: "1.2.3", targets: TARGETS, hashes });
const text = (name: string): string => files.get(name) ?? "";
const addressOf = (name: string): string => `${RELEASES_URL}/download/v1.2.3/${name}`;
const hashOf = (name: string): string => hashes.get(name) ?? "";

test("the formula has an address and a hash for macOS and Linux, x64 and arm64", () => {
  const pairs = [...text("ckpt.rb").matchAll(/url "(.*)"\n\s*sha256 "(.*)"/g)].map(([, url, hash]) => [
    url,
    hash,
  ]);
  const names = ["ckpt-darwin-x64", "ckpt-darwin-arm64", "ckpt-linux-x64", "ckpt-linux-arm64"].map(
    (name) => `${name}.tar.gz`,
  );
  expect(pairs).toEqual(names.map((name) => [addressOf(name), hashOf(name)]));
});

test("the manifest for Scoop is JSON that names the archive for Windows", () => {
  expect(JSON.parse(text("ckpt-scoop.json"))).toMatchObject({
    version: "1.2.3",
    bin: "ckpt.exe",
    architecture: {
      "64bit": { url: addressOf("ckpt-windows-x64.zip"), hash: hashOf("ckpt-windows-x64.zip") },
    },
  });
});

test("the PKGBUILD installs an archive, unstripped", () => {
  const folder = newFolder();
  const top = path.join(folder, "src/ckpt-linux-x64");
  for (const name of [
    "ckpt",
    "LICENSE",
    "THIRD-PARTY-LICENSES.txt",
    "man/ckpt.1",
    "man/ckpt.zh.1",
    "completion/ckpt.bash",
    "completion/_ckpt",
    "completion/ckpt.fish",
  ]) {
    fs.mkdirSync(path.dirname(path.join(top, name)), { recursive: true });
    fs.writeFileSync(path.join(top, name), name);
  }
  fs.writeFileSync(path.join(folder, "PKGBUILD"), text("PKGBUILD"));
  const script =
    'set -e; srcdir=$PWD/src pkgdir=$PWD/pkg; . ./PKGBUILD; package; echo "$pkgver ${options[*]} ${source_aarch64[0]#*::} ${sha256sums_aarch64[0]}"';
  const { stdout, stderr, success } = Bun.spawnSync(["bash", "-c", script], { cwd: folder, env: ENV });
  const arm = "ckpt-linux-arm64.tar.gz";
  expect({ success, said: stdout.toString() + stderr.toString() }).toEqual({
    success: true,
    said: `1.2.3 !strip !debug ${addressOf(arm)} ${hashOf(arm)}\n`,
  });
  expect(fs.statSync(path.join(folder, "pkg/usr/bin/ckpt")).mode & 0o777).toBe(0o755);
});

test("a version before a release is one to Arch Linux and to Debian, by a file name that a forge keeps", () => {
  const pkgbuild = packagerFiles({ version: "1.2.3-rc.1", targets: TARGETS, hashes }).get("PKGBUILD") ?? "";
  expect(pkgbuild).toContain("\npkgver=1.2.3_rc.1\n");
  expect(debName({ version: "1.2.3-rc.1" }, "amd64")).toBe("ckpt_1.2.3.rc.1-1_amd64.deb");
  expect(debName({ version: "1.2.3" }, "arm64")).toBe("ckpt_1.2.3-1_arm64.deb");
});

test("a release of some targets has what can be made of them", () => {
  const targets = TARGETS.filter(({ npm }) => npm.os === "linux");
  expect([...packagerFiles({ version: "1.2.3", targets, hashes }).keys()]).toEqual(["PKGBUILD"]);
});
