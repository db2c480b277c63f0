import { afterAll, expect, test } from "bun:test";
import * as nodeFs from "node:fs";
import {
  BlockRecorder,
  BlockVerifier,
  type BlockCheck,
  type BlockMemory,
  noCheck,
  readBlocks,
} from "../../lib/io/blocks.ts";
import { countingFileSystem, errorOf, newFile, removeFiles } from "../helpers/inputs.ts";

afterAll(removeFiles);

const CHANGED = { code: "input.changedDuringRun", path: "shown" };

function read(file: string, check: BlockCheck = noCheck, blockBytes = 10, fs = nodeFs as never): Buffer[] {
  const options = { shownPath: "shown", blockBytes, reuse: false };
  return Array.from(readBlocks(fs, file, check, options), (block) => Buffer.from(block));
}

function remember(file: string): BlockMemory {
  const recorder = new BlockRecorder();
  read(file, recorder);
  const { memory } = recorder;
  if (memory === null) throw new Error("nothing was remembered");
  return memory;
}

test.each([0, 1, 9, 10, 11, 20, 25])("a file of %d bytes comes in full blocks but for the last", (size) => {
  const content = Buffer.from("abcdefghijklmnopqrstuvwxyz").subarray(0, size);
  const blocks = read(newFile(content));
  expect(Buffer.concat(blocks)).toEqual(content);
  expect(blocks.map(({ length }) => length)).toEqual(
    Array.from({ length: Math.ceil(size / 10) }, (_, n) => Math.min(10, size - n * 10)),
  );
});

test("a whole read remembers size, SHA-256 and a hash of each block; a read that was left early nothing", () => {
  const content = Buffer.from("x".repeat(3001));
  const file = newFile(content);
  const memory = remember(file);
  expect(memory.sizeBytes).toBe(3001);
  expect(memory.sha256).toBe(Bun.SHA256.hash(content, "hex"));
  expect(memory.hashes).toHaveLength(301);
  const recorder = new BlockRecorder();
  for (const _ of readBlocks(nodeFs, file, recorder, { blockBytes: 10 })) break;
  expect(recorder.memory).toBeNull();
});

test.each([
  ["in the first block", 3],
  ["at the edge of a block", 10],
  ["in the last block", 24],
])("a byte that differs %s is noticed before its block is handed on", async (_where, at) => {
  const content = Buffer.from("abcdefghijklmnopqrstuvwxy");
  const file = newFile(content);
  const memory = remember(file);
  const changed = Buffer.from(content);
  changed[at] = 0x21;
  nodeFs.writeFileSync(file, changed);
  const seen: Buffer[] = [];
  const verify = (): void => {
    const check = new BlockVerifier(memory, "shown");
    for (const block of readBlocks(nodeFs, file, check, { blockBytes: 10 })) seen.push(Buffer.from(block));
  };
  expect(await errorOf(verify)).toEqual(CHANGED);
  expect(Buffer.concat(seen)).toEqual(content.subarray(0, at - (at % 10)));
});

test.each([
  ["longer by a byte", "abcdefghijklmnopqrst", "abcdefghijklmnopqrstu"],
  ["longer by a block", "abcdefghij", "abcdefghijabcdefghij"],
  ["shorter by a byte", "abcdefghijk", "abcdefghij"],
  ["shorter by a block", "abcdefghijabcdefghij", "abcdefghij"],
  ["empty now", "abc", ""],
  ["no longer empty", "", "a"],
])("a file that is %s differs", async (_how, before, after) => {
  const file = newFile(before);
  const memory = remember(file);
  expect(Buffer.concat(read(file, new BlockVerifier(memory, "shown"))).toString()).toBe(before);
  nodeFs.writeFileSync(file, after);
  expect(await errorOf(() => read(file, new BlockVerifier(memory, "shown")))).toEqual(CHANGED);
});

test("blocks that swap their places differ", async () => {
  const file = newFile("aaaaaaaaaabbbbbbbbbb");
  const memory = remember(file);
  nodeFs.writeFileSync(file, "bbbbbbbbbbaaaaaaaaaa");
  expect(await errorOf(() => read(file, new BlockVerifier(memory, "shown")))).toEqual(CHANGED);
});

test("short reads are filled up to whole blocks", () => {
  const content = Buffer.from("abcdefghijklmnopqrstuvwxy");
  const fs = {
    ...nodeFs,
    readSync: (fd: number, buffer: Uint8Array, offset: number, length: number) =>
      nodeFs.readSync(fd, buffer, offset, Math.min(length, 3), null),
  };
  const blocks = read(newFile(content), noCheck, 10, fs as never);
  expect(blocks.map(String)).toEqual(["abcdefghij", "klmnopqrst", "uvwxy"]);
});

test("a failing read is input.unreadable with the system's words, and closes the descriptor", async () => {
  const fs = countingFileSystem();
  const failing = {
    ...fs,
    readSync: () => {
      throw Object.assign(new Error("EIO: injected"), { code: "EIO" });
    },
  };
  expect(await errorOf(() => read(newFile("x"), noCheck, 10, failing as never))).toEqual({
    code: "input.unreadable",
    path: "shown",
    cause: "EIO: injected",
  });
  expect(fs.openNow()).toBe(0);
});

test("without reuse, blocks stay as they are when later ones are read", () => {
  const blocks = [...readBlocks(nodeFs, newFile("aabbc"), noCheck, { blockBytes: 2, reuse: false })];
  expect(blocks.map((block) => Buffer.from(block).toString())).toEqual(["aa", "bb", "c"]);
});
