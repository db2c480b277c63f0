// Samples records from places spread over a log: enough to find the log that matches an input best, at the same small cost for any length.
import { LINE_FEED } from "../../core/ascii.ts";
import { readFully } from "../../io/file.ts";
import { type FileSystem, O } from "../../io/fs.ts";
import { type RecordVisitor, readLineAt } from "./log-reader.ts";
import { readFrame, RecordFrame } from "../record/record-frame.ts";

const WINDOWS = 16;
const WINDOW_BYTES = 1 << 16;

/** Visits the first record, and the complete records in up to 16 windows of 64 KiB; some may be visited twice. Only the checksum of each record is verified. */
export function sampleLog(fs: FileSystem, file: string, visit: RecordVisitor): void {
  const fd = fs.openSync(file, O.O_RDONLY | O.O_NOFOLLOW);
  const frame = new RecordFrame();
  const visitLine = (line: Buffer, offset: number): void => {
    if (readFrame(line, frame)) visit(frame, line, offset);
  };
  try {
    const { size } = fs.fstatSync(fd);
    const first = readLineAt(fs, fd, 0); // it may be longer than a window
    if (first !== null) visitLine(first, 0);
    const windows = Math.min(WINDOWS, Math.ceil(size / WINDOW_BYTES));
    for (let i = 0; i < windows; i++) {
      const offset = i === 0 ? 0 : Math.floor((i * (size - WINDOW_BYTES)) / (windows - 1));
      eachLineIn(readFully(fs, fd, offset, WINDOW_BYTES), offset, visitLine);
    }
  } finally {
    fs.closeSync(fd);
  }
}

/** The partial line at the start of a window is visited, too, and is not a valid record. */
function eachLineIn(bytes: Buffer, offset: number, visit: (line: Buffer, offset: number) => void): void {
  let start = 0;
  for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
    visit(bytes.subarray(start, end), offset + start);
    start = end + 1;
  }
}
