import { expect, test } from "bun:test";
import { isExecutable, programWords } from "../../lib/cli/program.ts";

const WINDOWS = { cwd: "C:\\work", searchPath: "", execPath: "C:\\bin\\ckpt.exe" };

test.each([
  ["/$bunfs/root/ckpt", true],
  ["B:/~BUN/root/ckpt", true],
  ["B:\\~BUN\\root\\ckpt.exe", true],
  ["/home/me/ckpt/cli.ts", false],
  ["B:\\work\\cli.ts", false],
])("isExecutable(%j) is %p", (main, expected) => {
  expect(isExecutable(main)).toBe(expected);
});

test("an executable is called as it was typed, with slashes of either kind, else by its whole path", () => {
  const called = (argv0: string): readonly string[] =>
    programWords({ main: "B:/~BUN/root/ckpt", argv0, ...WINDOWS });
  expect(called("bin\\ckpt.exe")).toEqual(["bin\\ckpt.exe"]);
  expect(called("ckpt")).toEqual([WINDOWS.execPath]);
});
