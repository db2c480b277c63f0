// What stops a release before anything is made of it.
// Needs git.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Checkout } from "../../scripts/release/checkout.ts";
import { makeRelease } from "../../scripts/release/make-release.ts";
import { unpackRuntime } from "../../scripts/release/runtimes.ts";
import { BUN_VERSION, TARGETS, targetNamed } from "../../scripts/release/targets.ts";
import { ENV, newFolder } from "../helpers/ckpt.ts";
import { rejection } from "../helpers/rejection.ts";
import { TEST_KEY } from "./builds.ts";

const ROOT = path.resolve(import.meta.dir, "../..");
const CHECKOUT: Checkout = {
  root: ROOT,
  version: "1.2.0",
  commit: "0".repeat(40),
  epochSeconds: 0,
  notes: "",
};

async function release(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly err: string }> {
  const child = Bun.spawn([process.execPath, "scripts/release.ts", ...words], {
    cwd: ROOT,
    env: { ...ENV, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [err, code] = await Promise.all([child.stderr.text(), child.exited]);
  return { code, err };
}

test("a runtime in the cache that is not the one on record is not used", async () => {
  const [cache, folder] = [newFolder(), newFolder()];
  const target = targetNamed("linux-x64");
  fs.writeFileSync(path.join(cache, `linux-x64-${BUN_VERSION}.tgz`), "something else");
  expect(await rejection(unpackRuntime(target, cache, folder))).toMatchObject({
    message: expect.stringMatching(
      /is not the package on record: its hash is sha512-.*, the table of targets has sha512-/,
    ),
  });
  expect(fs.readdirSync(folder)).toEqual([]);
});

test("a folder that holds anything but a release is not replaced", async () => {
  const out = newFolder();
  fs.writeFileSync(path.join(out, "letters.txt"), "mine");
  const options = { checkout: CHECKOUT, targets: TARGETS, out, cacheFolder: newFolder(), report: () => {} };
  expect(await rejection(makeRelease(options))).toMatchObject({
    message: `${out} is not empty, and holds no release that could be replaced`,
  });
  expect(fs.readFileSync(path.join(out, "letters.txt"), "utf8")).toBe("mine");
});

describe("bun scripts/release.ts refuses", () => {
  test("an option and a target that do not exist", async () => {
    expect(await release(["--targets", "x"], {})).toEqual({
      code: 1,
      err: expect.stringContaining("--targets"),
    });
    const { code, err } = await release(["--target", "linux-arm"], {});
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/^release: no target linux-arm; there are: linux-x64, /),
    });
  });

  test("to sign without a key, and with what is no key; it never shows the key", async () => {
    const unsigned = await release(["--sign", newFolder()], {});
    expect(unsigned).toEqual({ code: 1, err: "release: there is no key: set MINISIGN_SECRET_KEY\n" });
    const damaged = TEST_KEY.secret.replace(/.{20}$/, "AAAAAAAAAAAAAAAAAAAA");
    const { code, err } = await release(["--sign", newFolder()], { MINISIGN_SECRET_KEY: damaged });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("signing key") });
    expect(err).not.toContain(TEST_KEY.secret.slice(0, 20));
  });
});
