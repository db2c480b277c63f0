// Every failure that a user can cause, by name, with the values its message shows. The texts (English and Chinese) live in
// lib/ui/messages, which must have one for every name here. A bug is not in this list: it is an assertion with a stack.
import type { BackupNameFault } from "./backup-name.ts";
import type { Kept, Maker } from "./job.ts";
import type { Problem } from "./problem.ts";
import type { TextFault } from "./utf8.ts";

/** The documented exit codes (docs/scripting.md). A signal's code is 128 + its number. */
export const EXIT = {
  ok: 0,
  fatal: 1,
  usage: 2,
  someFailed: 3,
  stopped: 4,
  noCheckpoint: 10,
  locked: 11,
  integrity: 12,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT] | 129 | 143;

/** Values of each error's message. `path` is shown escaped; `cause` is the text of the system's own error. */
export type ErrorParams = {
  // Usage
  "usage.unknownOption": { readonly option: string; readonly nearest: string | null };
  "usage.unknownCommand": { readonly command: string; readonly nearest: string | null };
  "usage.missingValue": { readonly option: string };
  "usage.unexpectedValue": { readonly option: string };
  "usage.badValue": { readonly option: string; readonly value: string; readonly expected: string };
  "usage.missingInput": Record<never, never>;
  "usage.extraArgument": { readonly argument: string };
  "usage.conflict": { readonly first: string; readonly second: string };
  "usage.needs": { readonly option: string; readonly needed: string };
  "usage.repeated": { readonly option: string };
  /** A settings file (`--config`) that cannot be read, or is no TOML. */
  "usage.settingsFile": { readonly path: string; readonly cause: string };
  "usage.settingsKey": { readonly path: string; readonly key: string; readonly nearest: string | null };
  "usage.settingsValue": { readonly path: string; readonly key: string; readonly expected: string };
  "usage.noProcessor": Record<never, never>;
  "usage.noCommand": Record<never, never>;
  "usage.missingArgument": { readonly command: string; readonly argument: string };
  "usage.needsYes": { readonly action: string };
  // Input
  "input.missing": { readonly path: string };
  "input.folder": { readonly path: string };
  "input.unreadable": { readonly path: string; readonly cause: string };
  "input.empty": { readonly path: string };
  "input.binary": { readonly path: string; readonly offset: number };
  "input.unknownFormat": { readonly path: string };
  "input.unknownEncoding": { readonly encoding: string };
  "input.undecodable": { readonly path: string; readonly encoding: string; readonly offset: number };
  /** `marked`: the encoding of its byte-order mark. */
  "input.wrongEncoding": { readonly path: string; readonly encoding: string; readonly marked: string };
  "input.badFirst": {
    readonly path: string;
    readonly format: string;
    readonly line: number;
    readonly found: string;
    /** What the line seems to be instead. */
    readonly looksLike: "array" | "comment" | null;
  };
  "input.malformed": { readonly path: string; readonly line: number; readonly found: string };
  "input.corrupt": { readonly path: string; readonly cause: string };
  "input.lineTooLong": { readonly path: string; readonly line: number; readonly maxBytes: number };
  "input.tooManyItems": { readonly path: string; readonly max: number };
  /** `known`: fields of the items, where none has this one; null where some have it. */
  "input.idMissing": {
    readonly field: string;
    readonly lines: readonly number[];
    readonly count: number;
    readonly known: readonly string[] | null;
    readonly nearest: string | null;
  };
  "input.idDoubled": {
    readonly field: string;
    readonly examples: readonly { readonly id: string; readonly lines: readonly number[] }[];
    readonly count: number;
  };
  "input.noKept": Record<never, never>;
  "input.changedDuringRun": { readonly path: string };
  // Processors
  "template.unknownField": {
    readonly field: string;
    readonly known: readonly string[];
    readonly nearest: string | null;
  };
  "template.fieldMissing": { readonly field: string; readonly item: string };
  "endpoint.noKey": Record<never, never>;
  /** `source`: the variable, or the file. The key itself is not named. */
  "endpoint.badKey": { readonly source: string };
  "endpoint.secretInUrl": { readonly source: string; readonly name: string };
  "endpoint.secretHeader": { readonly header: string };
  "endpoint.reservedHeader": { readonly header: string };
  "endpoint.unsetHeader": { readonly header: string; readonly variable: string };
  /** `source`: the option with the header's name, or the variable. The value is not shown. */
  "endpoint.badHeader": { readonly source: string };
  "endpoint.badCertificates": { readonly variable: string; readonly path: string; readonly cause: string };
  "endpoint.unreadable": { readonly option: string; readonly path: string; readonly cause: string };
  "endpoint.emptyFile": { readonly option: string; readonly path: string };
  "endpoint.notText": TextFault & { readonly option: string; readonly path: string };
  "endpoint.tooManyConnections": { readonly jobs: number };
  "module.missing": { readonly path: string };
  /** `program`: what runs files of its kind. */
  "module.otherLanguage": { readonly path: string; readonly program: string };
  "module.doesNotLoad": { readonly path: string; readonly cause: string };
  "module.noProcess": { readonly path: string; readonly exports: readonly string[] };
  "module.setupFailed": { readonly path: string; readonly cause: string };
  "module.teardownFailed": { readonly path: string; readonly cause: string };
  "depends.unreadable": { readonly path: string; readonly cause: string };
  // Checkpoint
  "checkpoint.none": { readonly dir: string };
  /** A bare `ckpt run` on a checkpoint whose status holds no words. */
  "checkpoint.noWords": { readonly dir: string };
  /** The folder in which the words on record were typed is gone. */
  "checkpoint.folderGone": { readonly path: string };
  "checkpoint.locked": {
    readonly dir: string;
    readonly pid: number | null;
    readonly host: string | null;
    readonly since: string | null;
  };
  "checkpoint.notWritable": { readonly path: string; readonly cause: string };
  "checkpoint.notOurs": { readonly path: string; readonly found: string };
  "checkpoint.newer": { readonly path: string; readonly version: number; readonly supported: number };
  "checkpoint.damaged": { readonly path: string; readonly problems: readonly Problem[] };
  "checkpoint.logLost": {
    readonly path: string;
    readonly records: number;
    readonly backups: readonly string[];
  };
  "checkpoint.foreignWrite": { readonly path: string; readonly found: string };
  "checkpoint.syncFailed": { readonly path: string; readonly cause: string };
  "checkpoint.writeFailed": { readonly path: string; readonly cause: string };
  "checkpoint.diskFull": { readonly path: string; readonly cause: string };
  "checkpoint.changed": { readonly parts: readonly string[] };
  "checkpoint.anotherJob": { readonly dir: string; readonly input: string; readonly command: string };
  "backup.badName": { readonly name: string; readonly fault: BackupNameFault };
  "backup.exists": { readonly name: string };
  "backup.none": { readonly name: string; readonly nearest: readonly string[] };
  "backup.damaged": { readonly name: string; readonly problems: readonly Problem[] };
  "backup.failed": { readonly name: string; readonly cause: string };
  // Output
  /** `maker`: null for a file of which nothing is on record; `kept`: null where its results are nowhere else; `other`: a path that is free. */
  "output.exists": {
    readonly path: string;
    readonly maker: Maker | null;
    readonly kept: Kept | null;
    readonly other: string;
    /** `--no-resume` would replace it. */
    readonly byNoResume: boolean;
  };
  /** It came there while the run went on. */
  "output.appeared": { readonly path: string; readonly maker: Maker | null };
  "output.notWritable": { readonly path: string; readonly cause: string };
  "output.unknownFormat": { readonly path: string };
  "output.isInput": { readonly path: string };
  "output.isCheckpoint": { readonly path: string; readonly dir: string };
  "output.tooManyColumns": { readonly max: number };
  "output.writeFailed": { readonly path: string; readonly cause: string };
  "output.diskFull": { readonly path: string; readonly cause: string };
  // Anything else from the system that a user can cause
  "system.failed": { readonly what: string; readonly path: string; readonly cause: string };
};

