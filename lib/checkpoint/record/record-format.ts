// The grammar of a record as in docs/format.md: the keys in their order. Only this folder knows it. `v`, `seq` and `index` come first, `prev` and
// `sum` last, so that both ends of a line can be read by position. `repeat`, `import` and `from` belong to version 2; a log has one version, which
// its status states. No object after `attempts` has a key `attempts` or `id_json`, so their last occurrences are the record's own.
import { SUM_DIGITS, SUM_END, SUM_KEY } from "../checksum.ts";

/** The bytes before each value that is read by position; a string value is followed by its quotation mark. */
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
  requestId: ',"request_id":',
  stderr: ',"stderr":',
  idJson: ',"id_json":',
  import: ',"import":',
  from: ',"from":',
  origin: ',"origin":',
  prev: ',"prev":"',
} as const;

export const HASH_DIGITS = 32;
export const FP_DIGITS = 8;

/** Length of everything after `,"prev":"`: the previous sum and the record's own sum. */
export const TAIL_LENGTH: number = SUM_DIGITS + 1 + SUM_KEY.length + SUM_DIGITS + SUM_END.length;

/** A key, escaped for a regular expression. */
export function inPattern(key: string): string {
  return key.replace("{", String.raw`\{`);
}
