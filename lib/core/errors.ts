// Every failure that a user can cause: its code, its exit code, and the values in its message. The texts (English and Chinese) are in
// lib/ui/messages/errors, by the same areas; without one, an error does not compile. A bug is not in this list: it is an assertion with a stack.
import type { BackupNameFault } from "./backup-name.ts";
import type { ShownLine } from "./file-line.ts";
import type { Kept, Maker } from "./job.ts";
import type { Problem } from "./problem.ts";
import type { ShardProblem, ShardsDifference } from "./shard.ts";
import type { TextFault } from "./utf8.ts";

/** The documented exit codes (docs/scripting.md). A signal's code is 128 + its number. */
export const EXIT = {
  ok: 0,
  fatal: 1,
  usage: 2,
  someFailed: 3,
  stopped: 4,
  differ: 5,
  noCheckpoint: 10,
  locked: 11,
  integrity: 12,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT] | 129 | 143;

/** Why a run cannot be reached on its live channel: nobody listens, it is another user's, nobody answers in time, or what answers is something else. */
export type ChannelProblem = "absent" | "forbidden" | "silent" | "foreign";

declare const values: unique symbol;

/** The exit code of an error, typed with the values that its message shows. */
type Exits<Values extends object> = ExitCode & { readonly [values]?: Values };

/** `command`: the one that writes the same to another file, as it is typed. */
type UnfinishedOutput = { readonly path: string; readonly cause: string; readonly command: string };

/**
 * Every error by its code: how the process exits, and the values of its message. `path` is shown escaped; `cause` is the text of the system's
 * own error. The areas are those of lib/ui/messages/errors.
 */
