// The grammar of a record, as docs/format.md has it: the keys, in the order in which they stand. Nothing outside of this folder knows it.
// `v`, `seq` and `index` stand first, `prev` and `sum` last, so that both ends of a line are found by position. `repeat`, `import` and `from` are of version 2; a
// log is of one version, and its status says which. Behind `attempts` no object has a key of that name, or `id_json`: their last places are the record's own.
import { SUM_DIGITS, SUM_END, SUM_KEY } from "../checksum.ts";

/** What stands in front of each value that is read by position; a value that is a string is followed by its quotation mark. */
export const KEY = {
  version: '{"v":',
  seq: ',"seq":',
  index: ',"index":',
  line: ',"line":',
  status: ',"status":"',
  id: ',"id":',
  hash: ',"hash":"',
  occurrence: ',"n":',
  repeat: ',"repeat":',
  fp: ',"fp":"',
  output: ',"output":',
  error: ',"error":',
  attempts: ',"attempts":',
  retries: ',"retries":',
  marks: ',"marks":',
  usage: ',"usage":',
  startedAt: ',"started_at":"',
  durationMs: ',"duration_ms":',
  ttftMs: ',"ttft_ms":',
  endpoint: ',"endpoint":',
  modelVersion: ',"model_version":',
  stderr: ',"stderr":',
  idJson: ',"id_json":',
  import: ',"import":',
  from: ',"from":',
  origin: ',"origin":',
  prev: ',"prev":"',
} as const;

export const HASH_DIGITS = 32;
export const FP_DIGITS = 8;

/** What follows `,"prev":"`: the sum of the record before, and the record's own. Its length is always the same. */
export const TAIL_LENGTH: number = SUM_DIGITS + 1 + SUM_KEY.length + SUM_DIGITS + SUM_END.length;

/** A key in a regular expression. */
export function inPattern(key: string): string {
  return key.replace("{", String.raw`\{`);
}
