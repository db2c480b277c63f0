// What has to become of a command when a call fails: its exit code, by what the file is for. The first row that fits a call holds. The table in
// docs/durability.md is made of these rows (`bun tests/crash/error-sweep.ts`), and a test compares the two.
import type { SweepPoint } from "./sweep.ts";
import type { ErrorCode } from "./syscalls.ts";

/** Exit codes that are right, for a full disk (ENOSPC) and for any other error. */
type Codes = { readonly full: readonly number[]; readonly other: readonly number[] };

export type OutcomeRow = {
  /** What the call is for, as the table says it. */
  readonly what: string;
  readonly call: RegExp;
  readonly role: RegExp;
  /** Limited to what happens under the lock of the backups after a command has done its work. */
  readonly pruning?: true;
  /** Limited to what happens while records are written anew (true), or to the rest (false). */
  readonly adopting?: boolean;
  /** Limited to merges of shards. */
  readonly merging?: true;
  /** When the call fails once; and when it fails from then on, for this call alone. */
  readonly once: Codes;
  readonly lasting: Codes;
  /** Beginnings of what is said when the command fails by it, or goes through and still has something to say (`notes`): one of them. */
  readonly says: readonly string[];
  readonly notes?: true;
};

const FINE: Codes = { full: [0], other: [0] };
/** A full disk ends with 4, but a sync that failed is final whatever the reason. */
const FATAL: Codes = { full: [1, 4], other: [1] };
const LOCK = "checkpoints/backups.lock";
const LOG = /^checkpoints\/checkpoint_results\.jsonl$/;

