import { expect, test } from "bun:test";
import * as fs from "node:fs";
import { zoneOffsetS } from "../../lib/core/time-zone.ts";

const FOLDER = "/usr/share/zoneinfo";
const ZONES = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/Sao_Paulo",
  "Asia/Shanghai",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "Africa/Casablanca",
  "Pacific/Apia",
];
const DAY_S = 86_400;

/** What the runtime's own data say. */
function expectedOffsetS(format: Intl.DateTimeFormat, atS: number): number {
  const name = format.formatToParts(atS * 1000).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign = "+", hours = "0", minutes = "0"] = /GMT([+-])(\d+):(\d+)/.exec(name) ?? [];
  return (Number(hours) * 3600 + Number(minutes) * 60) * (sign === "-" ? -1 : 1);
}

test("zoneOffsetS() agrees with the runtime over fifty years of changes, wherever it knows the answer", () => {
  let known = 0;
  for (const zone of ZONES) {
    const file = fs.readFileSync(`${FOLDER}/${zone}`);
    const format = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
    for (let atS = 0; atS < 54 * 365 * DAY_S; atS += 37 * DAY_S + 3457) {
      const offsetS = zoneOffsetS(file, atS);
      if (offsetS === null) continue;
      known++;
      expect({ zone, atS, offsetS }).toEqual({ zone, atS, offsetS: expectedOffsetS(format, atS) });
    }
  }
  expect(known).toBeGreaterThan(2_000);
});

test("zoneOffsetS() knows nothing of a file that is cut, of another kind or of version 1", () => {
  const whole = fs.readFileSync(`${FOLDER}/Europe/Berlin`);
  for (const length of [0, 3, 43, 44, 100, 900]) {
    expect(zoneOffsetS(whole.subarray(0, length), 1e9)).toBeNull();
  }
  const versionOne = Buffer.from(whole);
  versionOne[4] = 0;
  expect(zoneOffsetS(versionOne, 1e9)).toBeNull();
  expect(zoneOffsetS(Buffer.alloc(2000, "x"), 1e9)).toBeNull();
});
