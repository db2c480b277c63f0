import { describe, expect, test } from "bun:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { CkptError } from "../../lib/core/errors.ts";
import { decompress } from "../../lib/io/decompress.ts";
import { errorOf } from "../helpers/inputs.ts";

const CONTENT = Buffer.from("some text that goes on, 你好 ".repeat(20_000));

function* blocksOf(bytes: Uint8Array, size: number): Generator<Uint8Array<ArrayBuffer>, void> {
  for (let at = 0; at < bytes.length; at += size) yield Uint8Array.from(bytes.subarray(at, at + size));
}

async function all(bytes: Uint8Array, kind: "gz" | "zst", size = 1000): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(decompress(blocksOf(bytes, size), kind, "shown")));
}

describe.each([
  ["gz", (bytes: Uint8Array): Buffer => gzipSync(bytes)],
  ["zst", (bytes: Uint8Array): Buffer => zstdCompressSync(bytes)],
] as const)("%s", (kind, pack) => {
  test("gives back what was compressed, however it is cut", async () => {
    for (const size of [1, 7, 1000, 1 << 20]) expect(await all(pack(CONTENT), kind, size)).toEqual(CONTENT);
  });

  test("members one after another are one content, wherever the blocks are cut", async () => {
    const parts = ["first ", "", "second ", "third"].map((text) => Buffer.from(text));
    const packed = Buffer.concat(parts.map(pack));
    for (let size = 1; size <= packed.length; size++) {
      expect((await all(packed, kind, size)).toString()).toBe("first second third");
    }
    const large = Buffer.concat([pack(CONTENT), pack(CONTENT), pack(CONTENT)]);
    expect(await all(large, kind)).toEqual(Buffer.concat([CONTENT, CONTENT, CONTENT]));
  });

  test("every cut of a stream is corrupt", async () => {
    const packed = pack(Buffer.from("some text, some text"));
    for (let length = 0; length < packed.length; length++) {
      for (const size of [1, 1000]) {
        const cut = packed.subarray(0, length);
        expect(await errorOf(() => all(cut, kind, size))).toMatchObject({
          code: "input.corrupt",
          path: "shown",
        });
      }
    }
  });

  test("what is no such stream, or has something else after it, is corrupt", async () => {
    for (const bytes of [Buffer.from('{"a":1}\n'), Buffer.concat([pack(CONTENT), Buffer.from("more")])]) {
      for (const size of [3, 1 << 20]) {
        expect(await errorOf(() => all(bytes, kind, size))).toMatchObject({ code: "input.corrupt" });
      }
    }
  });

  test("what the blocks throw comes out as it is", async () => {
    const changed = new CkptError("input.changedDuringRun", { path: "shown" });
    function* failing(): Generator<Uint8Array<ArrayBuffer>, void> {
      yield* blocksOf(pack(CONTENT).subarray(0, 200), 50);
      throw changed;
    }
    const read = Array.fromAsync(decompress(failing(), kind, "shown"));
    expect(await read.catch((error: unknown) => error)).toBe(changed);
  });

  test("an early return closes the blocks", async () => {
    let closed = false;
    function* watched(): Generator<Uint8Array<ArrayBuffer>, void> {
      try {
        for (;;) yield* blocksOf(pack(CONTENT), 100);
      } finally {
        closed = true;
      }
    }
    for await (const piece of decompress(watched(), kind, "shown")) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect(closed).toBe(true);
  });
});

test("a flipped bit in gz is corrupt", async () => {
  const packed = gzipSync(CONTENT);
  packed[packed.length - 6] = (packed[packed.length - 6] ?? 0) ^ 1;
  expect(await errorOf(() => all(packed, "gz"))).toMatchObject({ code: "input.corrupt" });
});

describe("zero bytes behind a member of gz", () => {
  const [first, second] = ["first ", "second"].map((text) => gzipSync(Buffer.from(text)));
  const zeros = (count: number): Buffer => Buffer.alloc(count);
  const packed = (...parts: readonly (Buffer | undefined)[]): Buffer =>
    Buffer.concat(parts.filter((part) => part !== undefined));

  test.each<[name: string, bytes: Buffer, content: string]>([
    ["one", packed(first, zeros(1)), "first "],
    ["a block of a tape", packed(first, zeros(512)), "first "],
    ["more than a block", packed(first, zeros(5000)), "first "],
    ["behind the last of several members", packed(first, second, zeros(100)), "first second"],
    ["between members, too", packed(first, zeros(100), second, zeros(100)), "first second"],
  ])("are passed over, wherever the blocks are cut: %s", async (_name, bytes, content) => {
    for (const size of [1, 2, 7, 64, 511, 1 << 20])
      expect((await all(bytes, "gz", size)).toString()).toBe(content);
  });

  test("what follows them is a member, or corrupt", async () => {
    for (const bytes of [
      packed(first, zeros(20), Buffer.from("more")),
      packed(first, zeros(20), second?.subarray(0, 9)),
      packed(first, zeros(20), second?.subarray(0, -3), zeros(2)),
      zeros(512),
      packed(zeros(20), first),
    ]) {
      for (const size of [1, 7, 1 << 20])
        expect(await errorOf(() => all(bytes, "gz", size))).toMatchObject({ code: "input.corrupt" });
    }
  });
});

describe("zst", () => {
  test("a frame that is to be skipped is skipped; zero bytes are corrupt, as zstd -t has it", async () => {
    const frame = zstdCompressSync(Buffer.from("text"));
    const skipped = Buffer.from("502a4d1804000000deadbeef", "hex");
    for (const size of [1, 7, 1 << 20]) {
      expect((await all(Buffer.concat([skipped, frame, skipped]), "zst", size)).toString()).toBe("text");
      const padded = Buffer.concat([frame, Buffer.alloc(512)]);
      expect(await errorOf(() => all(padded, "zst", size))).toMatchObject({ code: "input.corrupt" });
    }
  });
});
