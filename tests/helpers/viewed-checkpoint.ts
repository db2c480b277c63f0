// Checkpoints for tests of `ckpt view`: results as a test draws them, written by the code that writes them in a run, and the same results as plain values.
import * as fs from "node:fs";
import { LogWriter } from "../../lib/checkpoint/log/log-writer.ts";
import { emptyPosition } from "../../lib/checkpoint/log/log-start.ts";
import { checkpointPaths } from "../../lib/checkpoint/names.ts";
import { encodeStatus } from "../../lib/checkpoint/status/status-file.ts";
import type { FormatVersion } from "../../lib/core/format-version.ts";
import type { ItemError, Result } from "../../lib/core/record.ts";
import type { Status } from "../../lib/core/status.ts";
import { realFileSystem } from "../../lib/io/fs.ts";
import { STATUS } from "../ui/fakes.ts";

export type ViewedResult = {
  readonly index: number;
  readonly id: string | null;
  /** Of the item's content; default: made of the index. */
  readonly content?: number;
  readonly repeat?: number;
  /** JSON text; null for a failure. */
  readonly output: string | null;
  readonly error?: ItemError;
  readonly marks?: readonly string[];
  readonly endpoint?: string;
  readonly startedAtMs?: number;
  readonly durationMs?: number;
};

export type ViewedOptions = {
  readonly items: number;
  readonly repeats?: number;
  /** How often the input was changed during the session. */
  readonly changes?: number;
  readonly nonce?: string;
  /** Default: 1 where one answer is wanted. */
  readonly version?: FormatVersion;
  readonly change?: (status: Status) => Status;
};

const NONCE = "b".repeat(32);
const FP = "0a1b2c3d";

/** Writes log and status into a folder. Returns the lines of the log. */
export function makeViewed(
  dir: string,
  results: readonly ViewedResult[],
  options: ViewedOptions,
): readonly string[] {
  const { items, repeats = 1, changes = 0, nonce = NONCE, change = (status) => status } = options;
  const paths = checkpointPaths(dir);
  fs.mkdirSync(dir, { recursive: true });
  fs.writeFileSync(paths.log, "");
  const { version = repeats === 1 ? 1 : 2 } = options;
  const writer = new LogWriter(realFileSystem, paths.log, emptyPosition(nonce), version);
  for (const result of results) {
    writer.add(...recordOf(result));
    writer.write();
  }
  const log = writer.position;
  writer.close();
  const counts = countsOf(results, repeats);
  const status: Status = {
    ...STATUS,
    v: version,
    session: { ...STATUS.session, nonce },
    input: { ...STATUS.input, id_field: "id", count: items, changes },
    ...(repeats === 1 ? null : { repeat: repeats }),
    total: items * repeats,
    ...counts,
    results_saved: counts.completed + counts.failed,
    log,
  };
  fs.writeFileSync(paths.status, encodeStatus(change(status)));
  return fs.readFileSync(paths.log, "utf8").split("\n").slice(0, -1);
}

function recordOf(result: ViewedResult): Parameters<LogWriter["add"]> {
  const { index, id, content = index, repeat = 1, output, error, marks, endpoint } = result;
  const hash = content.toString(16).padStart(8, "0").repeat(4);
  const key = { index, line: index + 1, id, idIsJson: false, hash, occurrence: 1, repeat };
  const common = {
    attempts: 1,
    retries: [],
    startedAtMs: result.startedAtMs ?? Date.UTC(2026, 10, 23),
    durationMs: result.durationMs ?? 7,
    ...(marks === undefined ? null : { marks }),
    ...(endpoint === undefined ? null : { endpoint }),
  };
  const kept: Result =
    output === null
      ? { ...common, status: "failed", error: error ?? { kind: "exit", message: "exit status 1" } }
      : { ...common, status: "ok", outputJson: output };
  return [key, FP, kept];
}

function countsOf(results: readonly ViewedResult[], repeats: number): { completed: number; failed: number } {
  const valid = validResults(results, repeats);
  const completed = valid.filter(({ output }) => output !== null).length;
  return { completed, failed: valid.length - completed };
}

/**
 * The valid results, in the order of the input, told by the plainest rule: of one unit the newest, but a failure does not take the place of a success of the same content.
 */
export function validResults(results: readonly ViewedResult[], repeats: number): ViewedResult[] {
  const valid = new Map<string, ViewedResult>();
  for (const result of results) {
    const { index, id, content = index, repeat = 1, output } = result;
    if (repeat > repeats) continue;
    const unit = `${id ?? `#${content}`} ${repeat}`;
    const before = valid.get(unit);
    const isKept =
      before?.output !== undefined && before.output !== null && (before.content ?? before.index) === content;
    if (output === null && isKept) continue;
    valid.delete(unit);
    valid.set(unit, result);
  }
  const place = ({ index, repeat = 1 }: ViewedResult): number => index * repeats + repeat;
  return [...valid.values()].toSorted((a, b) => place(a) - place(b));
}
