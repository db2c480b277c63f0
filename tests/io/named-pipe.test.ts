import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { openPipe } from "../../lib/io/named-pipe.ts";
import { temporaryFolder } from "../helpers/attempts.ts";
import { ENV } from "../helpers/ckpt.ts";

test("openPipe() leaves no name behind; what is written comes out in one piece, and the end with the last writer", () => {
  using folder = temporaryFolder();
  const pipe = openPipe(path.join(folder.path, "p"));
  if (pipe === null) throw new Error("no mkfifo here");
  expect(fs.readdirSync(folder.path)).toEqual([]);
  fs.writeSync(pipe.writeFd, "one\n");
  fs.writeSync(pipe.writeFd, "two\n");
  fs.closeSync(pipe.writeFd);
  const buffer = Buffer.alloc(100);
  expect(buffer.toString("utf8", 0, fs.readSync(pipe.readFd, buffer))).toBe("one\ntwo\n");
  expect(fs.readSync(pipe.readFd, buffer)).toBe(0);
  fs.closeSync(pipe.readFd);
});

test("openPipe() takes the place of what a killed run has left", () => {
  using folder = temporaryFolder();
  const file = path.join(folder.path, "p");
  expect(Bun.spawnSync(["mkfifo", file], { env: ENV }).success).toBe(true);
  const pipe = openPipe(file);
  expect(pipe).not.toBeNull();
  for (const fd of Object.values(pipe ?? {})) fs.closeSync(fd);
  expect(fs.readdirSync(folder.path)).toEqual([]);
});

test("openPipe() gives null where none can be made", () => {
  using folder = temporaryFolder();
  expect(openPipe(path.join(folder.path, "no-such-folder", "p"))).toBeNull();
});
