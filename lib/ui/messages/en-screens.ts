// English: everything on the screen that is not an error.
import type { StopReason } from "../../run/progress.ts";
import { formatCost, formatNumber, formatTime } from "../format.ts";
import type {
  CommonTexts,
  ConfirmTexts,
  FailureTexts,
  InfoTexts,
  ListTexts,
  PlanTexts,
  ProgressTexts,
  PromptTexts,
  StateTexts,
  SummaryTexts,
  TroubleTexts,
  VerifyTexts,
} from "./catalogue.ts";
import { counted, duration, few, holder, inputName, items, keptIn, madeBy, partName } from "./en-words.ts";
import { nameOf, RULE } from "./phrases.ts";

export const common: CommonTexts = { duration, items, time: formatTime };

export const info: InfoTexts = {
  block: (v) => [
    RULE,
    "📊 Checkpoint information",
    RULE,
    `🕒 Saved at: ${v.savedAt}`,
    `🔖 Session ID: ${v.sessionId}`,
    `📈 Progress: ${formatNumber(v.completed)}/${formatNumber(v.total)} (${v.percent})`,
    `📦 Batch size: ${formatNumber(v.batchSize)}`,
    `📝 Results saved: ${formatNumber(v.saved)}`,
  ],
  labels: {
    state: "State",
    items: "Items",
    failed: "Failed",
    input: "Input",
    processor: "Processor",
    runs: "Runs",
    speed: "Speed",
    spent: "Spent",
    size: "On disk",
    backups: "Backups",
    heldBy: "In use by",
    going: "Now",
    output: "Output",
    keptIn: "Kept in",
  },
  state: {
    damaged: "damaged; see below",
    held: "a run is going on",
    interrupted: "interrupted; run the same command again to go on",
    stopped: "stopped with items pending; run the same command again to go on",
    unwritten: "all items attempted, the output not written; run the same command again",
    finished: "finished, some items failed; run the same command again to try those",
    done: "complete; run the same command again to write its output",
    complete: "complete",
    accepted: "complete, its failures accepted",
  },
  counts: (c) =>
    `${formatNumber(c.completed)} done, ${formatNumber(c.failed)} failed, ${formatNumber(c.pending)} pending` +
    (c.gone > 0 ? `; ${counted(c.gone, "result", "results")} of items no longer in the input` : ""),
  input: (format, bytes, now) => {
    const notes = {
      same: "unchanged",
      size: "its size has changed since",
      time: "same size, but written since",
      missing: "no longer there",
      kept: "came by standard input, kept with the checkpoint",
      unknown: "could not be looked at",
    };
    return `${format}, ${bytes}; ${notes[now]}`;
  },
  processor: (kind, shown) => `${partName(kind)}: ${shown}`,
  keptIn: (backup, intact) =>
    backup === null
      ? "no backup any more; what it was is known from its receipt"
      : `backup ${backup}${intact ? "" : `, which is damaged: ckpt verify ${backup}`}`,
  sourceUnknown: "not known since the repair; the next run finds it again",
  run: (r) => {
    const ends = {
      complete: "complete",
      failed: "finished",
      limit: "limit reached",
      "max-failures": "too many failures",
      "max-time": "time was up",
      budget: "budget used up",
      outside: "outside cause",
      "none-succeeded": "none succeeded",
      "input-changed": "input changed",
      "disk-full": "disk full",
      signal: "signal",
      error: "error",
    };
    const end = r.ended === null ? (r.current ? "going on" : "interrupted") : nameOf(ends, r.ended);
    return `${r.startedAt}  ${end}: ${formatNumber(r.attempted)} attempted, ${formatNumber(r.failed)} failed, ${r.active}`;
  },
  earlierRuns: (count) => `and ${counted(count, "earlier run", "earlier runs")}`,
  speed: (perS, active) => `${perS} results/s over ${active} of work`,
  spent: (tokens, cost) =>
    [tokens === null ? [] : `${tokens} tokens`, cost === null ? [] : `cost ${cost}`].flat().join(", "),
  spentLastRun: (spent) => `in the last run: ${spent}`,
  size: (log, whole) => `result log ${log}, all together ${whole}`,
  backups: (count, bytes, newest) =>
    newest === null ? "none" : `${formatNumber(count)} (${bytes}); newest: ${newest.name}, ${newest.at}`,
  heldBy: holder,
  going: (perS, eta, savedAt) => `${perS}/s, ETA ${eta} (as of ${savedAt})`,
  noRate: "no rate yet",
  plotTitle: (bucket, highest) => `Results over time (a column: ${bucket}; highest: ${highest}/s)`,
};

