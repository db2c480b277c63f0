// The quick form of the failing device.
import { expect } from "bun:test";
import { seeded } from "../helpers/seed.ts";
import { testUnless } from "../helpers/test-unless.ts";
import { failingDevice, failingDeviceMissing } from "./failing-device.ts";

testUnless(
  failingDeviceMissing(),
  seeded(
    "nothing is reported as saved after a device has failed, and what had been is there when it is well again",
  ),
  async () => {
    const { figures, faults } = await failingDevice("quick");
    expect({ figures, faults }).toMatchObject({ faults: [] });
    expect(Number(figures["failures"])).toBeGreaterThanOrEqual(5);
  },
);
