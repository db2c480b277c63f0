// Small result logs for tests of what reads them, made by the real writer.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LogWriter } from "../../lib/checkpoint/log/log-writer.ts";
import { emptyPosition } from "../../lib/checkpoint/log/log-start.ts";
import { Plan } from "../../lib/core/plan.ts";
import type { ItemError } from "../../lib/core/record.ts";
import { realFileSystem } from "../../lib/io/fs.ts";

const NONCE = "000102030405060708090a0b0c0d0e0f";

/** A folder that is there until `await using` ends. */
export function temporaryFolder(): { readonly path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), "ckpt-test-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export type LoggedResult = {
  /** Position in the present input; `recordIndex` where the record was made under another one. */
  readonly index: number;
  readonly recordIndex?: number;
  readonly id?: string;
  readonly hash?: string;
  /** JSON text; `error` instead for a failed item. */
  readonly output?: string;
  readonly error?: ItemError;
  readonly startedAtMs?: number;
  /** Which of the answers of its item it is; default 1. */
  readonly repeat?: number;
};

export type MadeLog = { readonly logFile: string; readonly plan: Plan };

/**
 * Writes a log with these results, in this order, and makes the plan that belongs to it.
 * @param count items of the input; default: up to the last result @param repeats answers wanted of each
 */
export function makeLog(
  folder: string,
  results: readonly LoggedResult[],
  count: number = 0,
  repeats: number = 1,
): MadeLog {
  const logFile = join(folder, "checkpoint_results.jsonl");
  writeFileSync(logFile, "");
  const writer = new LogWriter(realFileSystem, logFile, emptyPosition(NONCE), repeats === 1 ? 1 : 2);
  const items = results.reduce((most, { index }) => Math.max(most, index + 1), count);
  const plan = new Plan(items, { repeats, isPart: false });
  for (const result of results) {
    const {
      index,
      recordIndex = index,
      id = null,
      hash = hashOf(index),
      output = "null",
      error,
      repeat = 1,
    } = result;
    const key = {
      index: recordIndex,
      line: recordIndex + 1,
      id,
      idIsJson: false,
      hash,
      occurrence: 1,
      repeat,
    };
    const common = {
      attempts: 1,
      retries: [],
      startedAtMs: result.startedAtMs ?? Date.UTC(2026, 10, 23),
      durationMs: 7,
    };
    const outcome =
      error === undefined
        ? ({ ...common, status: "ok", outputJson: output } as const)
        : ({ ...common, status: "failed", error } as const);
    plan.recorded(plan.unitOf(index, repeat) ?? -1, error ?? null, writer.add(key, "0a1b2c3d", outcome));
    if (writer.isFull) writer.write();
  }
  writer.write();
  writer.close();
  return { logFile, plan };
}

/** A hash that is different for each index. */
function hashOf(index: number): string {
  return index.toString(16).padStart(32, "0");
}
