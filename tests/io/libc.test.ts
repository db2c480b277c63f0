import { expect, test } from "bun:test";
import { callC, errnoOfC } from "../../lib/io/libc.ts";
import { PLATFORM, platformNamed } from "../../lib/io/platform.ts";

test("callC() takes the first library that there is, and null where there is none", () => {
  expect(callC("getppid", [], ["libc.musl-none.so.1", "no-such-library.so", ...PLATFORM.libc])).toBe(
    process.ppid,
  );
  expect(callC("getppid", [], ["no-such-library.so"])).toBeNull();
  expect(callC("getppid", [], platformNamed("win32").libc)).toBeNull();
  expect(callC("no_such_function", [])).toBeNull();
});

test("errnoOfC() is 0 where it cannot be told", () => {
  expect(errnoOfC(platformNamed("win32"))).toBe(0);
  expect(errnoOfC({ ...PLATFORM, errno: "no_such_function" })).toBe(0);
});
