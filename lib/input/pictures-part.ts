// A part whose items name pictures in files (`--image`): what the files hold belongs to what an item is known by, so that one whose picture was
// replaced is run again, and no other. All files are read whenever the part is read whole. What is wrong with a picture is a defect of its item.
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import { causeText, isError } from "../core/errors.ts";
import type { Item } from "../core/item.ts";
import { jsonExcerpt } from "../core/json-excerpt.ts";
import { NumberList } from "../core/number-list.ts";
import { isPictureUrl, type Picture, PICTURE_HEAD_BYTES, pictureType } from "../core/picture.ts";
import { placeholderValue } from "../core/template.ts";
import { noCheck, readBlocks } from "../io/blocks.ts";
import { statOf } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";
import { eventLoopTurn, TURN_BYTES } from "../io/turns.ts";
import { inputChanged } from "./input-changed.ts";
import type { InputBytes, InputPart, PictureRules, Want } from "./input.ts";
import { ScanCollector } from "./scan-collector.ts";

/** Opening a file takes longer than reading its first bytes. */
const OPENING_BYTES = TURN_BYTES / 256;
const NO_FIELDS = { paths: [], inEveryItem: false } as const;

/** The part itself where no pictures are asked for. */
export function pictured(part: InputPart, fs: FileSystem): InputPart {
  const { pictures, path: file } = part.spec;
  return pictures === undefined
    ? part
    : withPictures(part, pictures, pictures.folder ?? path.dirname(file), fs);
}

/** @param folder absolute path of the folder to which paths in items are relative */
function withPictures(
  part: InputPart,
  { fields, maxBytes }: PictureRules,
  folder: string,
  fs: FileSystem,
): InputPart {
  /** A hash of the files of each item when all were read; null before. */
  let memory: NumberList | null = null;

  const look = (want: Want, first: number): AsyncGenerator<readonly Looked[], number> =>
    looked(part.read(want, first), (item) => {
      const found = picturesOf(item, fields, (text) => pictureAt(text, { fs, folder, maxBytes }));
      const known = memory?.at(item.index - first) ?? null;
      if (known !== null && known !== markOf(found.marks)) throw inputChanged(part.spec);
      return found;
    });

  /** Reads all items, and makes one hash of the part and its pictures; without pictures in files, it is that of the part. */
  const readAll = async (
    bytes: InputBytes,
    first: number,
    visit: (item: Item) => void,
  ): Promise<InputBytes> => {
    const all = new Bun.CryptoHasher("sha256").update(bytes.sha256);
    const list = new NumberList(NO_FILES);
    let hasFiles = false;
    memory = null;
    for await (const items of look(() => true, first)) {
      for (const { item, marks } of items) {
        visit(item);
        list.push(markOf(marks));
        hasFiles ||= marks !== "";
        all.update(`\n${marks}`);
      }
    }
    memory = list;
    return hasFiles ? { ...bytes, sha256: all.digest("hex") } : bytes;
  };

  return {
    ...part,
    hash: async () => readAll(await part.hash(), 0, () => undefined),
    async scan(collector) {
      // What is wrong with the part as a whole is found by a scan of its own.
      const bytes = await part.scan(new ScanCollector(() => undefined, null, NO_FIELDS));
      return readAll(bytes, collector.count, (item) => {
        if (item.file !== undefined) collector.beginPart(item.file);
        collector.add(
          item.line,
          Buffer.from(item.hash, "hex"),
          item.text,
          item.value,
          item.defect === undefined,
        );
      });
    },
    async *read(want, first) {
      const pieces = look(want, first);
      try {
        for (;;) {
          const { done, value } = await pieces.next();
          if (done === true) return value;
          yield value.map(({ item }) => item);
        }
      } finally {
        await pieces.return(first);
      }
    },
  };
}

/** The items of a part with what was found of each; the event loop gets its turns. */
async function* looked(
  pieces: AsyncGenerator<readonly Item[], number>,
  look: (item: Item) => Found,
): AsyncGenerator<readonly Looked[], number> {
  let sinceTurn = 0;
  try {
    for (;;) {
      const { done, value } = await pieces.next();
      if (done === true) return value;
      const items: Looked[] = [];
      for (const item of value) {
        const found = look(item);
        items.push({ item: withFound(item, found), marks: found.marks });
        sinceTurn += found.readBytes;
        if (sinceTurn < TURN_BYTES) continue;
        sinceTurn = 0;
        await eventLoopTurn();
      }
      yield items;
    }
  } finally {
    // Whoever returns early closes the file of the part, too.
    await pieces.return(0);
  }
}

