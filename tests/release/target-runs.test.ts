// The quick form of running every target: arm64 under an emulator, and Windows under wine.
// Needs qemu-aarch64, wine, wineserver, x86_64-w64-mingw32-gcc-posix.
import { expect, setDefaultTimeout, test } from "bun:test";
import { machineKinds } from "./target-machines.ts";
import { runOn } from "./target-runs.ts";

// For each machine by itself: a slow one does not use up the time of the next.
setDefaultTimeout(600_000);

const KINDS = machineKinds("quick");

test("the quick form has arm64 and Windows", () => {
  expect(KINDS.map(({ name }) => name)).toEqual(["linux-arm64", "windows-x64"]);
});

test.each(KINDS.map((kind) => [kind.name, kind] as const))(
  "the executable for %s runs, resumes after kill -9, backs up, restores, and leaves nothing behind",
  async (name, kind) => {
    const { figures, faults, skipped } = await runOn([kind]);
    expect(faults).toEqual([]);
    // What this machine cannot do is no fault of ckpt, and has to be mended all the same.
    expect(skipped).toEqual([]);
    expect(figures).toEqual({ [`checks of ${name}`]: 22 });
  },
);
