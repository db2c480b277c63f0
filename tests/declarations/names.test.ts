// Names that are written outside of the declarations agree with them.
import { expect, test } from "bun:test";
import { optionNames } from "../../lib/cli/declaration.ts";
import { COMMANDS_OF_OTHERS, OPTIONS_OF_OTHERS } from "../../lib/cli/other-tools.ts";
import { RUN_ARGUMENTS } from "../../lib/job/arguments/run-arguments.ts";
import { ALL_COMMANDS } from "../../lib/start/all-commands.ts";
import { COMMAND_NAMES } from "../../lib/start/command-names.ts";

const NAMES = ALL_COMMANDS.map(({ meta }) => meta.name);
const OPTIONS = new Set(ALL_COMMANDS.flatMap(({ args }) => optionNames(args)));

test("every command that can be called is declared, and every declared one can be called, in the order of the help", () => {
  expect(NAMES).toEqual([...COMMAND_NAMES]);
});

test("what is suggested for an option of another tool exists, and no option of run is taken for another tool's", () => {
  const suggested = [...OPTIONS_OF_OTHERS.values()].map((text) => text.split(/[ ,]/));
  const isKnown = ([first = "", second = ""]: readonly string[]): boolean =>
    first === "ckpt" ? NAMES.includes(second) : OPTIONS.has(first);
  expect(suggested.filter((words) => !isKnown(words))).toEqual([]);
  const ofRun = optionNames(RUN_ARGUMENTS);
  expect([...OPTIONS_OF_OTHERS.keys()].filter((name) => ofRun.includes(name))).toEqual([]);
});

test("what is suggested for a command of another tool exists, and no command of ckpt is taken for another tool's", () => {
  const suggested = [...COMMANDS_OF_OTHERS.values()].map((text) => text.split(" "));
  const isKnown = ([name = "", option]: readonly string[]): boolean =>
    NAMES.includes(name) && (option === undefined || OPTIONS.has(option));
  expect(suggested.filter((words) => !isKnown(words))).toEqual([]);
  expect([...COMMANDS_OF_OTHERS.keys()].filter((name) => NAMES.includes(name))).toEqual([]);
});
