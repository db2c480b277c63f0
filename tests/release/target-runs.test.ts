// The quick form of running every target: arm64 under an emulator, and Windows under wine.
// Needs qemu-aarch64, wine, wineserver, x86_64-w64-mingw32-gcc-posix.
import { expect, setDefaultTimeout, test } from "bun:test";
import { targetRuns } from "./target-runs.ts";

setDefaultTimeout(600_000);

test("the executables for arm64 and Windows run, resume after kill -9, back up, restore, and leave nothing behind", async () => {
  const { figures, faults, skipped } = await targetRuns("quick");
  expect(faults).toEqual([]);
  // What this machine cannot do is no fault of ckpt, and has to be mended all the same.
  expect(skipped).toEqual([]);
  expect(figures).toEqual({ "checks of linux-arm64": 22, "checks of windows-x64": 22 });
});