const OUTCOMES: readonly OutcomeRow[] = [
  {
    what: "removing the lock holder's note at the end",
    call: /^unlink$/,
    role: /^checkpoints\/owner\.json$/,
    once: FINE,
    lasting: FINE,
    says: [],
  },
  {
    what: "opening the lock holder's note: to read it (0: the log is taken over as if its writer may still run; the note stays at the end), or to write it (1)",
    call: /^openat$/,
    role: /^checkpoints\/owner\.json$/,
    once: { full: [0, 1, 4], other: [0, 1] },
    lasting: { full: [0, 1, 4], other: [0, 1] },
    says: ["Cannot keep a checkpoint in", "Stopped: no room left for"],
  },
  {
    what: "the socket of the live channel: it is elsewhere then, or there is none",
    call: /./,
    role: /^checkpoints\/run\.sock(?:\.tmp)?$/,
    once: FINE,
    lasting: FINE,
    says: [],
  },
  {
    what: "of a merge: reading the folder of shards (1), checking whether the output is inside it (2), or opening it to sync it when it was noted what was written (0)",
    call: /^openat$/,
    role: /^checkpoints$/,
    merging: true,
    once: { full: [0, 1, 2, 4], other: [0, 1, 2] },
    lasting: { full: [0, 1, 2, 4], other: [0, 1, 2] },
    says: ["Cannot ", "Stopped: no room left for"],
  },
  {
    what: "of a merge: syncing the folder of shards when it was noted what was written",
    call: /^fsync$/,
    role: /^checkpoints$/,
    merging: true,
    once: FINE,
    lasting: FINE,
    says: [],
  },
  {
    what: "reading manifests of other backups",
    call: /^openat$/,
    role: /^checkpoints\/backups\/auto_cleared_TIME\/manifest\.json$/,
    once: FINE,
    lasting: FINE,
    says: [],
  },
  {
    what: "listing surplus backups",
    call: /^openat$/,
    role: /^checkpoints\/backups\/[^/]+\/manifest\.json$/,
    pruning: true,
    once: FINE,
    lasting: FINE,
    says: [],
  },
  {
    what: "deleting surplus backups, or locking them: reported, and the next command tries again",
    call: /./,
    role: /./,
    pruning: true,
    once: FINE,
    lasting: FINE,
    says: ["Older automatic backups could not be deleted"],
    notes: true,
  },
  {
    what: "reading a backup to resume from it (1), to restore it (1, 12) or to delete it (0: its manifest is not needed)",
    call: /^openat$/,
    role: /^checkpoints\/backups\/(?:mine|auto_completed_TIME)\/\w+\.jsonl?$/,
    once: { full: [0, 1, 4, 12], other: [0, 1, 12] },
    lasting: { full: [0, 1, 4, 12], other: [0, 1, 12] },
    says: ["Cannot read", "Cannot open", "Cannot use the backup", "Stopped: no room left for"],
  },
  {
    what: "writing a record to the log",
    call: /^write$/,
    role: LOG,
    adopting: false,
    once: { full: [0], other: [1] },
    lasting: { full: [4], other: [1] },
    says: ["Stopped: cannot write", "Stopped: no room left for"],
  },
  {
    what: "syncing the log, the folder, or the copy of standard input",
    call: /^f(?:data)?sync$/,
    role: /^checkpoints(?:\/checkpoint_results\.jsonl|\/input\.data\.tmp)?$/,
    once: FATAL,
    lasting: FATAL,
    says: [
      "Stopped: the disk did not confirm",
      "Cannot fsync",
      "Cannot fdatasync",
      "Cannot make the backup",
      "Stopped: no room left for",
      "Cannot keep a checkpoint in",
    ],
  },
  {
    what: "writing the new status (retried for 30 s)",
    call: /^(?!unlink)/,
    role: /^checkpoints\/processing_status\.json\.tmp$/,
    once: { full: [0, 4], other: [0, 1] },
    lasting: { full: [4], other: [1] },
    says: ["Stopped: cannot write", "Stopped: no room left for", "Cannot keep a checkpoint in"],
  },
  {
    what: "reading the status at the start (1) or before a commit (retried for 30 s)",
    call: /^openat$/,
    role: /^checkpoints\/processing_status\.json$/,
    once: { full: [0, 1, 4], other: [0, 1] },
    lasting: FATAL,
    says: ["Cannot ", "Stopped: cannot write", "Stopped: no room left for"],
  },
  {
    what: "removing the copy of standard input",
    call: /^unlink$/,
    role: /^checkpoints\/input\.data\.tmp$/,
    once: FINE,
    lasting: FINE,
    says: [],
  },
  {
    what: "writing the copy of standard input",
    call: /^write$/,
    role: /^checkpoints\/input\.data\.tmp$/,
    once: { full: [4], other: [1] },
    lasting: { full: [4], other: [1] },
    says: ["Stopped: cannot write", "Stopped: no room left for"],
  },
  {
    what: "opening the copy of standard input for writing or reading",
    call: /^openat$/,
    role: /^checkpoints\/input\.data(?:\.tmp)?$/,
    once: { full: [2, 4], other: [1, 2] },
    lasting: { full: [2, 4], other: [1, 2] },
    says: ["Stopped: cannot write", "Stopped: no room left for", "Cannot read standard input", "Cannot open"],
  },
  {
    what: "reading an existing output (0: it is read a second time), or testing its folder",
    call: /^(?:openat|unlink)$/,
    role: /^(?:out\.jsonl|work|\.ckpt-probe\.tmp)$/,
    once: { full: [1, 2, 4, 12], other: [0, 1, 2, 12] },
    lasting: { full: [1, 2, 4, 12], other: [1, 2, 12] },
    says: [
      "Cannot write the output",
      "Cannot finish the output",
      "Cannot keep a checkpoint in",
      "Refused to overwrite",
      "Stopped: no room left for",
    ],
  },
  {
    what: "opening the folder, to sync it (1) or to check whether the output is inside it (2)",
    call: /^openat$/,
    role: /^checkpoints$/,
    once: { full: [1, 2, 4], other: [1, 2] },
    lasting: { full: [1, 2, 4], other: [1, 2] },
    says: ["Cannot ", "Stopped: the disk did not confirm", "Stopped: no room left for"],
  },
  {
    what: "noting which files were written: the next export or merge to such a file needs --force then",
    call: /./,
    role: /^checkpoints\/last_exports\.json/,
    once: FINE,
    lasting: FINE,
    says: [],
  },
  {
    what: "writing the output, syncing it, or renaming it into place",
    call: /./,
    role: /^(?:\.out\.jsonl\.NONCE\.ckpt\.tmp|work)$/,
    once: FATAL,
    lasting: FATAL,
    says: ["Cannot finish the output", "Cannot keep a checkpoint in", "Stopped: no room left for"],
  },
  {
    what: "building a backup",
    call: /./,
    role: /^checkpoints\/backups\/\.tmp-mine/,
    once: FATAL,
    lasting: FATAL,
    says: ["Cannot make the backup"],
  },
  {
    what: "anything else: opening the folder, recovery, moves, restore, repair",
    call: /./,
    role: /./,
    once: FATAL,
    lasting: FATAL,
    says: ["Cannot ", "Stopped: no room left for"],
  },
];