const DELIMITERS: { readonly [character: string]: string } = {
  ",": "commas",
  ";": "semicolons",
  "\t": "tabs",
  "|": "bars",
  " ": "spaces",
};

const delimiters = (character: string): string => DELIMITERS[character] ?? `"${character}"`;

export const plan: PlanTexts = {
  line: (c) =>
    `Plan: ${items(c.total)}: ${[
      `${formatNumber(c.done)} done`,
      c.failed > 0 ? `${formatNumber(c.failed)} failed (${formatNumber(c.retry)} to try again)` : [],
      c.fresh > 0 ? `${formatNumber(c.fresh)} new` : [],
      c.changed > 0 ? `${formatNumber(c.changed)} changed` : [],
      c.gone > 0 ? `${formatNumber(c.gone)} gone` : [],
      `${formatNumber(c.pending)} pending`,
    ]
      .flat()
      .join(", ")}`,
  nothingToDo: "Nothing is pending.",
  dropped: (options) => `Not used of the settings file: ${options}`,
  estimate: (e) =>
    `Estimate: ${items(e.requests)}, ${counted(e.requests, "request", "requests")}, about ${formatNumber(e.input_tokens)} tokens of input${
      e.output_tokens === null
        ? "; nothing bounds the answers (--param max_tokens=N)"
        : `, at most ${formatNumber(e.output_tokens)} of output`
    }`,
  firstCommand: "First item: ",
  itemCommand: (item) => `Item ${item}: `,
  limited: (pending, limit) =>
    `Limit: this run takes the first ${formatNumber(limit)} of ${formatNumber(pending)} pending items.`,
  remark: (remark, path) => {
    const input = path === "-" ? "Standard input" : path;
    switch (remark.kind) {
      case "delimiter-found":
        return `${input} has ${delimiters(remark.used)} between its cells, as its header shows. If that is wrong, add --delimiter comma.`;
      case "delimiter-doubted":
        return `${input} is read with ${delimiters(remark.used)} between its cells, but its header has ${delimiters(remark.shown)}. If those separate them, add --delimiter auto.`;
      case "delimiter-changed":
        return `${input} is read with ${delimiters(remark.used)} between its cells; the checkpoint was made with ${delimiters(remark.before)}.`;
      case "first-is-array":
        return `The first line of ${inputName(path)} is a JSON array, which is taken as one item. If its elements are the items, add --format json.`;
    }
  },
};

