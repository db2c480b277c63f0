// One suite over all formats: whatever an input is written in, it behaves the same.
import { afterAll, describe, expect, test } from "bun:test";
import * as nodeFs from "node:fs";
import type { Compression, Input, InputFormat, InputSpec } from "../../lib/input/input.ts";
import { openInput } from "../../lib/input/open-input.ts";
import type { OpenOptions } from "../../lib/input/open-part.ts";
import {
  type Visited,
  compress,
  countingFileSystem,
  encode,
  errorOf,
  inputOf,
  itemsOf,
  newFile,
  newPath,
  scanOf,
  shortHash,
  specOf,
  removeFiles,
} from "../helpers/inputs.ts";

afterAll(removeFiles);

type Row = { readonly id: string; readonly q: string };

type Case = {
  readonly name: string;
  readonly format: InputFormat;
  /** What else says how the file is read. */
  readonly reading?: Partial<InputSpec>;
  /** The rows as a file of the format, with this line end. */
  readonly write: (rows: readonly Row[], lineEnd?: string) => string;
  /** The content by which the item of a row is known. */
  readonly content: (row: Row) => string;
  /** Line on which the item of the nth row (from 0) begins. */
  readonly line: (n: number) => number;
  readonly fields: readonly string[];
};

const json = (row: Row): string => JSON.stringify({ id: row.id, q: row.q });
const request = (row: Row): string =>
  `{"custom_id":"${row.id}","method":"POST","url":"/v1/completions","body":{"prompt":"${row.q}","seed":1.0}}`;
const table =
  (delimiter: string) =>
  (rows: readonly Row[], lineEnd = "\n"): string =>
    ["id,q", ...rows.map((row) => `${row.id},${row.q}`)]
      .map((line) => line.replace(",", delimiter) + lineEnd)
      .join("");

const CASES: readonly Case[] = [
  {
    name: "jsonl",
    format: "jsonl",
    write: (rows, lineEnd = "\n") => rows.map((row) => json(row) + lineEnd).join(""),
    content: json,
    line: (n) => n + 1,
    fields: ["id", "q"],
  },
  {
    name: "openai-batch",
    format: "openai-batch",
    write: (rows, lineEnd = "\n") => rows.map((row) => request(row) + lineEnd).join(""),
    content: request,
    line: (n) => n + 1,
    fields: ["custom_id", "method", "url", "body"],
  },
  {
    name: "json",
    format: "json",
    write: (rows, lineEnd = "\n") => `[${lineEnd}${rows.map(json).join(`,${lineEnd}`)}${lineEnd}]${lineEnd}`,
    content: json,
    line: (n) => n + 2,
    fields: ["id", "q"],
  },
  { name: "csv", format: "csv", write: table(","), content: json, line: (n) => n + 2, fields: ["id", "q"] },
  { name: "tsv", format: "tsv", write: table("\t"), content: json, line: (n) => n + 2, fields: ["id", "q"] },
  {
    name: "txt",
    format: "txt",
    write: (rows, lineEnd = "\n") => rows.map((row) => `${row.id} ${row.q}${lineEnd}`).join(""),
    content: (row) => `${row.id} ${row.q}`,
    line: (n) => n + 1,
    fields: [],
  },
  {
    name: "json in an object",
    format: "json",
    reading: { jsonPath: "data.items" },
    write: (rows, lineEnd = "\n") =>
      `{"n":1,${lineEnd}"data":{"items":[${rows.map(json).join(`,${lineEnd}`)}],"z":[]}}`,
    content: json,
    line: (n) => n + 2,
    fields: ["id", "q"],
  },
  {
    name: "nul",
    format: "nul",
    write: (rows) => rows.map((row) => `${row.id}\n${row.q}\0`).join(""),
    content: (row) => `${row.id}\n${row.q}`,
    line: (n) => n + 1,
    fields: [],
  },
];

const ROWS: readonly Row[] = [
  { id: "a", q: "你好" },
  { id: "b", q: "plain" },
  { id: "c", q: "😀 and more" },
  { id: "b", q: "plain" },
  { id: "e", q: "好" },
];
const MANY: readonly Row[] = Array.from({ length: 3000 }, (_, n) => ({ id: `q${n}`, q: `number ${n} 好` }));
const BLOCK_SIZES = [1, 2, 3, 5, 16, 61, 4096];

