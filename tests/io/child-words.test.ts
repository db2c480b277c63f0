import { expect, test } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { childWords } from "../../lib/io/child-words.ts";
import { platformNamed } from "../../lib/io/platform.ts";
import { systemProgram } from "../../lib/io/system-program.ts";
import { temporaryFolder } from "../helpers/attempts.ts";

const WINDOWS = platformNamed("win32");

/** A folder with programs of these names in the search path. */
function machine(names: readonly string[]): {
  readonly env: { readonly [name: string]: string };
  readonly folder: Disposable & { readonly path: string };
} {
  const folder = temporaryFolder();
  for (const name of names) {
    writeFileSync(path.join(folder.path, name), "#!/bin/sh\n");
    chmodSync(path.join(folder.path, name), 0o755);
  }
  return { folder, env: { PATH: folder.path } };
}

test("a batch file is run by cmd with each word quoted, and never given what would be run", () => {
  const { env, folder } = machine(["npx.cmd", "tool.BAT"]);
  using _ = folder;
  const words = (...argv: string[]): unknown => childWords({ argv }, env, WINDOWS);
  const file = path.join(folder.path, "npx.cmd");
  expect(words("npx.cmd", "a b", "&calc", "end\\")).toEqual({
    cmd: [systemProgram("cmd.exe"), "/d", "/v:off", "/s", "/c", `""${file}" "a b" "&calc" "end\\\\""`],
    windowsVerbatimArguments: true,
  });
  for (const argument of ['"&calc', "%PATH%", "a\nb"])
    for (const program of ["npx.cmd", "tool.BAT", file])
      expect(words(program, argument)).toMatchObject({ end: "not_started", kind: "argument_unsafe" });
});

test("any other program on Windows gets its words as they are, and is not looked for in the current folder", () => {
  const { env, folder } = machine(["tool.exe"]);
  using _ = folder;
  const argv = ["tool.exe", '"&calc', "%PATH%"];
  expect(childWords({ argv }, env, WINDOWS)).toEqual({
    cmd: [path.join(folder.path, "tool.exe"), ...argv.slice(1)],
  });
  expect(childWords({ argv: ["none", "%"] }, env, WINDOWS)).toEqual({ cmd: ["none", "%"] });
  const line = ["cmd.exe", "/c", '"echo hi"'];
  expect(childWords({ argv: line, verbatim: true }, env, WINDOWS)).toEqual({
    cmd: line,
    windowsVerbatimArguments: true,
  });
});

test("programs of Windows itself are called by their whole path", () => {
  expect(systemProgram("cmd.exe", { SystemRoot: "D:\\Win" })).toBe("D:\\Win\\System32\\cmd.exe");
  expect(systemProgram("taskkill.exe", {})).toBe("C:\\Windows\\System32\\taskkill.exe");
});