export const prompts: PromptTexts = {
  found: "🔄 Found a checkpoint of earlier, unfinished work",
  goOn: "Go on with it?",
  yesByDefault: "(y/n, default y)",
  noByDefault: "(y/n, default n)",
  yes: "Yes",
  no: "No",
  counts: (done, failed, left) =>
    `${formatNumber(done)} done, ${formatNumber(failed)} failed, ${formatNumber(left)} left`,
  savedAt: (time) => `saved at ${time}`,
  resume: "Go on",
  restart: "Start over",
  restartNote: "Starting over makes a backup of this checkpoint first.",
  keys: "↑/↓ choose · Enter confirm · Esc leave everything as it is",
  changed: "Something that the results depend on has changed since:",
  part: partName,
  before: "old: ",
  after: "new: ",
  absent: "(none)",
  morePart: (count) => `and ${counted(count, "more part", "more parts")}`,
  askChanged: "What now?",
  keep: "Keep the results and go on with the new one",
  keepNote: "results so far stay as they are",
  cancel: "Cancel",
  cancelNote: "everything stays as it is",
  inputChanged: "The input has changed since:",
  inputCounts: (c) =>
    `${formatNumber(c.kept)} kept, ${formatNumber(c.fresh)} new or still to do, ${formatNumber(c.changed)} changed, ${formatNumber(c.gone)} gone`,
  failuresFound: (failed) => `All items were attempted; ${formatNumber(failed)} failed`,
  askFailures: "What now?",
  retry: "Try those again",
  finish: "Finish without them",
  finishNote: "they stay marked as failed in the output",
  otherJob: "The checkpoint here belongs to another job",
  otherJobHolds: (input, results, total, savedAt) =>
    `Its input is ${inputName(input)}: ${formatNumber(results)}/${formatNumber(total)} results, saved at ${savedAt}.`,
  otherJobNote: "To keep both, cancel and give this one a folder of its own with --dir.",
  askOtherJob: "Move it into a backup and start this job?",
  outputExists: (path) => `The output ${path} is there already`,
  outputHolds: (maker) =>
    maker === null ? "It is a file that ckpt has no record of." : `It holds ${madeBy(maker)}.`,
  askOutput: "Where are the results to go?",
  writeOther: (path) => `Write them to ${path}`,
  replace: (kept) =>
    `Replace it; ${kept === null ? "what it holds is lost" : `results stay ${keptIn(kept)}`}`,
  cancelled: "Cancelled; everything is as it was.",
  chooseNumber: (highest, byDefault) => `(1-${highest}, default ${byDefault})`,
};

export const progress: ProgressTexts = {
  rate: (perS) => `${perS}/s`,
  eta: (time) => `ETA ${time}`,
  failed: (count) => `${formatNumber(count)} failed`,
  saved: (count) => `${formatNumber(count)} saved`,
  jobs: (inFlight, allowed) => `jobs ${formatNumber(inFlight)}/${formatNumber(allowed)}`,
  waiting: {
    "rate limit": "rate limit",
    "cool-down": "cool-down",
    budget: "budget",
    outage: "endpoint down",
    "disk full": "disk full",
  },
  outage: (since, max, why) => `endpoint down since ${since}, waiting up to ${max}: ${why}`,
  outageShort: (since, max, why) => `down since ${since} (max ${max}): ${why}`,
  tokens: (perS) => `${perS} tok/s`,
  cost: (cost) => `cost ${cost}`,
  elapsed: (time) => time,
};

export const trouble: TroubleTexts = {
  refused: "connection refused",
  noHost: "no such host",
  noRoute: "host not reachable",
  timeout: "no answer in time",
  cut: "connection cut",
};

function reason(stop: StopReason): string {
  switch (stop.kind) {
    case "limit":
      return "the limit of this run is reached";
    case "max-failures":
      return `${counted(stop.failures, "item", "items")} failed in this run (--max-failures ${stop.allowed})`;
    case "max-time":
      return `the time of this run is up (--max-time ${duration(stop.ms)})`;
    case "budget":
      return stop.budget === "cost"
        ? `the budget is used up: cost ${formatCost(stop.spent)} of ${formatCost(stop.allowed)}`
        : `the budget is used up: ${formatNumber(stop.spent)} of ${formatNumber(stop.allowed)} tokens`;
    case "outside":
      return stop.item === null
        ? `an error outside any item (${stop.errorKind}): ${stop.error}`
        : `the cause lies outside the items (${stop.errorKind}, at item ${stop.item}): ${stop.error}`;
    case "none-succeeded":
      return `none of the first ${items(stop.attempted)} succeeded; item ${stop.item}: ${stop.error}`;
    case "input-changed":
      return "the input was changed during the run";
    case "disk-full":
      return `the disk is full: ${stop.cause}`;
    case "signal":
      return `signal ${stop.signal}`;
  }
}

