// What every record begins with, read by position: its number, and the index of its item.
import { digitsEnd, matches, numberAt } from "./line-bytes.ts";
import { FORMAT_VERSION } from "../status/seal.ts";

export type RecordHead = {
  seq: number;
  index: number;
  /** Where the head ends in the line; 0 when the line begins otherwise, and `seq` and `index` say nothing. */
  headEnd: number;
};

const SEQ = Buffer.from(`{"v":${FORMAT_VERSION},"seq":`);
const INDEX = Buffer.from(',"index":');

/** Reads a line's head into `head`. */
export function readHead(line: Buffer, head: RecordHead): void {
  head.headEnd = 0;
  if (!matches(line, 0, SEQ)) return;
  const seqEnd = digitsEnd(line, SEQ.length);
  if (!matches(line, seqEnd, INDEX)) return;
  const indexStart = seqEnd + INDEX.length;
  head.headEnd = digitsEnd(line, indexStart);
  head.seq = numberAt(line, SEQ.length, seqEnd);
  head.index = numberAt(line, indexStart, head.headEnd);
}
