// English: errors about the input.
import { shellWords } from "../../../../core/shell-quote.ts";
import { formatBytes, formatNumber } from "../../../format.ts";
import type { ErrorTextsOf } from "../error-text.ts";
import { counted, didYouMean, few, fields, inputName, lines } from "../../common/en.ts";

const theInput = (path: string): string => (path === "-" ? inputName(path) : `the input ${path}`);

/** A part of a file as it is named; what comes by standard input has to become a file. */
const partOf = (path: string, name: string): string =>
  `${path === "-" ? "FILE" : path.replace(/#[^/]*$/, "")}#${name}`;

const arrayHint = (arrays: readonly string[]): string => {
  const [first] = arrays;
  if (first === undefined)
    return "Name the field whose array holds the items with --json-path, as in data.items.";
  return arrays.length === 1
    ? `One field holds an array: add --json-path ${first}`
    : `Several fields hold arrays: add --json-path with one of ${few(arrays)}.`;
};

export const input: ErrorTextsOf<"input"> = {
  "input.missing": (p) => ({
    message: `Cannot open the input: ${p.path} does not exist`,
    hint: "Check the path; it is relative to the current folder.",
  }),
  "input.unknownField": (p) => ({
    message: `Cannot choose by ${p.field}: no item has such a field${didYouMean(p.nearest)}`,
    hint: fields(p.known, ""),
  }),
  "input.noneChosen": (p) => ({
    message: `Nothing to run: no item meets ${p.where.join(" and ")}`,
    hint: "--where takes FIELD=VALUE or FIELD~REGEX; several conditions must all hold. The field of a line of text is item.",
  }),
  "input.noMatch": (p) => ({
    message: `Cannot open the input: no file matches ${p.pattern}`,
    hint: "Check the pattern; it is relative to the current folder. ** matches folders at any depth; names that start with a dot must be written out.",
  }),
  "input.onlyOnce": (p) => ({
    message: `Cannot read ${theInput(p.path)} together with other inputs: it can be read only once`,
    hint: "Give it as the only input, or save it as a file first.",
  }),
  "input.folder": (p) => ({
    message: `Cannot open the input: ${p.path} is a folder`,
    hint: `Name a file in it, or all by a pattern in quotes: '${p.path.replace(/\/+$/, "")}/**/*.jsonl'.`,
  }),
  "input.unreadable": (p) => ({
    message: `Cannot read ${theInput(p.path)}: ${p.cause}`,
    hint: "Check the file's permissions and its disk, then run the same command again.",
  }),
  "input.empty": (p) => ({
    message: `Cannot run: ${theInput(p.path)} has no items`,
    hint: "Check that it is the right file and that whatever writes it has finished.",
  }),
  "input.binary": (p) => ({
    message: `Cannot read ${theInput(p.path)}: it is not text (a zero byte at offset ${formatNumber(p.offset)})`,
    hint: "Name a text file, a .gz or a .zst; for UTF-16 add --encoding utf-16le (or utf-16be).",
  }),
  "input.unknownFormat": (p) => ({
    message: `Cannot tell the format of ${theInput(p.path)}: ${p.path === "-" ? "it has no name" : "its name ends in no known extension"}`,
    hint: `Add --format with one of ${p.formats.join(", ")}.`,
  }),
  "input.foreignFormat": (p) => ({
    message: `Cannot read ${theInput(p.path)}: ckpt does not read this format`,
    hint: `Convert it first: ${p.command}`,
  }),
  "input.noArray": (p) => ({
    message: `Cannot read ${theInput(p.path)} as json: ${p.jsonPath === null ? "it is" : `at ${p.jsonPath} there is`} ${p.found}, not an array`,
    hint: arrayHint(p.arrays),
  }),
  "input.noTable": (p) => ({
    message:
      p.name === null
        ? `Cannot read ${theInput(p.path)}: it has ${p.names.length === 0 ? "no" : "more than one"} ${p.what}`
        : `Cannot read ${theInput(p.path)}: it has no ${p.what} ${p.name}${didYouMean(p.nearest)}`,
    hint:
      p.names.length === 0
        ? "Check that it is the right file."
        : `${p.path === "-" ? "Save it as a file first. " : ""}Name one of ${few(p.names)}, as in ${shellWords([partOf(p.path, p.names[0] ?? "")])}.`,
  }),
  "input.badFile": (p) => ({
    message: `Cannot read ${theInput(p.path)} as ${p.format}: ${p.cause}`,
    hint: "Get the file again, or have the program that made it write it again.",
  }),
  "input.badQuery": (p) => ({
    message: `Cannot run the query on ${theInput(p.path)}: ${p.cause}`,
    hint: `Correct it: ${p.query}`,
  }),
  "input.database": (p) => ({
    message: `Cannot read ${theInput(p.path)} as an SQLite database: ${p.cause}`,
    hint: "Check that it is an intact database: sqlite3 FILE 'PRAGMA integrity_check'.",
  }),
  "input.noEncoding": (p) => ({
    message: `Cannot use --encoding with ${theInput(p.path)}: a file in the format ${p.format} says itself how its text is encoded`,
    hint: "Leave --encoding out.",
  }),
  "input.unknownEncoding": (p) => ({
    message: `Cannot read the input: unknown encoding "${p.encoding}"`,
    hint: "Use a name such as utf-8, gb18030, big5, shift_jis, utf-16le or windows-1252.",
  }),
  "input.undecodable": (p) => ({
    message: `Cannot decode ${theInput(p.path)} as ${p.encoding}: invalid bytes at offset ${formatNumber(p.offset)}`,
    hint: "Name the file's own encoding with --encoding (gb18030 for many Chinese files), or repair the file.",
  }),
  "input.wrongEncoding": (p) => ({
    message: `Cannot read ${theInput(p.path)} as ${p.encoding}: its byte-order mark is that of ${p.marked}`,
    hint: `Add --encoding ${p.marked}.`,
  }),
  "input.badFirst": (p) => ({
    message: `Cannot read ${theInput(p.path)} as ${p.format}: line ${formatNumber(p.line)}: ${p.found}`,
    hint: {
      array: "It looks like one JSON array, whose elements are the items: add --format json.",
      comment: "JSON lines have no comments: remove such lines from the file.",
      other: "Check the file, or name its real format with --format.",
    }[p.looksLike ?? "other"],
  }),
  "input.malformed": (p) => ({
    message: `Cannot read ${theInput(p.path)} to its end: line ${formatNumber(p.line)}: ${p.found}`,
    hint: "Correct the file from that line on, then run the same command again.",
  }),
  "input.corrupt": (p) => ({
    message: `Cannot decompress ${theInput(p.path)}: ${p.cause}`,
    hint: "The file is truncated or damaged: get it again, or check it with gzip -t or zstd -t.",
  }),
  "input.lineTooLong": (p) => ({
    message: `Cannot read ${theInput(p.path)}: line ${formatNumber(p.line)} is longer than ${formatBytes(p.maxBytes)}`,
    hint: "Check that --format fits the file; for an item of this size, use a file name as the item.",
  }),
  "input.idMissing": (p) =>
    p.known === null
      ? {
          message: `Cannot use --id ${p.field}: ${counted(p.count, "item has", "items have")} no text or number there: ${lines(p.lines, p.count)}`,
          hint: "Name a field that has one in every item, or leave --id out: items are then identified by their content.",
        }
      : {
          message: `Cannot use --id ${p.field}: no item has such a field${didYouMean(p.nearest)}`,
          hint: `${fields(p.known, "leave --id out")} Without --id, items are identified by their content.`,
        },
  "input.idDoubled": (p) => ({
    message: `Cannot use --id ${p.field}: ${counted(p.count, "id occurs", "ids occur")} more than once: ${few(
      p.examples.map((it) => `"${it.id}" on ${lines(it.lines)}`),
      p.count,
    )}`,
    hint: "Name a field whose values differ, or leave --id out: equal items are then each processed once.",
  }),
  "input.importFormat": (p) => ({
    message: `Cannot import ${p.path}: its name ends in no known extension`,
    hint: "Copy it to a name that says what it is: .jsonl, .json, .csv, .tsv, .parquet, .xlsx or .sqlite.",
  }),
  "input.importUnreadable": (p) => ({
    message: `Cannot import ${p.path}: ${p.rows === 0 ? "it has no rows" : `none of its ${counted(p.rows, "row", "rows")} has a result in a known form`}`,
    hint: "ckpt knows its own outputs (those without ids need --include-input), and batch outputs of OpenAI. For other files name the fields: --import-id FIELD --import-output FIELD.",
  }),
  "input.importNoMatch": (p) => ({
    message: `Cannot import ${p.path}: none of its ${counted(p.rows, "row", "rows")} matches an item of the input`,
    hint:
      p.idField === null
        ? "Without --id FIELD, results are matched by the content of the items. If the file has ids, add --id with the field of the input that holds them."
        : `Results are matched by the field ${p.idField} of the input (--id). Check that the file holds the same ids.`,
  }),
  "input.noKept": () => ({
    message: "Cannot run: the input came from standard input, and the checkpoint has no copy of it",
    hint: "Give the input again: ckpt run - -- COMMAND < INPUT.",
  }),
  "input.changedDuringRun": (p) => ({
    message: `Stopped: ${theInput(p.path)} was changed during the run`,
    hint: `All results are saved. Run the same command again: results that still match are kept, the rest is run.${p.ofQuery === true ? " A query needs ORDER BY columns that no two rows share, or its rows may come in another order each time." : ""}`,
  }),
};
