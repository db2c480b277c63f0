// Streams and values that the tests of lib/ui share.
import { PassThrough } from "node:stream";
import type { Status } from "../../lib/core/status.ts";
import type { Progress } from "../../lib/run/progress.ts";
import { openScreen, type OutputStream, type Screen } from "../../lib/ui/screen.ts";

export type FakeStream = OutputStream & { readonly chunks: string[]; text(): string };

/** A stream that keeps what is written. */
export function fakeStream(columns?: number): FakeStream {
  const chunks: string[] = [];
  return {
    chunks,
    text: () => chunks.join(""),
    write: (text) => chunks.push(text),
    isTTY: columns !== undefined,
    ...(columns === undefined ? {} : { columns }),
  };
}

/** A screen of that width without colours, and its stream; not a terminal without a width. */
export function fakeScreen(columns?: number): { readonly screen: Screen; readonly stream: FakeStream } {
  const stream = fakeStream(columns);
  return { screen: openScreen(stream, { TERM: "xterm", NO_COLOR: "1" }), stream };
}

/** Input that is typed as a test says. */
export function fakeInput(): PassThrough {
  return new PassThrough();
}

export const PROGRESS: Progress = {
  total: 1319,
  completed: 800,
  failed: 12,
  left: 507,
  done: 100,
  inFlight: 8,
  saved: 810,
  elapsedMs: 65_000,
  ratePerS: 12.34,
  etaMs: 41_000,
  concurrency: 8,
  waiting: null,
};

const NO_SPENDING = { input_tokens: 0, output_tokens: 0, cost: 0 };

/** The status behind the block of the user guide. */
export const STATUS: Status = {
  v: 1,
  kind: "status",
  generation: 5,
  session: { id: "20230530_143025", nonce: "0".repeat(32), started_at: "2023-05-30T14:30:25.000Z" },
  saved_at: "2023-05-30T14:30:45.000Z",
  state: "stopped",
  input: {
    path: "/data/问题集.jsonl",
    format: "jsonl",
    compression: "none",
    encoding: "utf-8",
    id_field: null,
    kept: false,
    size: 2048,
    mtime: null,
    sha256: "0".repeat(64),
    count: 100,
    repeated: 0,
    changes: 0,
  },
  processor: { kind: "command", shown: "python solve.py {question}" },
  fingerprint: { id: "00000000", parts: [] },
  batch_size: 10,
  total: 100,
  completed: 48,
  failed: 2,
  results_saved: 50,
  gone: 0,
  log: { bytes: 51_200, records: 50, last_sum: "0".repeat(16) },
  output: null,
  usage: NO_SPENDING,
  runs: [],
  errors: [],
  timeline: { bucket_ms: 1000, counts: [] },
};
