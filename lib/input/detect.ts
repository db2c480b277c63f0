// Detects format and compression of an input, by its name or by the option.
import { CkptError } from "../core/errors.ts";
import { shellWords } from "../core/shell-quote.ts";
import { conversionOf } from "./foreign-formats.ts";
import type { Compression, InputFormat } from "./input.ts";

type Formats = { readonly [name: string]: InputFormat | undefined };

/** Formats of text, which may be compressed. */
const TEXT_FORMATS: Formats = {
  jsonl: "jsonl",
  ndjson: "jsonl",
  json: "json",
  csv: "csv",
  tsv: "tsv",
  txt: "txt",
  nul: "nul",
};

/** Formats that jump about in their file, which therefore is not compressed as a whole. */
const FILE_FORMATS: Formats = {
  sqlite: "sqlite",
  sqlite3: "sqlite",
  db: "sqlite",
  parquet: "parquet",
  xlsx: "xlsx",
  xlsm: "xlsx",
};

/** Formats of text that no extension tells from JSON lines: they are named by `--format`, or recognised by their first line. */
const LINE_FORMATS: Formats = { "openai-batch": "openai-batch" };

const FORMAT_OF: Formats = { ...TEXT_FORMATS, ...LINE_FORMATS, ...FILE_FORMATS };

const oneName = (formats: Formats): string[] =>
  [...new Set(Object.values(formats))].filter((name) => name !== undefined);
const TEXT_NAMES: readonly string[] = oneName({ ...TEXT_FORMATS, ...LINE_FORMATS });
/** The formats to name to people, each by one name. */
export const FORMATS_SHOWN: readonly string[] = [...TEXT_NAMES, ...oneName(FILE_FORMATS), "files"];
/** The extensions of inputs. */
export const INPUT_EXTENSIONS: readonly string[] = [
  ...["", ".gz", ".zst"].flatMap((compression) =>
    Object.keys(TEXT_FORMATS).map((name) => name + compression),
  ),
  ...Object.keys(FILE_FORMATS),
];
/** The names `--format` takes, for messages; those of text also with `.gz` or `.zst` behind them. */
const FORMAT_NAMES: readonly string[] = [...Object.keys(FORMAT_OF), "files"];
/** All of them, for completion. */
export const INPUT_FORMATS: readonly string[] = [...INPUT_EXTENSIONS, ...Object.keys(LINE_FORMATS), "files"];

/** Whether files of a format are text, which has an encoding. */
export function isText(format: InputFormat): boolean {
  return TEXT_NAMES.includes(format);
}

export type Detected = { readonly format: InputFormat; readonly compression: Compression };

/**
 * @param path path or name of the input; its extension counts, in any case of letters
 * @param explicit what `--format` says, as `csv` or `csv.gz`; without a compression of its own the path's extension decides on that. Null: the path decides
 * @throws CkptError `usage.badValue` for an unknown format name, `input.foreignFormat` when ckpt does not read what the extension says, `input.unknownFormat` when it says
 * nothing
 */
export function detectInput(path: string, explicit: string | null): Detected {
  const command = conversionOf(path, explicit !== null, (name) => formatOf(name) !== undefined);
  if (command !== null) throw new CkptError("input.foreignFormat", { path, command });
  const byName = splitCompression(path.toLowerCase());
  if (explicit === null) {
    const dot = byName.rest.lastIndexOf(".");
    const format = dot === -1 ? undefined : formatOf(byName.rest.slice(dot + 1));
    if (format === undefined)
      throw new CkptError("input.unknownFormat", {
        path,
        formats: path === "-" ? TEXT_NAMES : FORMATS_SHOWN,
      });
    return checked(path, format, byName.compression);
  }
  const said = splitCompression(explicit.toLowerCase());
  const format = formatOf(said.rest);
  if (format === undefined) {
    const expected = FORMAT_NAMES.join(", ");
    throw new CkptError("usage.badValue", { option: "--format", value: explicit, expected });
  }
  return checked(path, format, said.compression === "none" ? byName.compression : said.compression);
}

function checked(path: string, format: InputFormat, compression: Compression): Detected {
  if (compression !== "none" && !TEXT_NAMES.includes(format)) {
    const command = shellWords([compression === "gz" ? "gzip" : "zstd", "-dk", path]);
    throw new CkptError("input.foreignFormat", { path, command });
  }
  return { format, compression };
}

function formatOf(name: string): InputFormat | undefined {
  return Object.hasOwn(FORMAT_OF, name) ? FORMAT_OF[name] : undefined;
}

function splitCompression(name: string): { readonly rest: string; readonly compression: Compression } {
  if (name.endsWith(".gz")) return { rest: name.slice(0, -3), compression: "gz" };
  if (name.endsWith(".zst")) return { rest: name.slice(0, -4), compression: "zst" };
  return { rest: name, compression: "none" };
}
