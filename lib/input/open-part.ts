// Opens one part of an input, whatever its format.
import { CkptError, causeText, systemCode } from "../core/errors.ts";
import type { FileSystem } from "../io/fs.ts";
import { csv } from "./csv.ts";
import type { FormatReader } from "./format-reader.ts";
import type { InputFormat, InputPart, InputSpec } from "./input.ts";
import { jsonArray } from "./json-array.ts";
import { jsonl } from "./jsonl.ts";
import { openaiBatch } from "./openai-batch.ts";
import { parquet } from "./parquet.ts";
import { rowsPart } from "./rows-part.ts";
import { sqlitePart } from "./sqlite-part.ts";
import { textPart } from "./text-part.ts";
import { nul, txt } from "./txt.ts";
import { xlsx } from "./xlsx.ts";
import { canonicalEncoding } from "./utf8-source.ts";

const READERS: {
  readonly [F in Exclude<InputFormat, "files" | "sqlite" | "parquet" | "xlsx">]: FormatReader;
} = {
  jsonl,
  "openai-batch": openaiBatch,
  json: jsonArray,
  csv,
  tsv: csv,
  txt,
  nul,
};

export type OpenOptions = {
  /** Bytes of a block of the file; default BLOCK_BYTES. Tests cut files at every place with it. */
  readonly blockBytes?: number;
  /** Limit of one line, element or row in bytes; default 1 GiB. */
  readonly maxPieceBytes?: number;
};

/**
 * Opens a part after having looked whether it can be read at all.
 * @throws CkptError `input.missing`, `input.folder`, `input.unreadable` (also when it is no regular file), `input.unknownEncoding`
 */
export function openPart(spec: InputSpec, fs: FileSystem, options: OpenOptions = {}): InputPart {
  canonicalEncoding(spec.encoding);
  preflight(spec, fs);
  if (spec.format === "xlsx") return rowsPart(spec, xlsx, fs, options);
  if (spec.format === "parquet") return rowsPart(spec, parquet, fs, options);
  if (spec.format === "sqlite") return sqlitePart(spec, fs);
  if (spec.format === "files") throw new Error(`openPart(): ${spec.format}`);
  return textPart(spec, READERS[spec.format], fs, options);
}

function preflight(spec: InputSpec, fs: FileSystem): void {
  const path = spec.shownPath;
  const unreadable = (cause: unknown): CkptError =>
    new CkptError("input.unreadable", { path, cause: causeText(cause) }, { cause });
  try {
    const stat = fs.statSync(spec.path);
    if (stat.isDirectory()) throw new CkptError("input.folder", { path });
    if (!stat.isFile()) throw unreadable("not a regular file");
    fs.closeSync(fs.openSync(spec.path, "r"));
  } catch (error) {
    if (error instanceof CkptError) throw error;
    const code = systemCode(error);
    throw code === "ENOENT" || code === "ENOTDIR"
      ? new CkptError("input.missing", { path }, { cause: error })
      : unreadable(error);
  }
}