export function rowOf(point: SweepPoint): OutcomeRow {
  const { call: name, role: part } = point.at;
  const row = OUTCOMES.find(
    ({ call, role, pruning, adopting, merging }) =>
      call.test(name) &&
      role.test(part) &&
      (pruning === undefined || isPruning(point)) &&
      (adopting === undefined || adopting === isAdopting(point)) &&
      (merging === undefined || point.ready.sweepCase.args[0] === "merge"),
  );
  if (row === undefined) throw new Error("the last row fits all");
  return row;
}

/** Between taking the lock of the backups and letting it go; not where a backup is being made or deleted, or a half-built one removed. */
function isPruning({ ready, at }: SweepPoint): boolean {
  const { calls, sweepCase } = ready;
  const index = calls.indexOf(at);
  const begin = calls.slice(0, index + 1).findLastIndex(({ role }) => role === LOCK);
  const length = calls.slice(begin).findIndex(({ role }) => !role.startsWith("checkpoints/backups"));
  const section = calls.slice(begin, length < 0 ? calls.length : begin + length);
  const isOther = sweepCase.name.startsWith("backup") || section.some(({ role }) => role.includes("/.tmp-"));
  return begin >= 0 && section.includes(at) && !isOther;
}

/** The log is cut before records are written into it anew. */
function isAdopting({ ready, at }: SweepPoint): boolean {
  const { calls } = ready;
  const index = calls.indexOf(at);
  const before = calls
    .slice(0, index)
    .findLast(({ role, call }) => LOG.test(role) && /^(?:write|ftruncate)$/.test(call));
  return before?.call === "ftruncate";
}

/** Exit codes that are right when the error comes once, or from then on at each call of the same name. */
export function rightCodes(point: SweepPoint, code: ErrorCode, lasting: boolean): readonly number[] {
  if (code === "EINTR") return [0];
  const kind = code === "ENOSPC" ? "full" : "other";
  if (!lasting) return rowOf(point).once[kind];
  const { calls } = point.ready;
  const later = calls.slice(calls.indexOf(point.at)).filter(({ call }) => call === point.at.call);
  const codes = later.flatMap((at) => rowOf({ ready: point.ready, at }).lasting[kind]);
  const failing = codes.filter((exitCode) => exitCode !== 0);
  return failing.length === 0 || rowOf(point).lasting[kind].includes(0) ? codes : failing;
}

/** The table for people, as Markdown. */
export function outcomeTable(): string {
  const codes = ({ full, other }: Codes): string =>
    full.join(" or ") === other.join(" or ")
      ? other.join(" or ")
      : `${other.join(" or ")}; disk full: ${full.join(" or ")}`;
  const said = (says: readonly string[]): string =>
    says.map((words) => `${words.trim()} …`).join(" / ") || "none";
  return [
    "| failing call | exit code, fails once | exit code, fails from then on | message |",
    "|---|---|---|---|",
    ...OUTCOMES.map(
      ({ what, once, lasting, says }) => `| ${what} | ${codes(once)} | ${codes(lasting)} | ${said(says)} |`,
    ),
    "",
  ].join("\n");
}
