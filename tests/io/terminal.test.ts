// Needs script.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { isTerminal } from "../../lib/io/terminal.ts";
import { temporaryFolder } from "../helpers/attempts.ts";
import { ENV } from "../helpers/ckpt.ts";

const MODULE = path.resolve(import.meta.dir, "../../lib/io/terminal.ts");

test("a file, /dev/null and a closed descriptor are no terminals", () => {
  using folder = temporaryFolder();
  const fds = [
    fs.openSync(path.join(folder.path, "f"), "w"),
    fs.openSync("/dev/null", "r"),
    fs.openSync("/dev/zero", "r"),
  ];
  expect(fds.map((fd) => isTerminal(fd))).toEqual([false, false, false]);
  for (const fd of fds) fs.closeSync(fd);
  expect(isTerminal(fds[0] ?? -1)).toBe(false);
});

test("a pseudo-terminal is one", () => {
  const source = `import { isTerminal } from ${JSON.stringify(MODULE)}; console.log(String(isTerminal(1)));`;
  const command = `'${process.execPath}' -e '${source}'`;
  const ran = Bun.spawnSync(["script", "-qec", command, "/dev/null"], { env: ENV, stdin: "ignore" });
  expect(ran.stdout.toString().trim()).toBe("true");
});
