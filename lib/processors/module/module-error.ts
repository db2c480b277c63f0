// Describes an error of a user's module: its message, and where in the module's folder it came from.
import * as path from "node:path";
import { cutText } from "../../core/cut-text.ts";
import { isPassing } from "../endpoint/endpoint-rules.ts";
import { askedWaitMs } from "../pace/rate-headers.ts";
import type { Trouble } from "../processor.ts";

/** Maximum length of an error's text: some errors contain all of the data that they could not parse. */
const MESSAGE_MAX_LENGTH = 4096;

/** Maximum number of stack lines shown. */
const FRAMES_MAX = 3;

/**
 * Name and message of anything that was thrown, then the first stack lines within `folder`, with relative paths.
 * @param folder absolute path of the module's folder
 */
export function describeThrown(thrown: unknown, folder: string): string {
  if (!(thrown instanceof Error))
    return `${cutText(textOf(thrown), MESSAGE_MAX_LENGTH)} (thrown, not an Error)`;
  const text = cutText(`${thrown.name}: ${thrown.message}`, MESSAGE_MAX_LENGTH);
  return [text, ...framesIn(thrown.stack ?? "", folder)].join("\n");
}

function framesIn(stack: string, folder: string): string[] {
  const prefix = folder.endsWith(path.sep) ? folder : folder + path.sep;
  const own = stack.split("\n").filter((line) => /^\s+at /.test(line) && line.includes(prefix));
  return own.slice(0, FRAMES_MAX).map((line) => `    ${line.trim().replaceAll(prefix, "")}`);
}

/** Why a module could not be loaded: syntax errors with their positions, or the thrown error. */
export function describeLoadError(thrown: unknown, folder: string): string {
  const errors: readonly unknown[] = thrown instanceof AggregateError ? thrown.errors : [thrown];
  const texts = errors
    .slice(0, FRAMES_MAX)
    .map((error) => buildMessage(error) ?? describeThrown(error, folder));
  return texts.join("; ");
}

function buildMessage(error: unknown): string | null {
  if (!(error instanceof BuildMessage) && !(error instanceof ResolveMessage)) return null;
  const { position } = error;
  if (position === null) return error.message;
  return `${error.message} (${path.basename(position.file)}:${position.line}:${position.column})`;
}

/** Whether the thrown error declares that a retry would not help (`retryable: false`). */
export function refusesRetry(thrown: unknown): boolean {
  return typeof thrown === "object" && thrown !== null && "retryable" in thrown && thrown.retryable === false;
}

/** Whether the thrown error declares an outside cause (`pause: true`). */
export function asksForPause(thrown: unknown): boolean {
  return typeof thrown === "object" && thrown !== null && "pause" in thrown && thrown.pause === true;
}

/** How a child ended, if the thrown error is about a child: from node:child_process (`signal`, `status`, `code`), Bun.$ or execa (`exitCode`). */
export function childEndIn(thrown: unknown): {
  readonly status: number | null;
  readonly signal: string | null;
} {
  if (typeof thrown !== "object" || thrown === null) return { status: null, signal: null };
  const { signal, status, code, exitCode } = thrown as { readonly [key: string]: unknown };
  const found = [exitCode, status, code].find((value) => typeof value === "number");
  return { status: found ?? null, signal: typeof signal === "string" ? signal : null };
}

/** What an error of an HTTP client says by its status and headers: 429 means that the other side refuses for now. */
/** What status and headers in an HTTP client's error mean: 429 is a rate limit; others may say when to retry. */
export function troubleIn(thrown: unknown): Trouble | null {
  if (typeof thrown !== "object" || thrown === null || !("status" in thrown)) return null;
  const { status } = thrown;
  if (typeof status !== "number" || (status !== 429 && !isPassing(status))) return null;
  const headers = "headers" in thrown && thrown.headers instanceof Headers ? thrown.headers : new Headers();
  // A date to wait for is relative to the server's clock.
  const nowMs = Date.parse(headers.get("date") ?? "");
  const askedMs = askedWaitMs((name) => headers.get(name), nowMs, status === 429);
  const waitMs = Number.isNaN(askedMs) ? null : askedMs;
  if (status === 429) return { kind: "limited", waitMs };
  return waitMs === null || refusesRetry(thrown) ? null : { kind: "strained", waitMs };
}

function textOf(value: unknown): string {
  try {
    return typeof value === "string" ? value : (JSON.stringify(value) ?? typeof value);
  } catch {
    return "something that has no text";
  }
}
