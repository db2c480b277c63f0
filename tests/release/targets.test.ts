import { expect, test } from "bun:test";
import { dependencies, devDependencies, engines } from "../../package.json" with { type: "json" };
import { archiveName, BUN_VERSION, targetNamed, TARGETS } from "../../scripts/release/targets.ts";

test("the runtimes of a release are of the Bun that package.json pins", () => {
  expect(BUN_VERSION).toBe(engines.bun);
  expect(BUN_VERSION).toBe(devDependencies["bun-types"]);
  expect(dependencies).not.toContainKey("bun");
});

test("each target has an archive, a runtime and a platform of its own, and a hash for the runtime", () => {
  for (const values of [
    TARGETS.map(archiveName),
    TARGETS.map(({ runtime }) => runtime.package),
    TARGETS.map(({ runtime }) => runtime.integrity),
    TARGETS.map(({ npm }) => JSON.stringify(npm)),
  ])
    expect(new Set(values).size).toBe(TARGETS.length);
  for (const { runtime } of TARGETS) expect(runtime.integrity).toMatch(/^sha512-[\w+/]{86}==$/);
});

test("a C library is named on Linux and nowhere else", () => {
  for (const { npm } of TARGETS) expect("libc" in npm).toBe(npm.os === "linux");
});

test("a target that does not exist is refused with the names of those that do", () => {
  expect(targetNamed("linux-arm64-musl").npm).toEqual({ os: "linux", cpu: "arm64", libc: "musl" });
  expect(() => targetNamed("linux-arm")).toThrow("no target linux-arm; there are: linux-x64, linux-arm64");
});