/** What to put right, where the kind of the cause tells. */
function outsideAdvice(kind: string): string {
  switch (kind) {
    case "key_refused":
      return "Check OPENAI_API_KEY (or --api-key-file, --header-env) and --base-url, then go on; no item is lost.";
    case "proxy_refused":
      return "Check user and password of the proxy (HTTPS_PROXY, HTTP_PROXY), then go on; no item is lost.";
    case "quota":
      return "Top up the account or use another key, then go on; no item is lost.";
    case "model_not_found":
      return "Check --model and --base-url; no item is lost.";
    case "tls":
      return "If the certificate is the right one, name the file of its authority (PEM) in NODE_EXTRA_CA_CERTS, then go on; else check --base-url. No item is lost.";
    case "tls_certificate":
      return "Check the clock of this machine, the host in --base-url, and the certificate of the server, then go on. No item is lost.";
    case "tls_protocol":
      return "Check --base-url, whether http:// or https://, and its port, then go on. No item is lost.";
    case "redirect":
      return "Put the address that it redirects to into --base-url, then go on. No item is lost.";
    case "proxy":
      return "Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, or name in NO_PROXY the hosts that need none, then go on. No item is lost.";
    case "not_http":
      return "Check the port in --base-url, then go on. No item is lost.";
    case "host_not_found":
      return "Check the host in --base-url; where a proxy is needed, name it in HTTPS_PROXY (or HTTP_PROXY). Then go on; no item is lost.";
    case "endpoint_down":
      return "Go on when the endpoint is back; --max-outage says how long to wait for it. No item is lost.";
    case "rate_limit":
      return "Go on later, or wait longer (--max-outage), or ask more slowly (--rpm, --tpm). No item is lost.";
    default:
      return "Put it right, then go on; no item is lost.";
  }
}

function advice(stop: StopReason): string | null {
  switch (stop.kind) {
    case "limit":
    case "max-time":
    case "signal":
    case "input-changed":
      return null;
    case "max-failures":
      return "Look at the failures above before going on.";
    case "budget":
      return `Raise ${stop.budget === "cost" ? "--max-cost" : "--max-tokens"} to go on.`;
    case "outside":
      return outsideAdvice(stop.errorKind);
    case "none-succeeded":
      return "Check the command and the first error; then run it again.";
    case "disk-full":
      return `Make room (old backups: "ckpt list"), then go on.`;
  }
}

export const failures: FailureTexts = {
  group: (kind, count, example) =>
    `${kind} × ${formatNumber(count)}${example === null ? "" : `, e.g. item ${example.item}: ${example.message}`}`,
  others: (count) => `other reasons × ${formatNumber(count)}`,
};

export const summary: SummaryTexts = {
  complete: (total) => (total === 1 ? "The item is done." : `All ${items(total)} done.`),
  alreadyComplete: (total) => `Already complete: all ${items(total)} done; nothing to do.`,
  alreadyFailed: (total, failed) =>
    `Already finished: ${items(total)}, ${formatNumber(failed)} of them accepted as failed; nothing to do.`,
  completedAt: (time) => `Completed: ${time}`,
  attemptAgain: "To attempt all of them again: the same with --no-resume",
  failed: (completed, total, failed) =>
    `Finished: ${formatNumber(completed)} of ${items(total)} done, ${formatNumber(failed)} failed.`,
  stopped: (why) => `Stopped: ${why}.`,
  reason,
  advice,
  thisRun: (attempted, failed, elapsed, perS) =>
    `This run: ${formatNumber(attempted)} attempted, ${formatNumber(failed)} failed, ${elapsed}${perS === null ? "" : ` (${perS}/s)`}`,
  saved: (c) =>
    `Saved: ${formatNumber(c.completed)}/${formatNumber(c.total)} (${c.percent}); ` +
    `${c.failed > 0 ? `${formatNumber(c.failed)} failed, ` : ""}${formatNumber(c.pending)} pending`,
  spent: (run, session) => `Spent: ${run}${session === null ? "" : ` (all runs: ${session})`}`,
  output: (path) => `Output: ${path}`,
  backup: (name) => `Checkpoint moved to backup ${name}`,
  backupEarlier: (name) => `Its checkpoint is backup ${name}`,
  exportSoFar: (command) => `To write the results so far: ${command}`,
  goOn: (command) => `To go on: ${command}`,
  tryAgain: (command) => `To try the failed ones again: ${command}`,
  acceptFailures: "To finish without them: the same with --failed keep",
};

