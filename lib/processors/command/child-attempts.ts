// One child process per attempt: the shared part of command and shell.
import type { Item } from "../../core/item.ts";
import { mayBeStopped } from "../../core/stop-signals.ts";
import { type ChildEnd, type ChildRequest, Children } from "../../io/child.ts";
import { limitFiles } from "../../io/open-files.ts";
import { shortLivedFolder } from "../../io/temporary-file.ts";
import { NONCE_VARIABLE } from "../../io/survivors.ts";
import {
  ABORTED,
  failed,
  outputTooLarge,
  outside,
  PAUSE,
  timedOut,
  withReason,
  withStderr,
} from "../outcomes.ts";
import { outputOf, type Parse } from "../output-text.ts";
import type { AttemptContext, Outcome } from "../processor.ts";
import { isStoppedBySignal } from "../stopped-by-signal.ts";

export type ChildSettings = {
  /** The inherited environment; the variables CKPT_ITEM_* and CKPT_SESSION* are overwritten. */
  readonly env: { readonly [name: string]: string | undefined };
  /** Limit of one attempt; null: none. Read for each attempt: it may change. */
  readonly timeoutMs: number | null;
  /** Limit of standard output. */
  readonly maxOutputBytes: number;
  /** Maximum number of children at once; default 1. */
  readonly atOnce?: number;
  readonly parse: Parse;
  /** Whether the input has ids (`--id`): `{id}` is then the id, not a field. */
  readonly hasId: boolean;
  /** Whether the end of standard error is kept of a success, too; default false. */
  readonly keepStderr?: boolean;
  /** Exit statuses that mean an outside cause; default none. */
  readonly pauseOn?: ReadonlySet<number>;
};

/** Program and arguments of an attempt; `verbatim`: they are joined as they are (Windows, where programs read their line by themselves). */
export type Words = Pick<ChildRequest, "argv" | "verbatim">;

const ITEM_INDEX = "CKPT_ITEM_INDEX";
const ITEM_ID = "CKPT_ITEM_ID";
const ITEM_ATTEMPT = "CKPT_ITEM_ATTEMPT";
const ITEM_REPEAT = "CKPT_ITEM_REPEAT";
export const SESSION = "CKPT_SESSION";

/** Exit statuses by which a shell says that it could not run a command (POSIX.1-2024, 2.8.2; 9009 is that of cmd.exe). */
const STATUS_NOT_EXECUTABLE = 126;
const STATUSES_NOT_FOUND: ReadonlySet<number> = new Set([127, 9009]);

/** Bytes that a runaway child may have written before it is noticed (io/child.ts). */
const RUNAWAY_BYTES = 128 << 20;

/** Runs children and returns their outcomes. */
export class ChildAttempts {
  readonly #settings: ChildSettings;
  readonly #inherited: { readonly [name: string]: string };
  readonly #children: Children;

  constructor(settings: ChildSettings) {
    this.#settings = settings;
    this.#children = new Children(this.#folderFor(settings.atOnce ?? 1));
    this.#inherited = inheritedOf(settings.env);
  }

  /** Called once, before any attempt. */
  open(): Promise<void> {
    limitFiles(this.#settings.atOnce ?? 1);
    return Promise.resolve();
  }

  /** Prepares for so many children at once. */
  resize(atOnce: number): void {
    limitFiles(atOnce);
    this.#children.use(this.#folderFor(atOnce));
  }

  /** Where so many children may keep their output. */
  #folderFor(atOnce: number): string {
    const { env, maxOutputBytes } = this.#settings;
    return shortLivedFolder(env["TMPDIR"], atOnce * (maxOutputBytes + RUNAWAY_BYTES));
  }

  /** Makes one attempt, with the item as a line on standard input. */
  async run(words: Words, item: Item, context: AttemptContext): Promise<Outcome> {
    const { timeoutMs, maxOutputBytes } = this.#settings;
    const end = await this.#children.run(
      {
        ...words,
        env: this.#envOf(item, context),
        input: `${item.text}\n`,
        timeoutMs,
        maxOutputBytes,
        signal: context.signal,
      },
      context.nonce,
    );
    const isHeldBack = mayBeStopped(statusOf(end));
    return isHeldBack && (await isStoppedBySignal(context.told)) ? ABORTED : outcomeOf(end, this.#settings);
  }

  /** Ends all children. May be called twice. */
  close(): Promise<void> {
    return this.#children.close();
  }

  #envOf(item: Item, context: AttemptContext): { readonly [name: string]: string } {
    const env: { [name: string]: string } = {
      ...this.#inherited,
      [ITEM_INDEX]: String(item.index),
      [ITEM_ATTEMPT]: String(context.attempt),
      [ITEM_REPEAT]: String(context.repeat ?? 1),
      [SESSION]: context.session,
      [NONCE_VARIABLE]: context.nonce,
    };
    if (item.id !== null) env[ITEM_ID] = item.id;
    return env;
  }
}

export function inheritedOf(env: ChildSettings["env"]): { readonly [name: string]: string } {
  const own: ReadonlySet<string> = new Set([
    ITEM_INDEX,
    ITEM_ID,
    ITEM_ATTEMPT,
    ITEM_REPEAT,
    SESSION,
    NONCE_VARIABLE,
  ]);
  const inherited: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !own.has(name)) inherited[name] = value;
  }
  return inherited;
}

/** How the child ended by itself; nulls if ckpt ended it or it never started. */
function statusOf(end: ChildEnd): { readonly status: number | null; readonly signal: string | null } {
  return {
    status: end.end === "exited" ? end.status : null,
    signal: end.end === "signalled" ? end.signal : null,
  };
}

/** Why a child was not started that lies in what the item puts into its words. */
const OF_THE_ITEM: ReadonlySet<string> = new Set(["argument_too_long", "argument_nul", "argument_unsafe"]);

function outcomeOf(end: ChildEnd, settings: ChildSettings): Outcome {
  switch (end.end) {
    case "exited":
      return end.status === 0 ? succeeded(end, settings) : exited(end, settings);
    case "signalled":
      return failed("signal", withReason(`ended by ${end.signal}`, end.stderr), true, withStderr(end.stderr));
    case "timeout":
      return timedOut(settings.timeoutMs ?? 0, withStderr(end.stderr));
    case "output_too_large":
      return outputTooLarge(settings.maxOutputBytes, withStderr(end.stderr));
    case "aborted":
      return ABORTED;
    case "not_started":
      return OF_THE_ITEM.has(end.kind)
        ? failed(end.kind, end.message, false)
        : outside(end.kind, end.message);
  }
}

type Exited = ChildEnd & { readonly end: "exited" };

function succeeded({ stdout, stderr }: Exited, { parse, keepStderr }: ChildSettings): Outcome {
  const outcome = outputOf(stdout, parse);
  return keepStderr === true && outcome.status === "ok" && stderr !== "" ? { ...outcome, stderr } : outcome;
}

function exited({ status, stderr }: Exited, { pauseOn }: ChildSettings): Outcome {
  const details = { status, ...withStderr(stderr) };
  const message = withReason(`exit status ${status}`, stderr);
  if (STATUSES_NOT_FOUND.has(status)) return outside("command_not_found", message, details);
  if (status === STATUS_NOT_EXECUTABLE) return outside("command_not_executable", message, details);
  if (pauseOn?.has(status) === true) return outside(PAUSE, message, details);
  return failed("exit", message, true, details);
}