describe.each(CASES)("$name", ({ format, reading, write, content, line, fields }) => {
  const open = (
    text: string | Uint8Array,
    different: Partial<InputSpec> = {},
    options: OpenOptions = {},
  ): Input => inputOf(text, { format, ...reading, ...different }, options);

  test("items come in order, each with its index, line, text and the hash of its content", async () => {
    const items = await itemsOf(open(write(ROWS)));
    expect(items.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
    expect(items.map((item) => item.line)).toEqual(ROWS.map((_, n) => line(n)));
    expect(items.map(({ text }) => text)).toEqual(ROWS.map(content));
    expect(items.map(({ hash }) => hash)).toEqual(ROWS.map((row) => shortHash(content(row))));
    for (const { form, text, value } of items) {
      expect(form === "json" ? JSON.parse(text) : text).toEqual(value);
    }
  });

  test("scan() visits what read() yields: index, line and hash are the same", async () => {
    const input = open(write(ROWS));
    const { visited, result } = await scanOf(input);
    const items = await itemsOf(input);
    expect(visited).toEqual(items.map(pick));
    expect(result.count).toBe(ROWS.length);
    expect(result.knownFields).toEqual(fields);
  });

  test("hash() and scan() tell the size and the SHA-256 of the raw bytes", async () => {
    const bytes = compress(write(ROWS), "gz");
    const input = open(bytes, { compression: "gz" });
    const expected = { sizeBytes: bytes.length, sha256: Bun.SHA256.hash(bytes, "hex") };
    expect(await input.hash()).toEqual(expected);
    expect((await scanOf(input)).result).toMatchObject(expected);
  });

  test.each(BLOCK_SIZES)("the size of the blocks changes nothing: %d", async (blockBytes) => {
    const whole = open(write(ROWS));
    const cut = open(write(ROWS), {}, { blockBytes });
    expect(await itemsOf(cut)).toEqual(await itemsOf(whole));
    expect((await scanOf(cut)).visited).toEqual((await scanOf(whole)).visited);
  });

  test.each([
    ["none", "utf-8"],
    ["gz", "utf-8"],
    ["zst", "utf-8"],
    ["none", "utf-16le"],
    ["none", "utf-16be"],
    ["none", "gb18030"],
    ["zst", "gb18030"],
  ] as const)(
    "compression %s and encoding %s give the same items and hashes",
    async (compression, encoding) => {
      const plain = await itemsOf(open(write(ROWS)));
      for (const blockBytes of [1, 3, 65_536]) {
        const bytes = compress(encode(write(ROWS), encoding), compression);
        const other = open(bytes, { compression, encoding }, { blockBytes });
        expect(await itemsOf(other)).toEqual(plain);
        expect((await scanOf(other)).visited).toEqual(plain.map(pick));
      }
    },
  );

  test("CR LF, a byte order mark and a missing last line end change nothing", async () => {
    const plain = await itemsOf(open(write(ROWS)));
    expect(await itemsOf(open(write(ROWS, "\r\n")))).toEqual(plain);
    expect(await itemsOf(open(write(ROWS).replace(/\n$/, "")))).toEqual(plain);
    for (const encoding of ["utf-8", "utf-16le", "utf-16be"] as const) {
      const marked = encode(`\uFEFF${write(ROWS)}`, encoding);
      expect(await itemsOf(open(marked, { encoding }, { blockBytes: 1 }))).toEqual(plain);
      expect(await itemsOf(open(marked, { encoding }))).toEqual(plain);
    }
  });

  test("read() yields just the wanted items, as they are in a read of all, in arrays of at most 256", async () => {
    const input = open(write(MANY));
    const all = await itemsOf(input);
    expect(all).toHaveLength(MANY.length);
    for (const want of [
      (index: number) => index % 7 === 3,
      (index: number) => index >= 2990,
      (index: number) => index < 2,
    ]) {
      expect(await itemsOf(input, want)).toEqual(all.filter(({ index }) => want(index)));
    }
    expect(await itemsOf(input, () => false)).toEqual([]);
    for await (const items of input.read(() => true)) {
      expect(items.length).toBeGreaterThan(0);
      expect(items.length).toBeLessThanOrEqual(256);
    }
  });

  test("with hashIndex, the hash is of the content, NUL, # and the index", async () => {
    const input = open(write(ROWS), { hashIndex: true });
    const expected = ROWS.map((row, n) => shortHash(`${content(row)}\0#${n}`));
    expect((await itemsOf(input)).map(({ hash }) => hash)).toEqual(expected);
    expect((await scanOf(input)).visited.map(({ hash }) => hash)).toEqual(expected);
  });

  test.each(["none", "gz", "zst"] as Compression[])(
    "an input that changed since it was scanned is refused before an item of the changed block (%s)",
    async (compression) => {
      const path = newFile(compress(write(MANY), compression));
      const input = openInput(specOf(path, { format, ...reading, compression }), nodeFs, {
        blockBytes: 1024,
      });
      await scanOf(input);
      expect(await itemsOf(input)).toHaveLength(MANY.length);
      const bytes = nodeFs.readFileSync(path);
      const changes = new Map<string, Buffer>([
        ["one byte differs", Buffer.from(bytes)],
        ["longer", Buffer.concat([bytes, Buffer.from("x")])],
        ["shorter", bytes.subarray(0, -1)],
        ["cut at the edge of a block", bytes.subarray(0, 1024 * Math.floor((bytes.length - 1) / 1024))],
        ["empty", Buffer.alloc(0)],
      ]);
      const at = 1024 * 2 + 100;
      const one = changes.get("one byte differs") ?? bytes;
      one[at] = (one[at] ?? 0) ^ 1;
      for (const changed of changes.values()) {
        nodeFs.writeFileSync(path, changed);
        expect(await errorOf(() => itemsOf(input))).toEqual({
          code: "input.changedDuringRun",
          path: "shown",
        });
      }
      nodeFs.writeFileSync(path, one);
      const seen = await itemsUntilError(input);
      const good = await itemsOf(
        openInput(
          specOf(newFile(compress(write(MANY), compression)), { format, ...reading, compression }),
          nodeFs,
        ),
      );
      expect(seen).toEqual(good.slice(0, seen.length));
      nodeFs.writeFileSync(path, bytes);
      expect(await itemsOf(input)).toEqual(good);
    },
  );

  test.each(["none", "gz", "zst"] as Compression[])(
    "returning early closes the file (%s)",
    async (compression) => {
      const fs = countingFileSystem();
      const path = newFile(compress(write(MANY), compression));
      const input = openInput(specOf(path, { format, ...reading, compression }), fs, { blockBytes: 512 });
      for await (const items of input.read(() => true)) {
        expect(items[0]?.index).toBe(0);
        if (compression === "none") expect(fs.openNow()).toBe(1);
        break;
      }
      expect(fs.openNow()).toBe(0);
      await scanOf(input);
      expect(fs.openNow()).toBe(0);
    },
  );

  test("an input without an item is refused as empty", async () => {
    const blank = format === "nul" ? "\0\0" : "\n\r\n\n";
    for (const text of ["", blank, ...(fields.length === 0 ? [] : [write([])])]) {
      expect(await errorOf(() => scanOf(open(text)))).toEqual({ code: "input.empty", path: "shown" });
    }
    expect(await errorOf(() => scanOf(open(encode("\uFEFF", "utf-8"))))).toMatchObject({
      code: "input.empty",
    });
  });

  test("what is missing, a folder, no regular file or not to be opened is said before anything is read", async () => {
    const at = (path: string, fs = nodeFs as Parameters<typeof openInput>[1]): Promise<object> =>
      errorOf(() => openInput(specOf(path, { format }), fs));
    expect(await at(newPath())).toEqual({ code: "input.missing", path: "shown" });
    expect(await at(`${newFile("x")}/below-a-file`)).toEqual({ code: "input.missing", path: "shown" });
    expect(await at(import.meta.dir)).toEqual({ code: "input.folder", path: "shown" });
    expect(await at("/dev/null")).toMatchObject({ code: "input.unreadable", cause: "not a regular file" });
    const refused = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
    const fs = {
      ...nodeFs,
      openSync: () => {
        throw refused;
      },
    };
    expect(await at(newFile("x"), fs)).toEqual({
      code: "input.unreadable",
      path: "shown",
      cause: "EACCES: permission denied",
    });
  });

  test.each([1, 4, 65_536])(
    "binary and undecodable bytes are refused with their offset (blocks of %d)",
    async (blockBytes) => {
      const bytes = Buffer.from(write(ROWS));
      const at = bytes.indexOf("plain");
      if (format !== "nul") {
        const nul = Buffer.from(bytes);
        nul[at] = 0;
        const error = await errorOf(() => scanOf(open(nul, {}, { blockBytes })));
        expect(error).toEqual({ code: "input.binary", path: "shown", offset: at });
      }
      const bad = Buffer.from(bytes);
      bad[at] = 0xff;
      for (const compression of ["none", "gz"] as const) {
        const input = open(compress(bad, compression), { compression }, { blockBytes });
        const expected = { code: "input.undecodable", path: "shown", encoding: "utf-8", offset: at };
        expect(await errorOf(() => scanOf(input))).toEqual(expected);
      }
    },
  );

  test("a piece longer than the limit is refused with its line", async () => {
    const long = [...ROWS.slice(0, 2), { id: "x", q: "y".repeat(5000) }, ...ROWS.slice(2)];
    const input = open(write(long), {}, { maxPieceBytes: 1000, blockBytes: 100 });
    expect(await errorOf(() => scanOf(input))).toEqual({
      code: "input.lineTooLong",
      path: "shown",
      line: line(2),
      maxBytes: 1000,
    });
  });

  test("a cut compressed stream is corrupt, whatever had been read of it", async () => {
    for (const compression of ["gz", "zst"] as const) {
      const bytes = compress(write(MANY), compression).subarray(0, -4);
      expect(await errorOf(() => scanOf(open(bytes, { compression })))).toMatchObject({
        code: "input.corrupt",
        path: "shown",
      });
    }
  });
});

const WITH_FIELDS = CASES.filter(({ fields }) => fields.length > 0);

describe.each(WITH_FIELDS)("$name has fields:", ({ format, reading, write, fields }) => {
  const [idField = "", q = ""] = [fields[0], fields.at(-1)];

  test("the id of an item is the text of its field, in scan() and read()", async () => {
    const input = inputOf(write(ROWS), { format, ...reading, idField });
    expect((await scanOf(input)).visited.map(({ id }) => id)).toEqual(["a", "b", "c", "b", "e"]);
    expect((await itemsOf(input)).map(({ id }) => id)).toEqual(["a", "b", "c", "b", "e"]);
  });

  test("items without the id field are counted, and the first ten lines named", async () => {
    const input = inputOf(write(MANY), { format, ...reading, idField: "nope" });
    const { visited } = await scanOf(inputOf(write(MANY), { format, ...reading }));
    expect(await errorOf(() => scanOf(input))).toEqual({
      code: "input.idMissing",
      field: "nope",
      lines: visited.slice(0, 10).map((item) => item.line),
      count: MANY.length,
      known: expect.any(Array),
      nearest: null,
    });
  });

  test("of the paths asked for, those that no item has are told", async () => {
    const { result } = await scanOf(inputOf(write(ROWS), { format, ...reading }), [
      [q],
      ["nope"],
      [q, "deeper"],
      [idField],
    ]);
    expect(result.missingPaths).toEqual([["nope"], [q, "deeper"]]);
  });
});

test("txt has no ids: with --id every line lacks one", async () => {
  const input = inputOf("one\n\ntwo\n", { format: "txt", idField: "id" });
  const expected = {
    code: "input.idMissing",
    field: "id",
    lines: [1, 3],
    count: 2,
    known: [],
    nearest: null,
  };
  expect(await errorOf(() => scanOf(input))).toEqual(expected);
});

function pick(item: Visited): Visited {
  const { index, line, hash, id } = item;
  return { index, line, hash, id };
}

/** The items that come before the read fails. */
async function itemsUntilError(input: Input): Promise<unknown[]> {
  const seen: unknown[] = [];
  try {
    for await (const items of input.read(() => true)) seen.push(...items);
  } catch {
    return seen;
  }
  throw new Error("the read did not fail");
}