export const states: StateTexts = {
  noCheckpoint: (dir) => `No checkpoint in ${dir}.`,
  lastRun: (v) =>
    `The last run finished at ${v.at} (session ${v.session}): ${formatNumber(v.completed)} of ${items(v.total)} done, ${formatNumber(v.failed)} failed.`,
  lastOutput: (path) => `Its output: ${path}`,
  lastBackup: (name) => `Its checkpoint: backup ${name}`,
  stopping: (signal, inFlight, grace) =>
    `${signal}: no new items are begun; ${formatNumber(inFlight)} in flight get ${grace} to finish. Once more: stop at once, nothing saved is lost.`,
  wholeUrl: (baseUrl) =>
    `The base URL is ${baseUrl}: /chat/completions is taken off its end, ckpt adds it itself.`,
  certificatesUnchecked: (variable) =>
    `${variable}=0: certificates are not checked, anyone on the way to the endpoint can read the key.`,
  networkFolder: (fileSystem, folder) =>
    `${folder} is on a network file system (${fileSystem}): its locks and syncs are not relied upon. Name a folder on a local disk: --dir.`,
  survivorsEnded: (count) =>
    `Ended ${counted(count, "process", "processes")} left over from the interrupted run.`,
  onRecord: (command) => `On record: ${command}`,
  tornTail: (bytes) =>
    `The end of the log was torn (${bytes}); it was moved to quarantine, and the items concerned are run again.`,
  recovered: (records) => `Recovered ${counted(records, "record", "records")} saved after the last commit.`,
  moveFinished: "Finished a move that had been interrupted.",
  nobodyAnswers: (url, why, max) =>
    `Nobody answers at ${url}: ${why}. Check that the server is running and that --base-url is right. Waiting up to ${max} (--max-outage); no item is lost.`,
  budgetWarning: (budget, spent, allowed) =>
    `80 % of the budget is used: ${budget === "cost" ? `cost ${spent} of ${allowed}` : `${spent} of ${allowed} tokens`}.`,
  exported: (rows, path) => `${counted(rows, "row", "rows")} written to ${path}`,
  backedUp: (name, results, bytes) =>
    `Backup ${name} made and verified: ${counted(results, "result", "results")}, ${bytes}.`,
  backupsNotDeleted: (cause) =>
    `Older automatic backups could not be deleted: ${cause}. The next command that makes one tries again.`,
  nothingToProtect: (parts) =>
    `Nothing has succeeded so far, so there is nothing to protect: going on with what has changed (${few(parts.map((part) => partName(part)))}); all failed items are tried again.`,
  nothingOfAnother:
    "The checkpoint here is another job's, but nothing has succeeded in it, so there is nothing to protect: this job is begun.",
  movedToBackup: (name) => `The checkpoint so far is now backup ${name}.`,
  cleared: (name) =>
    name === null
      ? "Checkpoint deleted."
      : `Checkpoint cleared. It is now backup ${name}; to get it back: ckpt restore ${name}`,
  clearedCompleted: (name) =>
    `Completed session cleared: the next run of this job begins anew.${name === null ? "" : ` Its results stay in backup ${name}.`}`,
  goesOnFrom: (name) => `Going on from the completed session (backup ${name}).`,
  restored: (name, results, total) =>
    `Backup ${name} restored: ${formatNumber(results)}/${formatNumber(total)} results. Run the same command again to go on.`,
  restoredDone: (name, total) =>
    `Backup ${name} restored: complete, ${items(total)} done. Run the same command again to write its output.`,
  backupDeleted: (name) => `Backup ${name} deleted.`,
  noBackups: "No backups yet.",
};

