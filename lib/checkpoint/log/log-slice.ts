// Looks through a result log piece by piece, so that a search can be shown while it goes on, and be given up. Only lines that may hold the text are read as records.
import { BACKSLASH, LINE_FEED } from "../../core/ascii.ts";
import type { RecordedResult } from "../../core/result-source.ts";
import type { IdStyle } from "../../core/status.ts";
import { readFully } from "../../io/file.ts";
import { type FileSystem, O } from "../../io/fs.ts";
import { readResult } from "../record/read-record.ts";

/** Some milliseconds of work. */
const SLICE_BYTES = 1 << 20;

/** Which lines are read. They may hold the text without having it: the visitor decides. */
export type SliceText = {
  /** A text in lower case, whatever the case in the log is; null: all lines. */
  readonly text: string | null;
  readonly ids: IdStyle;
};

/** `place` of a result, as an entry has it. Valid only during the call. Damaged lines are not visited. */
export type SliceVisitor = (result: RecordedResult, place: number, line: Buffer) => void;

/** Visits the records in the next piece of a log. @param from where a line begins @returns where the next piece begins: `from` where no whole line follows */
export function visitSlice(
  fs: FileSystem,
  file: string,
  from: number,
  { text, ids }: SliceText,
  visit: SliceVisitor,
): number {
  const block = wholeLines(fs, file, from);
  const nextLine = candidatesOf(block, text);
  for (let at = nextLine(0); at !== -1;) {
    const start = at === 0 ? 0 : block.lastIndexOf(LINE_FEED, at - 1) + 1;
    const end = block.indexOf(LINE_FEED, at);
    const line = block.subarray(start, end);
    const result = readResult(line, ids);
    if (result !== null) visit(result, from + start, line);
    at = end + 1 < block.length ? nextLine(end + 1) : -1;
  }
  return from + block.length;
}

function wholeLines(fs: FileSystem, file: string, from: number): Buffer {
  const fd = fs.openSync(file, O.O_RDONLY | O.O_NOFOLLOW);
  try {
    for (let length = SLICE_BYTES; ; length *= 2) {
      const block = readFully(fs, fd, from, length);
      const end = block.lastIndexOf(LINE_FEED) + 1;
      if (end > 0 || block.length < length) return block.subarray(0, end); // else a longer line
    }
  } finally {
    fs.closeSync(fd);
  }
}

/** Texts that JSON never writes with an escape. */
const NEVER_ESCAPED = /^[ !#-;=?-[\]-~]*$/;
/** Characters outside ASCII that have a case, which is not seen in their bytes. */
const HAS_CASE = /(?=[^\0-\x7f])[\p{Lu}\p{Ll}\p{Lt}]/u;

/** Where the next line is that may hold a text, from an offset on: an offset in it, or -1. */
function candidatesOf(block: Buffer, text: string | null): (from: number) => number {
  if (block.length === 0) return () => -1;
  if (text === null || text.startsWith("#") || HAS_CASE.test(text)) return (from) => from;
  // One byte is one character, so that offsets stay; letters of ASCII are in lower case in both.
  const bytes = Buffer.from(text).toString("latin1").toLowerCase();
  const isByCase = /[a-z]/.test(text);
  const haystack = isByCase ? block.toString("latin1").toLowerCase() : null;
  const needle = Buffer.from(text);
  const written = remembering((from) =>
    haystack === null ? block.indexOf(needle, from) : haystack.indexOf(bytes, from),
  );
  if (NEVER_ESCAPED.test(text)) return written;
  const escaped = remembering((from) => block.indexOf(BACKSLASH, from));
  return (from) => {
    const [first, second] = [written(from), escaped(from)];
    return first === -1 || second === -1 ? Math.max(first, second) : Math.min(first, second);
  };
}

/** A search that is not made again before what it has found. */
function remembering(find: (from: number) => number): (from: number) => number {
  let found = -2;
  return (from) => {
    if (found !== -1 && found < from) found = find(from);
    return found;
  };
}
