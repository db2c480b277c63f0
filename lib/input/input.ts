// What the rest of the program sees of an input: a stream of items that can be read more than once. One reader a format behind it.
import type { Item } from "../core/item.ts";

export type InputFormat = "jsonl" | "json" | "csv" | "tsv" | "txt";
export type Compression = "none" | "gz" | "zst";

export type InputSpec = {
  /** Path of a regular file (standard input and pipes have been copied to one before). */
  readonly path: string;
  /** How the input is called in messages: the path as the user gave it, or "-". */
  readonly shownPath: string;
  readonly format: InputFormat;
  readonly compression: Compression;
  /** A TextDecoder label; "utf-8" by default. */
  readonly encoding: string;
  /** Of csv and tsv: one character; a first line `sep=…` is passed over then. Null: a comma, or a tab, and every line is one of the table. */
  readonly delimiter: string | null;
  /** Field that holds the id; null: identity is content and occurrence. */
  readonly idField: string | null;
  /** True: the item's index is part of its hash. */
  readonly hashIndex: boolean;
};

/** The raw bytes of the input as they were when they were last read whole. */
export type InputBytes = { readonly sizeBytes: number; readonly sha256: string };

/**
 * Called for each item in order. `digest` is the SHA-256 of the item's content (32 bytes, valid only during the call); `id` is null without
 * `--id` and for items that are not readable (`defect`).
 */
export type ScanVisitor = (index: number, line: number, digest: Uint8Array, id: string | null) => void;

/** Fields that a scan looks for, as paths from the outside in. */
export type ScanFields = { readonly paths: readonly (readonly string[])[]; readonly inEveryItem: boolean };

export type ScanResult = InputBytes & {
  readonly count: number;
  /** Of the paths asked for, those that no item has. */
  readonly missingPaths: readonly (readonly string[])[];
  /** The first item that lacks one of them, when every item must have them (`inEveryItem`). */
  readonly lacking: {
    readonly path: readonly string[];
    readonly index: number;
    readonly id: string | null;
  } | null;
  /** Names of the first item's fields, for messages. */
  readonly knownFields: readonly string[];
};

/**
 * Contract:
 * - `hash` and `scan` each read the raw bytes once, whole, and remember them block by block. `read` compares what it reads with that memory
 *   and throws `input.changedDuringRun` before it yields an item of a block that differs.
 * - `scan` throws what is wrong with the input as a whole (`input.*`); a piece that is no item is an item with a `defect`, not an error.
 * - `read` yields the items for which `want` is true, in order, in arrays as they come from the blocks; the others are passed over as cheaply as
 *   the format allows. It may be called any number of times, one after another; returning early closes the file.
 */
export type Input = {
  readonly spec: InputSpec;
  /** Says that the file has been renamed: later reads open it at `path`. */
  moved(path: string): void;
  /** Size of the file now, in bytes; it is not read. @throws `input.unreadable` */
  sizeBytes(): number;
  /** The beginning of its text, 64 KiB or all there is; nothing is remembered of it. @throws `input.*` */
  head(): Promise<string>;
  hash(): Promise<InputBytes>;
  scan(visit: ScanVisitor, fields?: ScanFields): Promise<ScanResult>;
  read(want: (index: number) => boolean): AsyncGenerator<readonly Item[], void>;
};
