// Property: whatever the live channel takes as a change is an option that `ckpt run` takes, with the same value: a bare run reads it from the record.
import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Line } from "../../lib/cli/line.ts";
import { settingsOf } from "../../lib/cli/settings.ts";
import { RUN_ARGUMENTS } from "../../lib/job/arguments/run-arguments.ts";
import { optionName, optionValue, SETTING_NAMES } from "../../lib/job/live/set-options.ts";
import { parseFailureLimit } from "../../lib/job/run-settings.ts";
import { SEED, seeded } from "../helpers/seed.ts";
import { isBadChange, parseChanges, type SettingName } from "../../lib/view/channel/contract.ts";

const NO_LINE: Line = { positional: [], options: new Map(), rest: null };

/** What `ckpt run` makes of the option. */
function readBack(setting: SettingName, text: string): unknown {
  const name = optionName(setting);
  const settings: object = settingsOf({ [name]: RUN_ARGUMENTS[name] }, { [name]: text }, NO_LINE);
  return Object.values(settings)[0];
}

const EDGES = [
  0,
  1,
  4096,
  4097,
  1e12,
  1e12 - 1,
  999_999_999_999.9999,
  1e-12,
  1e-13,
  0.1 + 0.2,
  2 ** 31 - 1,
  2 ** 31,
];
const VALUES = fc.oneof(
  fc.constantFrom<number | string>(
    ...EDGES,
    "auto",
    "0",
    "0%",
    "0.001%",
    "100%",
    "100.001%",
    "999%",
    "1000000000",
  ),
  fc.double(),
  fc.double({ min: 0, max: 1 }),
  fc.nat(),
  fc.stringMatching(/^\d{1,10}(\.\d{1,4})?%?$/),
);

test(seeded("what is accepted is read back from the command line as what it was"), () => {
  const accepted = new Set<SettingName>();
  fc.assert(
    fc.property(fc.constantFrom(...SETTING_NAMES), VALUES, (setting, value) => {
      const changes = parseChanges({ [setting]: value });
      if (isBadChange(changes)) return;
      accepted.add(setting);
      const read = readBack(setting, optionValue(setting, value));
      if (setting === "max_failures")
        expect(parseFailureLimit(String(read))).toEqual(parseFailureLimit(String(value)));
      else if (setting === "max_cost") expect(Number(read)).toBeCloseTo(Number(value), 11);
      else expect(read).toBe(value === 0 ? 0 : value);
      if (value !== 0) expect(read).not.toBe(0);
    }),
    { seed: SEED, numRuns: 3000 },
  );
  expect([...accepted].toSorted()).toEqual([...SETTING_NAMES].toSorted());
});
