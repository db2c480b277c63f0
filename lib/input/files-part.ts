// Files as items: each is one item, known by what it holds. Its text is read only where the processor is given it, and only of the items that are
// wanted; whatever was read is first compared with what was there when all were hashed.
import * as path from "node:path";
import { CkptError } from "../core/errors.ts";
import type { Item, JsonValue } from "../core/item.ts";
import { invalidUtf8 } from "../core/utf8.ts";
import { noCheck, orUnreadable, readBlocks } from "../io/blocks.ts";
import type { FileSystem } from "../io/fs.ts";
import { eventLoopTurn, TURN_BYTES } from "../io/turns.ts";
import { ContentHasher } from "./digest.ts";
import { ITEMS_PER_ARRAY } from "./format-reader.ts";
import type { InputBytes, InputPart, InputSpec, Want } from "./input.ts";
import { idOf } from "./item-id.ts";
import type { ScanCollector } from "./scan-collector.ts";
import { canonicalEncoding } from "./utf8-source.ts";

/** A file that is an item: its absolute path, and its path as it was given or found. */
export type ListedFile = { readonly path: string; readonly shownPath: string };

/** The fields of such an item. */
export const FILE_FIELDS: readonly string[] = [
  "path",
  "name",
  "stem",
  "dir",
  "ext",
  "size",
  "sha256",
  "text",
];

/** A text that is longer is no text that anybody could be given: the item fails. */
const TEXT_BYTES_MAX = 16 << 20;
/** Arrays of items stay small, however long their texts. */
const ARRAY_BYTES_MAX = 1 << 20;
const DIGEST_BYTES = 32;

type Content = { readonly digest: Buffer; readonly sizeBytes: number; readonly bytes: Buffer | null };

export function filesPart(spec: InputSpec, files: readonly ListedFile[], fs: FileSystem): InputPart {
  canonicalEncoding(spec.encoding);
  const reader = new FileReader(fs);
  /** SHA-256 of each file when it was last read whole; empty before. */
  let memory = Buffer.alloc(0);

  /** Reads all files; `visit` sees each. */
  const readAll = async (visit: (file: ListedFile, content: Content) => void): Promise<InputBytes> => {
    const digests = Buffer.alloc(files.length * DIGEST_BYTES);
    const list = new Bun.CryptoHasher("sha256");
    let sizeBytes = 0;
    for (const [at, file] of files.entries()) {
      const content = await reader.read(file, false);
      content.digest.copy(digests, at * DIGEST_BYTES);
      list.update(`${content.digest.toString("hex")}  ${file.shownPath}\n`);
      sizeBytes += content.sizeBytes;
      visit(file, content);
    }
    memory = digests;
    return { sizeBytes, sha256: list.digest("hex") };
  };

  return {
    spec,
    moved: () => undefined,
    sizeBytes: () =>
      files.reduce((sum, file) => sum + orUnreadable(file.shownPath, () => fs.statSync(file.path).size), 0),
    head: () => Promise.resolve(""),
    hash: () => readAll(() => undefined),
    scan(collector: ScanCollector) {
      return readAll((file, content) => {
        collector.beginPart(file.shownPath);
        const text = itemText(file, content, spec.withText ? "" : null);
        const digest = digestOf(spec, file, content, collector.count);
        collector.add(1, digest, text, JSON.parse(text) as JsonValue);
      });
    },
    async *read(want: Want, first: number) {
      let items: Item[] = [];
      let bytes = 0;
      for (const [at, file] of files.entries()) {
        const index = first + at;
        if (!want(index)) continue;
        const content = await readAgain(reader, file, spec.withText);
        const known = memory.subarray(at * DIGEST_BYTES, (at + 1) * DIGEST_BYTES);
        if (memory.length > 0 && !known.equals(content.digest)) throw changed(file);
        items.push(itemOf(spec, file, content, index));
        bytes += content.bytes?.length ?? 0;
        if (items.length < ITEMS_PER_ARRAY && bytes < ARRAY_BYTES_MAX) continue;
        yield items;
        items = [];
        bytes = 0;
      }
      if (items.length > 0) yield items;
      return first + files.length;
    },
  };
}

