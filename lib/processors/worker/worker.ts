// `--worker -- COMMAND`: processes that live as long as the run and receive items line by line (docs/worker.md).
import * as path from "node:path";
import { shellWords } from "../../core/shell-quote.ts";
import type { Clock } from "../../io/clock.ts";
import { makeOwnFolder } from "../../io/file.ts";
import { realFileSystem } from "../../io/fs.ts";
import { startLineChild } from "../../io/line-child.ts";
import { limitFiles } from "../../io/open-files.ts";
import { endSurvivors, NONCE_VARIABLE } from "../../io/survivors.ts";
import { inheritedOf, SESSION } from "../command/child-attempts.ts";
import { argumentFileParts, kindPart, shortened } from "../fingerprint-parts.ts";
import type { AttemptContext, Processor } from "../processor.ts";
import { WorkerPool } from "./worker-pool.ts";
import { requestLine } from "./worker-protocol.ts";

export type WorkerSettings = {
  readonly workers: number;
  /** Maximum number of items per worker at once. */
  readonly inflight: number;
  /** The inherited environment; CKPT_SESSION and CKPT_WORKER are overwritten. */
  readonly env: { readonly [name: string]: string | undefined };
  /** Limit of one attempt; null: none. It may change. */
  readonly timeoutMs: number | null;
  readonly maxOutputBytes: number;
  /** Folder of the standard error logs; created if missing. */
  readonly logFolder: string;
  readonly clock: Clock;
};

const WORKER = "CKPT_WORKER";

/** Maximum characters of a line per byte of output (`\\u0000`), and the size of the rest of the line. */
const ESCAPED_MAX = 6;
const FRAME_LENGTH = 1 << 16;
/** The limit of a line, well below the maximum length of a string (2^31 - 1). */
const LINE_LENGTH_MAX = 3 * 2 ** 29;

/** @param argv program and arguments, used unchanged; at least the program */
export function workerProcessor(argv: readonly string[], settings: WorkerSettings): Processor {
  const inherited = inheritedOf(settings.env);
  let pool: WorkerPool | null = null;
  let nonce: string | null = null;
  let { workers } = settings;
  const open = ({ session, nonce: own }: AttemptContext): WorkerPool => {
    nonce = own;
    const { inflight, maxOutputBytes, logFolder, clock } = settings;
    const start: ConstructorParameters<typeof WorkerPool>[0]["start"] = (number, events) =>
      startLineChild({
        argv,
        env: { ...inherited, [SESSION]: session, [NONCE_VARIABLE]: own, [WORKER]: String(number) },
        stderrFile: path.join(logFolder, `worker-${number}.log`),
        pipeFile: path.join(logFolder, `worker-${number}.pipe`),
        maxLineLength: Math.min(maxOutputBytes * ESCAPED_MAX + FRAME_LENGTH, LINE_LENGTH_MAX),
        ...events,
      });
    const limits = {
      get timeoutMs() {
        return settings.timeoutMs;
      },
    };
    return new WorkerPool({ workers, inflight, maxOutputBytes, limits, start, clock });
  };
  return {
    kind: "worker",
    open: () => {
      makeOwnFolder(realFileSystem, settings.logFolder);
      limitFiles(workers);
      return Promise.resolve();
    },
    process: (item, context) => (pool ??= open(context)).process(item, context),
    close: async () => {
      await pool?.close();
      if (nonce !== null) await endSurvivors(nonce);
      nonce = null;
    },
    resize: (atOnce) => {
      workers = Math.ceil(atOnce / settings.inflight);
      limitFiles(workers);
      pool?.resize(workers);
    },
    preview: (item) => [shellWords(argv), requestLine(item, 1).trimEnd()],
    fieldPaths: [],
    usesIndex: false,
    fingerprintParts: () =>
      Promise.resolve([
        kindPart("worker"),
        { name: "command", value: JSON.stringify(argv), shown: shortened(shellWords(argv)) },
        ...argumentFileParts(argv),
      ]),
  };
}
