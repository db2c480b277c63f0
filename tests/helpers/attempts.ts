// What tests of processors need: items, contexts, and ways to see what other processes do.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Item, JsonValue } from "../../lib/core/item.ts";
import type { AttemptContext } from "../../lib/processors/processor.ts";

export const FIXTURES: string = join(import.meta.dir, "../fixtures/processors");

export const SESSION = "20230530_143025";

/** A nonce that no other test has. */
export function newNonce(): string {
  return crypto.randomUUID().replaceAll("-", "");
}

/** @param text the JSON text as written, where it differs from JSON.stringify's */
export function jsonItem(index: number, value: JsonValue, id: string | null = null, text?: string): Item {
  return {
    index,
    line: index + 1,
    id,
    idIsJson: false,
    hash: "0".repeat(32),
    form: "json",
    text: text ?? JSON.stringify(value),
    value,
  };
}

export function textItem(index: number, text: string): Item {
  return {
    index,
    line: index + 1,
    id: null,
    idIsJson: false,
    hash: "0".repeat(32),
    form: "text",
    text,
    value: text,
  };
}

export function contextWith(changes: Partial<AttemptContext> = {}): AttemptContext {
  return {
    attempt: 1,
    session: SESSION,
    nonce: newNonce(),
    signal: new AbortController().signal,
    stopping: new AbortController().signal,
    told: new AbortController().signal,
    ...changes,
  };
}

/** True while a process runs; a zombie does not. */
export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false; // no such process
  }
}

/** The pids that a program has written into its mark; none while it is not there. */
export function pidsIn(mark: string): readonly number[] {
  try {
    return readFileSync(mark, "utf8").split(/\s+/).filter(Boolean).map(Number);
  } catch {
    return []; // not there yet
  }
}

/** A new folder, gone with the scope. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "ckpt-test-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
