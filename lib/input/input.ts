// What the rest of the program sees of an input: a stream of items that can be read more than once. It is made of parts, one a file; each has a
// reader of its format behind it.
import type { Item, JsonValue } from "../core/item.ts";
import type { ScanCollector } from "./scan-collector.ts";

export type InputFormat =
  | "jsonl"
  | "openai-batch"
  | "json"
  | "csv"
  | "tsv"
  | "txt"
  | "nul"
  | "files"
  | "sqlite"
  | "parquet"
  | "xlsx";
export type Compression = "none" | "gz" | "zst";

/** By what an item is known, in every part of an input. */
export type ItemRules = {
  /** Field that holds the id; null: identity is content and occurrence. */
  readonly idField: string | null;
  /** True: the item's index is part of its hash. */
  readonly hashIndex: boolean;
  /** True: the name of its file is. */
  readonly hashFile: boolean;
  /** True: its line is. */
  readonly hashLine: boolean;
  /** The pictures that it names are part of its hash, as far as they are files. */
  readonly pictures?: PictureRules;
};

export type PictureRules = {
  /** The fields that name pictures. */
  readonly fields: readonly string[];
  /** A larger one is a defect of its item. */
  readonly maxBytes: number;
  /** Absolute path of the folder to which paths are relative; null: that of each file of the input. */
  readonly folder: string | null;
};

/** One part of an input: a file, and how it is read. */
export type InputSpec = ItemRules & {
  /** Path of a regular file (standard input and pipes have been copied to one before). */
  readonly path: string;
  /** The input's name in messages: the path as given, or "-". */
  readonly shownPath: string;
  readonly format: InputFormat;
  readonly compression: Compression;
  /** A TextDecoder label; "utf-8" by default. */
  readonly encoding: string;
  /** Of csv and tsv: one character; a first line `sep=…` is passed over then. Null: a comma, or a tab, and every line is one of the table. */
  readonly delimiter: string | null;
  /** Of json: where in the value the array of items stands, `data.items`; null: the value is the array. */
  readonly jsonPath: string | null;
  /** What within the file holds the items: the table of a database, the sheet of a book. Null: the only one. */
  readonly within: string | null;
  /** Of sqlite: the query whose rows are the items; null: those of a table. */
  readonly query: string | null;
  /** Of files as items: each has the file's text, because the processor is given it. */
  readonly withText: boolean;
};

/** An input as a whole: what its parts have in common. */
export type WholeSpec = Omit<InputSpec, "path" | "format" | "compression"> & {
  /** "mixed" where the parts differ. */
  readonly format: InputFormat | "mixed";
  readonly compression: Compression | "mixed";
};

/** Facts about the raw bytes of the input from the last full read. */
export type InputBytes = { readonly sizeBytes: number; readonly sha256: string };

/**
 * Called for each item in order. `digest` is the SHA-256 of the item's content (32 bytes, valid only during the call); `id` is null without
 * `--id` and for items that are not readable (`defect`). Returns false where the item is not wanted: it need not have the fields that are looked for.
 */
export type ScanVisitor = (
  index: number,
  line: number,
  digest: Uint8Array,
  id: string | null,
  /** The part's name in messages. */
  file: string,
  /** Null unless `withItems` was asked for. */
  item: ScannedItem | null,
) => unknown;

/** An item as it was scanned. */
export type ScannedItem = {
  /** A line of plain text, or JSON text. */
  readonly text: string;
  /** The parsed value (`text` itself for plain text); undefined: it is not readable (`defect`). */
  readonly value: JsonValue | undefined;
  readonly line: number;
  readonly file: string;
};

/** Fields that a scan looks for, as paths with the outermost name first. */
export type ScanFields = {
  readonly paths: readonly (readonly string[])[];
  readonly inEveryItem: boolean;
  /** The visitor is given the items themselves; default false. */
  readonly withItems?: boolean;
};

export type ScanResult = InputBytes & {
  readonly count: number;
  /** The requested paths that no item has. */
  readonly missingPaths: readonly (readonly string[])[];
  /** The first item that lacks one of them, if every item must have them (`inEveryItem`). */
  readonly lacking: {
    readonly path: readonly string[];
    readonly index: number;
    readonly id: string | null;
  } | null;
  /** Field names of the first item, for messages. */
  readonly knownFields: readonly string[];
};

/**
 * One part of an input. Contract:
 * - `hash` and `scan` each read the part whole and remember it. `read` compares what it reads with that memory and throws
 *   `input.changedDuringRun` before it yields an item of bytes that differ.
 * - `scan` throws what is wrong with the part as a whole (`input.*`); a piece that is no item is an item with a `defect`, not an error.
 * - `read` yields the items for which `want` is true, in order, in arrays as they come from the blocks; the others are passed over as cheaply as
 *   the format allows. It may be called any number of times, one after another; returning early closes the file.
 */
export type InputPart = {
  readonly spec: InputSpec;
  /** Tells that the file was renamed: later reads open `path`. */
  moved(path: string): void;
  /** Current size of the file in bytes; it is not read. @throws `input.unreadable` */
  sizeBytes(): number;
  /** The start of its text, up to 64 KiB; nothing is recorded. @throws `input.*` */
  head(): Promise<string>;
  hash(): Promise<InputBytes>;
  /** Gives each item to the collector, whose count is the index of the part's first one. */
  scan(collector: ScanCollector): Promise<InputBytes>;
  /** @param first index of the part's first item @returns the index behind its last one */
  read(want: Want, first: number): AsyncGenerator<readonly Item[], number>;
};

/** Whether the item of an index in the whole input is wanted. */
export type Want = (index: number) => boolean;

/** The items of all parts, one after another. `hash`, `scan` and `read` keep the contract of a part; `scan` also throws what is wrong with the whole. */
export type Input = {
  readonly spec: WholeSpec;
  readonly parts: readonly InputPart[];
  /** Its items stand in several files: messages name them. */
  readonly ofSeveral: boolean;
  /** Says that the file of the only part has been renamed. */
  moved(path: string): void;
  /** Size of all files now. */
  sizeBytes(): number;
  hash(): Promise<InputBytes>;
  scan(visit: ScanVisitor, fields?: ScanFields): Promise<ScanResult>;
  read(want: Want): AsyncGenerator<readonly Item[], void>;
};