export const confirm: ConfirmTexts = {
  clear: (results, bytes) => ({
    note: `${counted(results, "result", "results")}, ${bytes}. The checkpoint is moved into a backup.`,
    question: "Clear the checkpoint?",
  }),
  clearCompleted: (results, backup) => ({
    note: `${counted(results, "result", "results")} of a completed session. The next run of this job begins anew${backup === null ? "" : `; they stay in backup ${backup}`}.`,
    question: "Clear the completed session?",
  }),
  clearForGood: (results, bytes) => ({
    note: `${counted(results, "result", "results")}, ${bytes}. No backup is made; there is no way back.`,
    question: "Delete the checkpoint for good?",
  }),
  restore: (name) => ({
    note: "What is there now is moved into a backup first.",
    question: `Restore backup ${name}?`,
  }),
  restoreNow: "there now",
  restoreThen: "would come",
  restoreSide: (session, saved, results, total) =>
    `${formatNumber(results)}/${formatNumber(total)} results, ${saved}, session ${session}`,
  restoreNothing: "nothing",
  restoreBroken: "a damaged checkpoint",
  repair: (records, lost) => ({
    note: `${counted(records, "record is", "records are")} kept, ${items(lost)} run again; the damaged checkpoint is moved into a backup.`,
    question: "Repair the checkpoint?",
  }),
  deleteBackup: (name, results, bytes) => ({
    note: `${counted(results, "result", "results")}, ${bytes}. There is no way back.`,
    question: `Delete backup ${name} for good?`,
  }),
};

export const list: ListTexts = {
  headers: {
    name: "Name",
    created: "Created",
    progress: "Progress",
    results: "Results",
    size: "Size",
    kind: "Kind",
    state: "State",
  },
  manual: "manual",
  automatic: "automatic",
  intact: "intact",
  damaged: "damaged",
};

const named = (what: string | null): string => (what === null ? "the checkpoint" : `backup ${what}`);

export const verify: VerifyTexts = {
  intact: (what, records, itemCount) =>
    `Verified ${named(what)}: ${counted(records, "record", "records")} of ${items(itemCount)}, all intact.`,
  uncommitted: (records) =>
    `${counted(records, "record was", "records were")} saved after the last commit; the next run takes them over.`,
  torn: (bytes) => `Behind them are ${bytes} that a crash left; the next run moves them to quarantine.`,
  found: (what, count) => `Damage in ${named(what)}: ${counted(count, "problem", "problems")}`,
  moreProblems: (count) => `and ${formatNumber(count)} more`,
  provable: (records, itemCount) =>
    `Provable: ${counted(records, "record", "records")} of ${items(itemCount)}.`,
  lost: (count, known) =>
    `Lost: the results of ${items(count)}${known.length === 0 ? "" : `${known.length < count ? ", among them" : ":"} ${few(known)}`}.`,
  repairHint:
    "To go on with what is provable: ckpt verify --repair (the damaged checkpoint becomes a backup)",
  restoreHint: (backup) => `To go back to the newest intact backup: ckpt restore ${backup}`,
  repaired: (records, pending) =>
    `Repaired: ${counted(records, "record", "records")} kept${pending === null ? "" : `; ${items(pending)} pending`}. Run the same command again to go on.`,
  nothingToRepair: "Nothing to repair.",
};