export type ErrorName = keyof ErrorParams;

const EXIT_OF: { readonly [K in ErrorName]?: ExitCode } = {
  "checkpoint.none": EXIT.noCheckpoint,
  "backup.none": EXIT.noCheckpoint,
  "checkpoint.locked": EXIT.locked,
  "checkpoint.newer": EXIT.integrity,
  "checkpoint.damaged": EXIT.integrity,
  "checkpoint.logLost": EXIT.integrity,
  "checkpoint.foreignWrite": EXIT.integrity,
  "checkpoint.changed": EXIT.integrity,
  "checkpoint.anotherJob": EXIT.integrity,
  "backup.damaged": EXIT.integrity,
  "checkpoint.notWritable": EXIT.fatal,
  "checkpoint.notOurs": EXIT.fatal,
  "checkpoint.syncFailed": EXIT.fatal,
  "checkpoint.writeFailed": EXIT.fatal,
  "checkpoint.diskFull": EXIT.stopped,
  "backup.failed": EXIT.fatal,
  "module.teardownFailed": EXIT.fatal,
  "input.changedDuringRun": EXIT.stopped,
  "output.exists": EXIT.integrity,
  "output.appeared": EXIT.integrity,
  "output.tooManyColumns": EXIT.fatal,
  "output.writeFailed": EXIT.fatal,
  "output.diskFull": EXIT.stopped,
  "system.failed": EXIT.fatal,
};

/** The exit code of an error: 2 (usage) unless the table above says otherwise. */
export function exitCodeOf(name: ErrorName): ExitCode {
  return EXIT_OF[name] ?? EXIT.usage;
}

/** An expected failure. `params` fill the catalogue's text; `path` and `cause` are for scripts (`--json`). */
export class CkptError<K extends ErrorName = ErrorName> extends Error {
  override readonly name = "CkptError";
  readonly code: K;
  readonly params: ErrorParams[K];

  constructor(code: K, params: ErrorParams[K], options?: { readonly cause?: unknown }) {
    super(`${code} ${JSON.stringify(params)}`, options);
    this.code = code;
    this.params = params;
  }
}

/** JSON.parse names a token by its first UTF-16 unit, which may be half an emoji. */
const HALF_TOKEN = / '\p{Surrogate}'/gu;

/** The text of anything that was thrown, in whole characters. */
export function causeText(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.replaceAll(HALF_TOKEN, "").toWellFormed();
}

/** The system's error code (`ENOENT`, …) of anything that was thrown; null when it has none. */
export function systemCode(cause: unknown): string | null {
  if (typeof cause !== "object" || cause === null || !("code" in cause)) return null;
  return typeof cause.code === "string" ? cause.code : null;
}

const FULL: ReadonlySet<string | null> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** Whether a system's error code is one that passes when somebody makes room. */
export function isDiskFull(code: string | null): boolean {
  return FULL.has(code);
}