/** Reads files one after another, and gives the event loop its turns. */
class FileReader {
  readonly #fs: FileSystem;
  #sinceTurn = 0;

  constructor(fs: FileSystem) {
    this.#fs = fs;
  }

  /** @param withBytes its bytes are kept, where it is not too long @throws input.unreadable */
  async read({ path: file, shownPath }: ListedFile, withBytes: boolean): Promise<Content> {
    const hasher = new Bun.CryptoHasher("sha256");
    const kept: Buffer[] = [];
    let sizeBytes = 0;
    for (const block of readBlocks(this.#fs, file, noCheck, { shownPath })) {
      hasher.update(block);
      sizeBytes += block.length;
      if (withBytes && sizeBytes <= TEXT_BYTES_MAX) kept.push(Buffer.from(block));
      this.#sinceTurn += block.length;
      if (this.#sinceTurn >= TURN_BYTES) await this.#turn();
    }
    // Opening a file takes longer than reading its first bytes.
    this.#sinceTurn += TURN_BYTES / 256;
    if (this.#sinceTurn >= TURN_BYTES) await this.#turn();
    const bytes = withBytes && sizeBytes <= TEXT_BYTES_MAX ? Buffer.concat(kept) : null;
    return { digest: hasher.digest(), sizeBytes, bytes };
  }

  async #turn(): Promise<void> {
    this.#sinceTurn = 0;
    await eventLoopTurn();
  }
}

/** One that is gone since all were hashed has changed, too. */
async function readAgain(reader: FileReader, file: ListedFile, withBytes: boolean): Promise<Content> {
  try {
    return await reader.read(file, withBytes);
  } catch (error) {
    if (error instanceof CkptError) throw changed(file);
    throw error;
  }
}

function changed({ shownPath }: ListedFile): CkptError {
  return new CkptError("input.changedDuringRun", { path: shownPath });
}

/** The file's own SHA-256, so that a renamed file is the same; with its place where that counts. */
function digestOf(spec: InputSpec, file: ListedFile, { digest }: Content, index: number): Buffer {
  if (!spec.hashIndex && !spec.hashFile && !spec.hashLine) return digest;
  return new ContentHasher({ ...spec, shownPath: file.shownPath }).ofText(digest.toString("hex"), index, 1);
}

function itemOf(spec: InputSpec, file: ListedFile, content: Content, index: number): Item {
  const found = spec.withText ? textOf(content, spec.encoding) : { text: null };
  const text = itemText(file, content, found.text);
  const value = JSON.parse(text) as JsonValue;
  const place = { file: file.shownPath, line: 1 };
  const hash = digestOf(spec, file, content, index).toString("hex", 0, 16);
  const item = {
    index,
    ...place,
    ...idOf(text, value, spec.idField, place),
    hash,
    form: "json",
    text,
  } as const;
  return found.defect === undefined
    ? { ...item, value }
    : { ...item, value: undefined, defect: found.defect };
}

function itemText({ shownPath }: ListedFile, { digest, sizeBytes }: Content, text: string | null): string {
  const { base, name, dir, ext } = path.parse(shownPath);
  return JSON.stringify({
    path: shownPath,
    name: base,
    stem: name,
    dir: dir === "" ? "." : dir,
    ext: ext.slice(1),
    size: sizeBytes,
    sha256: digest.toString("hex"),
    ...(text === null ? {} : { text }),
  });
}

type Text =
  | { readonly text: string | null; readonly defect?: never }
  | { readonly text: null; readonly defect: string };

/** The text of a file; why it has none. */
function textOf({ bytes, sizeBytes }: Content, encoding: string): Text {
  if (bytes === null)
    return {
      text: null,
      defect: `the file is too long to be a text: ${sizeBytes} bytes, at most ${TEXT_BYTES_MAX}`,
    };
  const label = canonicalEncoding(encoding);
  try {
    return { text: new TextDecoder(label as Bun.Encoding, { fatal: true }).decode(bytes) };
  } catch {
    const where = label === "utf-8" ? invalidUtf8(bytes) : null;
    return { text: null, defect: `the file is not text in ${label}${where === null ? "" : `: ${where}`}` };
  }
}