const NO_FILES = 0;

function markOf(marks: string): number {
  return marks === "" ? NO_FILES : Bun.hash.crc32(marks);
}

/** An item with its pictures, and what of them belongs to its hash. */
type Looked = { readonly item: Item; readonly marks: string };

type Found = {
  readonly pictures: readonly Picture[];
  /** Behind the item's own hash: what its files are. Empty without files. */
  readonly marks: string;
  readonly defect: string | null;
  readonly readBytes: number;
};

/** What a text in an item leads to. */
type At = { readonly mark: string; readonly readBytes: number } & (
  | { readonly picture: Picture }
  | { readonly defect: string }
);

function withFound(item: Item, { pictures, marks, defect }: Found): Item {
  const hash =
    marks === "" ? item.hash : Bun.SHA256.hash(item.hash + marks, "hex").slice(0, item.hash.length);
  const own = item.defect === undefined && defect !== null ? { defect: `line ${item.line}: ${defect}` } : {};
  return { ...item, hash, pictures, ...own };
}

/** The pictures that the fields of an item name, in order. A field that the item lacks names none: whoever makes a request of it says so. */
function picturesOf(item: Item, fields: readonly string[], at: (text: string) => At): Found {
  const pictures: Picture[] = [];
  let marks = "";
  let readBytes = 0;
  let defect: string | null = null;
  for (const name of fields) {
    const value = placeholderValue({ kind: "field", name }, item);
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (typeof one !== "string" || one === "") {
        defect ??= `${name} is ${jsonExcerpt(one)}, not a path or a URL`;
        continue;
      }
      const found = at(one);
      marks += found.mark;
      readBytes += found.readBytes;
      if ("picture" in found) pictures.push(found.picture);
      else defect ??= found.defect;
    }
  }
  return { pictures, marks, defect, readBytes };
}

type Place = { readonly fs: FileSystem; readonly folder: string; readonly maxBytes: number };

function pictureAt(text: string, { fs, folder, maxBytes }: Place): At {
  if (isPictureUrl(text)) return { picture: { kind: "url", url: text }, mark: "", readBytes: 0 };
  const bad = (defect: string, mark = MISSING): At => ({ defect, mark, readBytes: OPENING_BYTES });
  const file = fileAt(text, folder);
  if (file === null) return bad(`${text} is not the path of a picture`);
  try {
    const stat = statOf(fs, file);
    if (stat === null) return bad(`${text}: no such file`);
    if (!stat.isFile()) return bad(`${text} is not a file`);
    if (stat.size > maxBytes)
      return bad(`${text} has ${stat.size} bytes, more than ${maxBytes} (--max-image)`);
    const { sha256, sizeBytes, head } = readPicture(fs, file);
    const type = pictureType(head);
    const mark = `\0&${sha256}`;
    if (type === null) return bad(`${text} is not a picture of a known format`, mark);
    const picture = { kind: "file", path: file, shownPath: text, type, sizeBytes, sha256 } as const;
    return { picture, mark, readBytes: sizeBytes + OPENING_BYTES };
  } catch (error) {
    const cause = isError(error, "input.unreadable") ? error.params.cause : causeText(error);
    return bad(`${text} cannot be read: ${cause}`);
  }
}

/** Stands for a file that is not there, or too large to be sent. */
const MISSING = "\0&-";

function fileAt(text: string, folder: string): string | null {
  if (text.includes("\0")) return null;
  try {
    return /^file:/i.test(text) ? fileURLToPath(text) : path.resolve(folder, text);
  } catch {
    return null; // a URL of another host
  }
}

function readPicture(
  fs: FileSystem,
  file: string,
): { readonly sha256: string; readonly sizeBytes: number; readonly head: Uint8Array } {
  const hasher = new Bun.CryptoHasher("sha256");
  let sizeBytes = 0;
  let head: Uint8Array = new Uint8Array();
  for (const block of readBlocks(fs, file, noCheck)) {
    if (sizeBytes === 0) head = block.slice(0, PICTURE_HEAD_BYTES);
    hasher.update(block);
    sizeBytes += block.length;
  }
  return { sha256: hasher.digest("hex"), sizeBytes, head };
}