const ERRORS = {
  // usage
  "usage.unknownOption": EXIT.usage as Exits<{ readonly option: string; readonly nearest: string | null }>,
  "usage.unknownCommand": EXIT.usage as Exits<{ readonly command: string; readonly nearest: string | null }>,
  "usage.missingValue": EXIT.usage as Exits<{ readonly option: string }>,
  "usage.unexpectedValue": EXIT.usage as Exits<{ readonly option: string }>,
  "usage.badValue": EXIT.usage as Exits<{
    readonly option: string;
    readonly value: string;
    readonly expected: string;
  }>,
  /** No regular expression. `at`: the character, from 1, that cannot stand there; null: its end is missing. */
  "usage.badPattern": EXIT.usage as Exits<{
    readonly option: string;
    readonly pattern: string;
    readonly at: number | null;
  }>,
  /** BUN_OPTIONS, or a variable of Bun's debugger, is set. */
  "usage.bunOptions": EXIT.usage as Exits<{ readonly name: string; readonly value: string }>,
  "usage.missingInput": EXIT.usage as Exits<Record<never, never>>,
  "usage.extraArgument": EXIT.usage as Exits<{ readonly argument: string }>,
  /** `file`: the settings file in which `fromFile` stand; both are left out where all was typed. */
  "usage.conflict": EXIT.usage as Exits<{
    readonly first: string;
    readonly second: string;
    readonly file?: string;
    readonly fromFile?: readonly string[];
  }>,
  "usage.needs": EXIT.usage as Exits<{ readonly option: string; readonly needed: string }>,
  "usage.repeated": EXIT.usage as Exits<{ readonly option: string }>,
  /** A settings file (`--config`) that cannot be read or is not TOML. */
  "usage.settingsFile": EXIT.usage as Exits<{ readonly path: string; readonly cause: string }>,
  "usage.settingsKey": EXIT.usage as Exits<{
    readonly path: string;
    readonly key: string;
    readonly nearest: string | null;
  }>,
  "usage.settingsValue": EXIT.usage as Exits<{
    readonly path: string;
    readonly key: string;
    readonly expected: string;
  }>,
  /** `--system` beside what holds the system message itself. */
  "usage.systemElsewhere": EXIT.usage as Exits<{ readonly option: string }>,
  "usage.noProcessor": EXIT.usage as Exits<Record<never, never>>,
  "usage.noCommand": EXIT.usage as Exits<Record<never, never>>,
  "usage.missingArgument": EXIT.usage as Exits<{ readonly command: string; readonly argument: string }>,
  /** What `--shard` says cannot be, or cannot be told. */
  "usage.shard": EXIT.usage as Exits<{ readonly problem: ShardProblem }>,
  /** A setting of a running job (`ckpt set`). `most`: of `connections` only. */
  "usage.cannotSet": EXIT.usage as Exits<{
    readonly option: string;
    readonly kind: string;
    readonly reason: "not-paced" | "own" | "connections" | "no-prices" | "stopping";
    readonly most: number | null;
  }>,
  /** Nobody can listen on a port (`ckpt view`). */
  "usage.port": EXIT.usage as Exits<{ readonly port: number; readonly cause: string }>,
  "usage.needsYes": EXIT.usage as Exits<{ readonly action: string }>,
  // input
  "input.missing": EXIT.usage as Exits<{ readonly path: string }>,
  /** No item meets the conditions of `--where`. */
  "input.noneChosen": EXIT.usage as Exits<{ readonly where: readonly string[] }>,
  /** No item has a field that `--where` names. */
  "input.unknownField": EXIT.usage as Exits<{
    readonly field: string;
    readonly known: readonly string[];
    readonly nearest: string | null;
  }>,
  "input.noMatch": EXIT.usage as Exits<{ readonly pattern: string }>,
  /** Standard input or a pipe beside other inputs. */
  "input.onlyOnce": EXIT.usage as Exits<{ readonly path: string }>,
  "input.folder": EXIT.usage as Exits<{ readonly path: string }>,
  "input.unreadable": EXIT.usage as Exits<{ readonly path: string; readonly cause: string }>,
  "input.empty": EXIT.usage as Exits<{ readonly path: string }>,
  "input.binary": EXIT.usage as Exits<{ readonly path: string; readonly offset: number }>,
  "input.unknownFormat": EXIT.usage as Exits<{ readonly path: string; readonly formats: readonly string[] }>,
  /** `command`: what turns the file into something that is read. */
  "input.foreignFormat": EXIT.usage as Exits<{ readonly path: string; readonly command: string }>,
  /** `jsonPath`: the one that was asked for, null without one. `found`: what stands there. `arrays`: paths where arrays stand. */
  "input.noArray": EXIT.usage as Exits<{
    readonly path: string;
    readonly jsonPath: string | null;
    readonly found: string;
    readonly arrays: readonly string[];
  }>,
  /** `name`: the one that was asked for; null where there is more than one, or none, to choose from. */
  "input.noTable": EXIT.usage as Exits<{
    readonly path: string;
    readonly what: "table" | "sheet";
    readonly name: string | null;
    readonly names: readonly string[];
    readonly nearest: string | null;
  }>,
  /** `format`: as `--format` has it. */
  "input.badFile": EXIT.usage as Exits<{
    readonly path: string;
    readonly format: string;
    readonly cause: string;
  }>,
  "input.badQuery": EXIT.usage as Exits<{
    readonly path: string;
    readonly query: string;
    readonly cause: string;
  }>,
  "input.database": EXIT.usage as Exits<{ readonly path: string; readonly cause: string }>,
  /** `--encoding` with a format that says itself what its text is. */
  "input.noEncoding": EXIT.usage as Exits<{ readonly path: string; readonly format: string }>,
  "input.unknownEncoding": EXIT.usage as Exits<{ readonly encoding: string }>,
  "input.undecodable": EXIT.usage as Exits<{
    readonly path: string;
    readonly encoding: string;
    readonly offset: number;
  }>,
  /** `marked`: the encoding of its byte-order mark. */
  "input.wrongEncoding": EXIT.usage as Exits<{
    readonly path: string;
    readonly encoding: string;
    readonly marked: string;
  }>,
  "input.badFirst": EXIT.usage as Exits<{
    readonly path: string;
    readonly format: string;
    readonly line: number;
    readonly found: string;
    /** What the line seems to be instead. */
    readonly looksLike: "array" | "comment" | null;
  }>,
  "input.malformed": EXIT.usage as Exits<{
    readonly path: string;
    readonly line: number;
    readonly found: string;
  }>,
  "input.corrupt": EXIT.usage as Exits<{ readonly path: string; readonly cause: string }>,
  "input.lineTooLong": EXIT.usage as Exits<{
    readonly path: string;
    readonly line: number;
    readonly maxBytes: number;
  }>,
  /** `known`: fields that the items have, when no item has this one; null when some have it. */
  "input.idMissing": EXIT.usage as Exits<{
    readonly field: string;
    readonly lines: readonly ShownLine[];
    readonly count: number;
    readonly known: readonly string[] | null;
    readonly nearest: string | null;
  }>,
  "input.idDoubled": EXIT.usage as Exits<{
    readonly field: string;
    readonly examples: readonly { readonly id: string; readonly lines: readonly ShownLine[] }[];
    readonly count: number;
  }>,
  /** Of a file of `--import`. */
  "input.importFormat": EXIT.usage as Exits<{ readonly path: string }>,
  "input.importUnreadable": EXIT.usage as Exits<{ readonly path: string; readonly rows: number }>,
  /** `idField`: the field that `--id` names; null without. */
  "input.importNoMatch": EXIT.usage as Exits<{
    readonly path: string;
    readonly rows: number;
    readonly idField: string | null;
  }>,
  "input.noKept": EXIT.usage as Exits<Record<never, never>>,
  /** `ofQuery`: its items are the rows of a query. */
  "input.changedDuringRun": EXIT.stopped as Exits<{ readonly path: string; readonly ofQuery?: true }>,
  // processors
  "template.unknownField": EXIT.usage as Exits<{
    readonly field: string;
    readonly known: readonly string[];
    readonly nearest: string | null;
  }>,
  "template.fieldMissing": EXIT.usage as Exits<{ readonly field: string; readonly item: string }>,
  /** `variable`: which may hold it. */
  "endpoint.noKey": EXIT.usage as Exits<{ readonly variable: string }>,
  /** The variable that is to hold the key of one of several endpoints. */
  "endpoint.unsetKey": EXIT.usage as Exits<{ readonly url: string; readonly variable: string }>,
  /** `part`: of the fingerprint, by its name. */
  "endpoint.keyInPart": EXIT.usage as Exits<{ readonly part: string }>,
  /** `source`: the variable, or the file. The key itself is not named. */
  "endpoint.badKey": EXIT.usage as Exits<{ readonly source: string }>,
  "endpoint.keyCommand": EXIT.stopped as Exits<{ readonly cause: string }>,
  "endpoint.secretInUrl": EXIT.usage as Exits<{ readonly source: string; readonly name: string }>,
  "endpoint.secretHeader": EXIT.usage as Exits<{ readonly header: string }>,
  "endpoint.reservedHeader": EXIT.usage as Exits<{ readonly header: string }>,
  "endpoint.unsetHeader": EXIT.usage as Exits<{ readonly header: string; readonly variable: string }>,
  /** `source`: the option with the header's name, or the variable. The value is not shown. */
  "endpoint.badHeader": EXIT.usage as Exits<{ readonly source: string }>,
  "endpoint.badCertificates": EXIT.usage as Exits<{
    readonly variable: string;
    readonly path: string;
    readonly cause: string;
  }>,
  "endpoint.unreadable": EXIT.usage as Exits<{
    readonly option: string;
    readonly path: string;
    readonly cause: string;
  }>,
  /** Nothing says what to ask, and the input has no requests. `isResult`: it has results of a batch. */
  "endpoint.noQuestion": EXIT.usage as Exits<{ readonly path: string; readonly isResult: boolean }>,
  /** A text of JSON, or one placeholder. */
  "endpoint.notTemplate": EXIT.usage as Exits<{ readonly option: string; readonly cause: string }>,
  "endpoint.emptyFile": EXIT.usage as Exits<{ readonly option: string; readonly path: string }>,
  "endpoint.notText": EXIT.usage as Exits<TextFault & { readonly option: string; readonly path: string }>,
  "endpoint.tooManyConnections": EXIT.usage as Exits<{ readonly jobs: number }>,
  "module.missing": EXIT.usage as Exits<{ readonly path: string }>,
  /** `program`: the program that runs files of this kind. */
  "module.otherLanguage": EXIT.usage as Exits<{ readonly path: string; readonly program: string }>,
  "module.doesNotLoad": EXIT.usage as Exits<{ readonly path: string; readonly cause: string }>,
  "module.noProcess": EXIT.usage as Exits<{ readonly path: string; readonly exports: readonly string[] }>,
  "module.setupFailed": EXIT.usage as Exits<{ readonly path: string; readonly cause: string }>,
  "module.teardownFailed": EXIT.fatal as Exits<{ readonly path: string; readonly cause: string }>,
  /** `place`: a path in the schema; empty where the file is no JSON. */
  "check.badSchema": EXIT.usage as Exits<{
    readonly path: string;
    readonly place: string;
    readonly cause: string;
  }>,
  "check.reference": EXIT.usage as Exits<{ readonly path: string; readonly reference: string }>,
  /** `dialect`: what `$schema` says. */
  "check.dialect": EXIT.usage as Exits<{ readonly path: string; readonly dialect: string }>,
  "depends.unreadable": EXIT.usage as Exits<{ readonly path: string; readonly cause: string }>,
  // checkpoint
  "checkpoint.none": EXIT.noCheckpoint as Exits<{ readonly dir: string }>,
  /** `--shard` where there are no shards. */
  "checkpoint.notShards": EXIT.noCheckpoint as Exits<{ readonly dir: string; readonly shard: string }>,
  /** `ckpt merge` on the checkpoint of one run, or of one shard. */
  "checkpoint.oneRun": EXIT.noCheckpoint as Exits<{ readonly dir: string }>,
  /** There are folders of shards, but no whole shards.json. */
  "checkpoint.noShardsFile": EXIT.integrity as Exits<{ readonly path: string }>,
  /** It has shards, each with a checkpoint in a folder of its own. */
  "checkpoint.ofShards": EXIT.noCheckpoint as Exits<{ readonly dir: string; readonly folder: string }>,
  /** `ckpt set` where no run has the checkpoint. `shard`: one of those in the folder; null: it has none. */
  "checkpoint.notRunning": EXIT.noCheckpoint as Exits<{
    readonly dir: string;
    readonly shard: string | null;
  }>,
  /** A run has it, and cannot be reached. */
  "checkpoint.noChannel": EXIT.fatal as Exits<{
    readonly dir: string;
    readonly pid: number | null;
    readonly problem: ChannelProblem;
    /** How long it was waited for. */
    readonly waitedS: number;
  }>,
  "checkpoint.noItem": EXIT.usage as Exits<{ readonly item: string; readonly nearest: string | null }>,
  /** `--rerun` where no results of this job are. */
  "checkpoint.nothingToRerun": EXIT.noCheckpoint as Exits<{ readonly dir: string }>,
  /** Items that `--rerun` names and that have no result. */
  "checkpoint.noSuchItem": EXIT.usage as Exits<{ readonly items: readonly string[] }>,
  /** `ckpt run` without arguments on a checkpoint whose status has no recorded command. */
  "checkpoint.noWords": EXIT.usage as Exits<{ readonly dir: string }>,
  /** The folder in which the recorded command was typed is gone. */
  "checkpoint.folderGone": EXIT.usage as Exits<{ readonly path: string }>,
  "checkpoint.locked": EXIT.locked as Exits<{
    readonly dir: string;
    readonly pid: number | null;
    readonly host: string | null;
    readonly since: string | null;
    /** What its scheduler calls it. */
    readonly task: string | null;
  }>,
  /** Some shards of a folder are in use, and all are meant. `shards`: their numbers; the others: who has the first one. */
  "checkpoint.shardsRunning": EXIT.locked as Exits<{
    readonly dir: string;
    readonly shards: readonly number[];
    readonly pid: number | null;
    readonly host: string | null;
    readonly since: string | null;
    readonly task: string | null;
  }>,
  /** Another process has taken the checkpoint over from this run. */
  "checkpoint.takenOver": EXIT.locked as Exits<{
    readonly dir: string;
    readonly pid: number | null;
    readonly host: string | null;
    readonly since: string | null;
    /** What its scheduler calls it. */
    readonly task: string | null;
  }>,
  "checkpoint.notWritable": EXIT.fatal as Exits<{ readonly path: string; readonly cause: string }>,
  "checkpoint.notOurs": EXIT.fatal as Exits<{ readonly path: string; readonly found: string }>,
  "checkpoint.newer": EXIT.integrity as Exits<{
    readonly path: string;
    readonly version: number;
    readonly supported: number;
  }>,
  /** It is of another shard than the one that is asked for; null: of no shard. */
  "checkpoint.otherShard": EXIT.integrity as Exits<{
    readonly path: string;
    readonly found: string | null;
    readonly wanted: string | null;
  }>,
  /** Shards are of different jobs. `use`: one was to run beside the others, all were to be read, or results of another folder were to be taken over. */
  "checkpoint.otherShards": EXIT.integrity as Exits<{
    readonly path: string;
    readonly use: "run" | "read" | "take-over";
    readonly differences: readonly ShardsDifference[];
  }>,
  /** The shards have other items than the input has. */
  "checkpoint.shardCounts": EXIT.integrity as Exits<{
    readonly dir: string;
    readonly found: number;
    readonly wanted: number;
  }>,
  /** Shards have made different outputs of an item. `item`: the first one; `path`: the file that has all of them; `isByOwner`: the owner was to decide, and none of the shards is that. */
  "checkpoint.conflicts": EXIT.integrity as Exits<{
    readonly isByOwner: boolean;
    readonly count: number;
    readonly item: string;
    readonly path: string;
  }>,
  /** A folder has shards, or a checkpoint without shards, and a run asks for the other. `count`: of its shards; null: it has none. */
  "checkpoint.inShards": EXIT.integrity as Exits<{ readonly dir: string; readonly count: number | null }>,
  /** `folder`: the checkpoint, where it is not the one that the command was called on. */
  "checkpoint.damaged": EXIT.integrity as Exits<{
    readonly path: string;
    readonly problems: readonly Problem[];
    readonly folder?: string;
  }>,
  "checkpoint.logLost": EXIT.integrity as Exits<{
    readonly path: string;
    readonly records: number;
    readonly backups: readonly string[];
  }>,
  "checkpoint.foreignWrite": EXIT.integrity as Exits<{ readonly path: string; readonly found: string }>,
  "checkpoint.syncFailed": EXIT.fatal as Exits<{ readonly path: string; readonly cause: string }>,
  "checkpoint.writeFailed": EXIT.fatal as Exits<{ readonly path: string; readonly cause: string }>,
  "checkpoint.diskFull": EXIT.stopped as Exits<{ readonly path: string; readonly cause: string }>,
  "checkpoint.changed": EXIT.integrity as Exits<{ readonly parts: readonly string[] }>,
  "checkpoint.anotherJob": EXIT.integrity as Exits<{
    readonly dir: string;
    readonly input: string;
    readonly command: string;
  }>,
  // backups
  "backup.badName": EXIT.usage as Exits<{ readonly name: string; readonly fault: BackupNameFault }>,
  "backup.exists": EXIT.usage as Exits<{ readonly name: string }>,
  "backup.none": EXIT.noCheckpoint as Exits<{ readonly name: string; readonly nearest: readonly string[] }>,
  "backup.damaged": EXIT.integrity as Exits<{ readonly name: string; readonly problems: readonly Problem[] }>,
  "backup.failed": EXIT.fatal as Exits<{ readonly name: string; readonly cause: string }>,
  // output
  /** `maker`: null for a file that is not recorded; `kept`: null when its results exist nowhere else; `other`: a free path. */
  "output.exists": EXIT.integrity as Exits<{
    readonly path: string;
    readonly maker: Maker | null;
    readonly kept: Kept | null;
    readonly other: string;
    /** `--no-resume` would replace it. */
    readonly byNoResume: boolean;
  }>,
  /** The file appeared during the run. */
  "output.appeared": EXIT.integrity as Exits<{ readonly path: string; readonly maker: Maker | null }>,
  "output.notWritable": EXIT.usage as Exits<{ readonly path: string; readonly cause: string }>,
  "output.noFolder": EXIT.usage as Exits<{ readonly path: string; readonly folder: string }>,
  "output.unknownFormat": EXIT.usage as Exits<{
    readonly path: string;
    readonly extensions: readonly string[];
  }>,
  /** A file whose results are to be read. `row`: from 1, without the header of a table. */
  "output.missing": EXIT.usage as Exits<{ readonly path: string }>,
  "output.unreadable": EXIT.usage as Exits<{ readonly path: string; readonly cause: string }>,
  "output.notResults": EXIT.usage as Exits<{
    readonly path: string;
    readonly row: number;
    readonly found: string;
  }>,
  /** Its results cannot be matched with those of another source. */
  "output.noIds": EXIT.usage as Exits<{ readonly path: string }>,
  /** Batch lines of OpenAI hold whole answers. `item`: the first one of which something else was kept; null where that is so of all. */
  "output.notWhole": EXIT.usage as Exits<{ readonly item: string | null }>,
  "output.isInput": EXIT.usage as Exits<{ readonly path: string }>,
  "output.isCheckpoint": EXIT.usage as Exits<{ readonly path: string; readonly dir: string }>,
  "output.tooManyColumns": EXIT.fatal as Exits<{ readonly max: number }>,
  "output.writeFailed": EXIT.fatal as Exits<UnfinishedOutput>,
  "output.diskFull": EXIT.stopped as Exits<UnfinishedOutput>,
  // Any other system error (texts: checkpoint)
  "system.failed": EXIT.fatal as Exits<{
    readonly what: string;
    readonly path: string;
    readonly cause: string;
  }>,
};

export type ErrorName = keyof typeof ERRORS;

export type ErrorParams = {
  readonly [K in ErrorName]: (typeof ERRORS)[K] extends Exits<infer Values> ? Values : never;
};

/** The exit code of an error. */
export function exitCodeOf(name: ErrorName): ExitCode {
  return ERRORS[name];
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

/** JSON.parse quotes only the first UTF-16 unit of a token, which may be half of an emoji. */
const HALF_TOKEN = / '\p{Surrogate}'/gu;

/** Whether what was thrown is the error of this code. */
export function isError<K extends ErrorName>(error: unknown, code: K): error is CkptError<K> {
  return error instanceof CkptError && error.code === code;
}

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

/** Whether an error code means that there is no room left: it passes when somebody makes room. */
export function isDiskFull(code: string | null): boolean {
  return FULL.has(code);
}
