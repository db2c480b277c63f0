// Plays what strace recorded of ckpt on a model of the disk: what is sure at each point, what has been reported, whether the order was right.
import * as path from "node:path";
import { checkpointPaths } from "../../lib/checkpoint/names.ts";
import type { Status } from "../../lib/core/status.ts";
import { CallOrder, linesOf, objectIn } from "./call-order.ts";
import type { DiskModel } from "./disk-model.ts";
import type { Reported } from "./checkpoint-steps.ts";
import { textsOf, type TracedCall, type TraceEvent } from "./recorded-trace.ts";
import type { Call } from "./recording-fs.ts";

/** What the program says in lines of JSON, of which these keys matter here. */
type Line = {
  readonly event?: string;
  readonly saved?: number;
  readonly outcome?: string;
  readonly cleared?: boolean;
  readonly restored?: string;
};

/** What has been reported, and whether the job has been reported as complete, its output in place. */
export type ReportedInTrace = Reported & { complete: boolean };

/** Whose content says nothing about the checkpoint: SQLite's, and who is at work. */
const PASSING = /^\/checkpoints\/(?:lock|lock-journal|backups\.lock|backups\.lock-journal|owner\.json)$/;
const UNKNOWN = new Set(["link", "linkat", "symlink", "symlinkat", "truncate", "fallocate", "pwritev"]);
const REMOVES: Readonly<Record<string, string>> = { unlinkat: "unlink", rmdir: "rmdir" };

export const CHECKPOINT = "/checkpoints";
export const OUTPUT = "/out.jsonl";
const PATHS = checkpointPaths(CHECKPOINT);

export class TraceReplay {
  readonly #root: string;
  readonly #model: DiskModel;
  readonly #reported: ReportedInTrace;
  readonly #see: (where: string) => void;
  readonly #order: CallOrder;
  /** How many operations there had been when a sync began. */
  readonly #begun = new Map<TracedCall, number>();
  /** Session of the last status that was in place. */
  #nonce: string | null;
  calls = 0;
  /** How often results were reported as saved. */
  reports = 0;

  /**
   * The life of one process.
   * @param root the folder that `model` is of
   * @param see called when what a power cut may leave has changed
   */
  constructor(
    root: string,
    model: DiskModel,
    reported: ReportedInTrace,
    see: (where: string) => void,
    fault: (text: string) => void,
  ) {
    this.#root = root;
    this.#model = model;
    this.#reported = reported;
    this.#see = see;
    this.#order = new CallOrder(model, CHECKPOINT, OUTPUT, (text) => fault(`call ${this.calls}: ${text}`));
    this.#nonce = this.#inPlace();
  }

  play(events: readonly TraceEvent[]): void {
    for (const { at, call } of events) {
      const lines = this.#linesIn(call);
      if (at === "begin") for (const { saved } of lines) this.#order.beforeReport(saved ?? 0);
      if (at === "end") for (const line of lines) this.#hear(line);
      const change = this.#changeOf(call);
      if (change === null || PASSING.test(change.file)) continue;
      if (at === "begin") this.#begun.set(call, this.#model.operations);
      if (at === "begin") this.#order.before(change);
      else if (call.result >= 0) this.#take(call, change);
    }
  }

  #inPlace(): string | null {
    return (objectIn(this.#model.find(PATHS.status)?.bytes) as Status | null)?.session.nonce ?? null;
  }

  /** The path in the model; null when it is elsewhere. */
  #below(file: Buffer | undefined, cwd: Buffer = Buffer.from("/")): string | null {
    if (file === undefined) return null;
    const relative = path.relative(this.#root, path.resolve(cwd.toString(), file.toString()));
    return relative.startsWith("..") ? null : `/${relative}`;
  }

  /** What a call does to the model; null when it does nothing to it. */
  #changeOf({ name, args }: TracedCall): Call | null {
    const texts = textsOf(args);
    const [first, second, , fourth] = texts;
    switch (name) {
      case "rename":
        return this.#rename(first, second);
      case "renameat":
      case "renameat2":
        return this.#rename(second, fourth);
      case "openat": {
        const file = this.#below(second, first);
        const exists = file !== null && this.#model.find(file) !== undefined;
        const changes = /O_CREAT/.test(args) ? !exists || /O_TRUNC/.test(args) : /O_TRUNC/.test(args);
        return file === null || !changes ? null : { name: "open", file };
      }
      case "mkdirat":
      case "unlinkat":
      case "mkdir":
      case "unlink":
      case "rmdir": {
        const file = name.endsWith("at") ? this.#below(second, first) : this.#below(first);
        const known = /AT_REMOVEDIR/.test(args) ? "rmdir" : (REMOVES[name] ?? name.replace(/at$/, ""));
        return file === null ? null : { name: known, file };
      }
      default: {
        const file = this.#below(first);
        if (file !== null && UNKNOWN.has(name))
          throw new Error(`${name} of ${file} is not known to the model`);
        const isGone = />\(deleted\)/.test(args);
        const size = name === "ftruncate" ? { size: Number(args.split(", ").at(-1)) } : {};
        return file === null || isGone
          ? null
          : { name: name.replace(/^(?:p?write|write)(?:64|v)?$/, "write"), file, ...size };
      }
    }
  }

