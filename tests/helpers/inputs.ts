// What tests of inputs need: files in a folder of their own, an opened input in one call, all its items, and texts in other encodings.
import * as nodeFs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { CkptError } from "../../lib/core/errors.ts";
import type { Item } from "../../lib/core/item.ts";
import type { Compression, Input, InputSpec, ScanResult } from "../../lib/input/input.ts";
import { openInput } from "../../lib/input/open-input.ts";
import type { OpenOptions } from "../../lib/input/open-part.ts";
import type { FileSystem } from "../../lib/io/fs.ts";

let folder: string | null = null;
let files = 0;

/** A path where nothing is yet. A test file that asks for one says `afterAll(removeFiles)`. */
export function newPath(): string {
  folder ??= nodeFs.mkdtempSync(join(tmpdir(), "ckpt-test-"));
  return join(folder, `${files++}`);
}

/** Removes all that was made at new paths. */
export function removeFiles(): void {
  if (folder !== null) nodeFs.rmSync(folder, { recursive: true, force: true });
  folder = null;
}

/** Path of a new file with this content. */
export function newFile(content: string | Uint8Array): string {
  const path = newPath();
  nodeFs.writeFileSync(path, content);
  return path;
}

/** The spec of a plain JSON lines file in UTF-8 without ids, with what is different. */
export function specOf(path: string, different: Partial<InputSpec> = {}): InputSpec {
  return {
    path,
    shownPath: "shown",
    format: "jsonl",
    compression: "none",
    encoding: "utf-8",
    delimiter: null,
    idField: null,
    hashIndex: false,
    hashFile: false,
    hashLine: false,
    jsonPath: null,
    within: null,
    query: null,
    withText: false,
    ...different,
  };
}

/** Opens new content as an input. */
export function inputOf(
  content: string | Uint8Array,
  different: Partial<InputSpec> = {},
  options: OpenOptions & { readonly fs?: FileSystem } = {},
): Input {
  return openInput(specOf(newFile(content), different), options.fs ?? nodeFs, options);
}

/** All items, or those that are wanted. */
export async function itemsOf(input: Input, want: (index: number) => boolean = () => true): Promise<Item[]> {
  const items: Item[] = [];
  for await (const some of input.read(want)) items.push(...some);
  return items;
}

export type Visited = {
  readonly index: number;
  readonly line: number;
  /** The kept part of the digest, as it stands in `Item.hash`. */
  readonly hash: string;
  readonly id: string | null;
};

export async function scanOf(
  input: Input,
  paths: readonly (readonly string[])[] = [],
): Promise<{ readonly visited: Visited[]; readonly result: ScanResult }> {
  const visited: Visited[] = [];
  const result = await input.scan(
    (index, line, digest, id) => {
      visited.push({ index, line, hash: Buffer.from(digest).toString("hex", 0, 16), id });
    },
    { paths, inEveryItem: false },
  );
  return { visited, result };
}

/** Code and params of the CkptError that a call ends with. */
export async function errorOf(
  call: () => unknown,
): Promise<{ readonly code: string; readonly [name: string]: unknown }> {
  try {
    await call();
  } catch (error) {
    if (error instanceof CkptError) return { code: error.code, ...error.params };
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** First 32 hex digits of the SHA-256 of a text in UTF-8. */
export function shortHash(text: string): string {
  return Bun.SHA256.hash(text, "hex").slice(0, 32);
}

export function compress(content: string | Uint8Array, compression: Compression): Uint8Array {
  switch (compression) {
    case "none":
      return Buffer.from(content);
    case "gz":
      return gzipSync(content);
    case "zst":
      return zstdCompressSync(content);
  }
}

const GB18030: { readonly [character: string]: readonly number[] } = {
  你: [0xc4, 0xe3],
  好: [0xba, 0xc3],
  "😀": [0x94, 0x39, 0xfc, 0x36],
};

/** A text in another encoding; in gb18030 only ASCII and the characters above. */
export function encode(text: string, encoding: "utf-8" | "utf-16le" | "utf-16be" | "gb18030"): Buffer {
  switch (encoding) {
    case "utf-8":
      return Buffer.from(text);
    case "utf-16le":
      return Buffer.from(text, "utf16le");
    case "utf-16be":
      return Buffer.from(text, "utf16le").swap16();
    case "gb18030":
      return Buffer.concat(
        Array.from(text, (character) => Buffer.from(GB18030[character] ?? [character.charCodeAt(0)])),
      );
  }
}

/** The real file system, counting the descriptors that are open. */
export function countingFileSystem(): FileSystem & { readonly openNow: () => number } {
  let open = 0;
  return {
    ...nodeFs,
    openSync: (...args: Parameters<typeof nodeFs.openSync>) => {
      const fd = nodeFs.openSync(...args);
      open++;
      return fd;
    },
    closeSync: (fd: number) => {
      nodeFs.closeSync(fd);
      open--;
    },
    openNow: () => open,
  };
}
