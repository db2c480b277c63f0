// Reads a result log without going through all records in order: from its end backwards, or only the lines that contain a text. Only the checksum of each record is
// verified, not its place.
import { LINE_FEED } from "../../core/ascii.ts";
import { CkptError } from "../../core/errors.ts";
import { readFully } from "../../io/file.ts";
import { type FileSystem, O } from "../../io/fs.ts";
import { readFrame, RecordFrame } from "../record/record-frame.ts";
import type { RecordVisitor } from "./log-reader.ts";

const READ_BACK_BYTES = 1 << 20;
const SEARCHED_BYTES = 4 << 20;

/** What is read of a log. */
export type SearchedLog = {
  readonly file: string;
  /** Bytes that were committed: a line among them that is no record is damage. Behind them, it may be in the middle of being written. */
  readonly committedBytes: number;
};

/** A record, until `visit` returns false. */
export type SearchVisitor = (...record: Parameters<RecordVisitor>) => boolean | void;

/** Visits records from the end of the log. Memory: one block, or the longest line. @throws checkpoint.damaged */
export function searchBackwards(fs: FileSystem, log: SearchedLog, visit: SearchVisitor): void {
  withLog(fs, log, visit, (fd, give) => {
    let from = fs.fstatSync(fd).size;
    /** The end of a line whose beginning has not been read. */
    let rest: Buffer = Buffer.alloc(0);
    while (from > 0) {
      const length = Math.min(READ_BACK_BYTES, from);
      from -= length;
      const block = Buffer.concat([readFully(fs, fd, from, length), rest]);
      let end = block.lastIndexOf(LINE_FEED);
      while (end > 0) {
        const before = block.lastIndexOf(LINE_FEED, end - 1);
        if (before === -1 && from > 0) break;
        if (!give(block.subarray(before + 1, end), from + before + 1)) return;
        end = before;
      }
      rest = end < 0 ? block : block.subarray(0, end + 1);
    }
  });
}

/** Visits the records whose lines contain a text, in the order of the log. Memory as above. @throws checkpoint.damaged */
export function searchText(fs: FileSystem, log: SearchedLog, text: string, visit: SearchVisitor): void {
  const wanted = Buffer.from(text);
  withLog(fs, log, visit, (fd, give) => {
    let from = 0;
    let length = SEARCHED_BYTES;
    for (;;) {
      const block = readFully(fs, fd, from, length);
      const end = block.lastIndexOf(LINE_FEED);
      if (end === -1) {
        if (block.length < length) return;
        length *= 2; // a longer line
        continue;
      }
      const lines = block.subarray(0, end + 1);
      for (let at = lines.indexOf(wanted); at !== -1;) {
        const start = at === 0 ? 0 : lines.lastIndexOf(LINE_FEED, at - 1) + 1;
        const lineEnd = lines.indexOf(LINE_FEED, at);
        if (!give(lines.subarray(start, lineEnd), from + start)) return;
        at = lines.indexOf(wanted, lineEnd);
      }
      from += end + 1;
      length = SEARCHED_BYTES;
    }
  });
}

type Give = (line: Buffer, offset: number) => boolean;

function withLog(
  fs: FileSystem,
  { file, committedBytes }: SearchedLog,
  visit: SearchVisitor,
  read: (fd: number, give: Give) => void,
): void {
  const fd = fs.openSync(file, O.O_RDONLY | O.O_NOFOLLOW);
  const frame = new RecordFrame();
  try {
    read(fd, (line, offset) => {
      if (readFrame(line, frame)) return visit(frame, line, offset) !== false;
      if (offset >= committedBytes) return true;
      const problem = { kind: "record-sum", record: null, offset, item: null } as const;
      throw new CkptError("checkpoint.damaged", { path: file, problems: [problem] });
    });
  } finally {
    fs.closeSync(fd);
  }
}
