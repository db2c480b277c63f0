// The quick form of the full disks.
import { expect } from "bun:test";
import { testUnless } from "../helpers/test-unless.ts";
import { fullDisk, fullDiskMissing } from "./full-disk.ts";

testUnless(
  fullDiskMissing(),
  "a full disk is waited for or stops the run, and costs nothing saved",
  async () => {
    const { figures, faults } = await fullDisk("quick");
    expect({ figures, faults }).toMatchObject({ faults: [] });
  },
);