  #rename(from: Buffer | undefined, to: Buffer | undefined): Call | null {
    const [old, file] = [this.#below(from), this.#below(to)];
    if (old === null && file === null) return null;
    if (old === null || file === null)
      throw new Error("a rename from or to elsewhere is not known to the model");
    return { name: "rename", from: old, file };
  }

  #take(call: TracedCall, change: Call): void {
    const { name, file } = change;
    const node = this.#model.find(file);
    this.calls++;
    if (name === "open") this.#opened(file);
    else if (name === "write") this.#wrote(call, file);
    else if (name === "ftruncate" && node !== undefined) this.#model.cut(node, change.size ?? 0);
    else if (name === "rename") this.#model.move(change.from ?? "", file);
    else if (name === "mkdir") this.#model.create(file, "folder");
    else if (name === "unlink" || name === "rmdir") this.#model.remove(file);
    else if (node !== undefined) this.#model.sync(node, this.#begun.get(call));
    if (name === "rename" && file === PATHS.intent) this.#reported.place = undefined;
    // Another session begins where none was.
    if (name === "rename" && file === PATHS.status) this.#reported.place = this.#reported.place ?? undefined;
    this.#nonce = this.#inPlace() ?? this.#nonce;
    this.#see(`call ${this.calls} ${name} ${file}`);
  }

  #opened(file: string): void {
    const node = this.#model.find(file);
    if (node === undefined) this.#model.create(file, "file");
    else if (node.bytes.length > 0) this.#model.cut(node, 0);
  }

  /** Everything is written at the end of a file; that this is true is seen from what the folder holds afterwards. */
  #wrote(call: TracedCall, file: string): void {
    const node = this.#model.find(file);
    if (node === undefined) throw new Error(`a write to ${file}, which the model does not have`);
    const data = Buffer.concat(textsOf(call.args).slice(1)).subarray(0, call.result);
    this.#model.write(node, node.bytes.length, data);
    this.#order.wrote(file, data.length);
  }

  /** What a write to a pipe says. */
  #linesIn({ name, args }: TracedCall): Line[] {
    if (name !== "write") return [];
    const [to, text] = textsOf(args);
    if (this.#below(to) !== null || text?.[0] !== 0x7b) return [];
    return linesOf(text).flatMap((line) => (objectIn(Buffer.from(line)) as Line | null) ?? []);
  }

  #hear(line: Line): void {
    const reported = this.#reported;
    if (line.event === "progress") {
      this.reports += (line.saved ?? 0) > 0 ? 1 : 0;
      reported.place = this.#inPlace();
      this.#saved(this.#model.find(PATHS.log)?.bytes ?? Buffer.alloc(0), line.saved ?? 0);
    }
    if (line.event === "summary" && line.outcome === "complete") {
      reported.place = null;
      reported.complete = true;
    }
    if (line.cleared === true) reported.place = null;
    if (line.restored !== undefined) reported.place = this.#inPlace();
  }

  #saved(log: Buffer, count: number): void {
    const items = linesOf(log)
      .slice(0, count)
      .map((line) => (JSON.parse(line) as { readonly index: number }).index);
    if (this.#nonce !== null && items.length > 0) this.#reported.saved.set(this.#nonce, new Set(items));
  }
}
