// Loads a user's module and finds its exports for ckpt.
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { CkptError } from "../../core/errors.ts";
import type { JsonValue } from "../../core/item.ts";
import { isRegularFile } from "../../io/content-hash.ts";
import { describeLoadError } from "./module-error.ts";

/** The context that a module's `process` receives. */
export type ModuleContext = {
  /** Position in the input, from 0. */
  readonly index: number;
  /** The value of the `--id` field; null without `--id`. */
  readonly id: string | null;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  /** Which of the answers wanted for the item this is, from 1 (`--repeat`). */
  readonly repeat: number;
  readonly session: string;
  /** Aborted at the timeout, and when the run stops waiting for it. */
  readonly signal: AbortSignal;
};

export type UserModule = {
  readonly process: (item: JsonValue | undefined, context: ModuleContext) => unknown;
  readonly setup: (() => unknown) | null;
  readonly teardown: (() => unknown) | null;
};

type Exports = { readonly [name: string]: unknown };
type Method = (...values: readonly unknown[]) => unknown;

/** @param file absolute path @param shownPath the path as the user gave it @throws CkptError `module.missing` */
export function requireModule(file: string, shownPath: string): void {
  if (!isRegularFile(file)) throw new CkptError("module.missing", { path: shownPath });
}

/**
 * Imports a module: it exports `process`, or a default that is a function or an object with `process`. `setup` and `teardown` are next to it.
 * @param file absolute path
 * @param shownPath the path as the user gave it
 * @throws CkptError `module.missing`, `module.doesNotLoad`, `module.noProcess`
 */
export async function loadModule(file: string, shownPath: string): Promise<UserModule> {
  requireModule(file, shownPath);
  const exported = await importModule(file, shownPath);
  const standard = exported["default"];
  const object = typeof standard === "object" && standard !== null ? (standard as Exports) : {};
  const called = typeof standard === "function" ? (standard as Method) : methodOf(object, "process");
  const process = methodOf(exported, "process") ?? called;
  if (process === null)
    throw new CkptError("module.noProcess", { path: shownPath, exports: Object.keys(exported) });
  return {
    process,
    setup: methodOf(exported, "setup") ?? methodOf(object, "setup"),
    teardown: methodOf(exported, "teardown") ?? methodOf(object, "teardown"),
  };
}

async function importModule(file: string, shownPath: string): Promise<Exports> {
  try {
    return (await import(pathToFileURL(file).href)) as Exports;
  } catch (error) {
    const cause = describeLoadError(error, path.dirname(file));
    throw new CkptError("module.doesNotLoad", { path: shownPath, cause }, { cause: error });
  }
}

function methodOf(owner: Exports, name: string): Method | null {
  const found = owner[name];
  return typeof found === "function" ? (found.bind(owner) as Method) : null;
}
