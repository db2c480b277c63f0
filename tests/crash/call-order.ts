// In which order a process may change a checkpoint. Redundancy hides a wrong order from the states that a power cut leaves: so each call is looked
// at by itself, just before it takes effect, against what is sure on the disk by then.
import * as path from "node:path";
import type { Intent } from "../../lib/checkpoint/backup/move.ts";
import {
  CHECKPOINT_FILES,
  type CheckpointPaths,
  checkpointPaths,
  MANIFEST,
} from "../../lib/checkpoint/names.ts";
import type { Status } from "../../lib/core/status.ts";
import type { DiskModel } from "./disk-model.ts";
import type { Call } from "./recording-fs.ts";

/** The JSON object in a file; null when there is none. */
export function objectIn(bytes: Buffer | null | undefined): unknown {
  try {
    return JSON.parse(String(bytes));
  } catch {
    return null; // nothing there, or torn
  }
}

/** The first `bytes` of a log, as whole lines. */
export function linesOf(bytes: Buffer): string[] {
  return bytes.toString().split("\n").slice(0, -1);
}

/** Watches the calls of one process. */
export class CallOrder {
  readonly #model: DiskModel;
  readonly #paths: CheckpointPaths;
  readonly #output: string | null;
  readonly #fault: (text: string) => void;
  /** What this process has written of the log, as offsets. */
  readonly #written: { readonly from: number; readonly to: number }[] = [];

  /**
   * @param dir the checkpoint's folder in the model
   * @param output the file of results in the model; null when none is written
   */
  constructor(model: DiskModel, dir: string, output: string | null, fault: (text: string) => void) {
    this.#model = model;
    this.#paths = checkpointPaths(dir);
    this.#output = output;
    this.#fault = fault;
  }

  /** @param call a call that is about to take effect */
  before(call: Call): void {
    const { log, recovering, intent } = this.#paths;
    if (call.name === "rename") this.#beforeRename(call.from ?? "", call.file);
    if (call.name === "write" && call.file === log && !this.#model.isNameSure(log))
      this.#fault("the log is written before its name is sure");
    if (call.name === "ftruncate" && call.file === log) this.#beforeCut(call.size ?? 0);
    if (call.name === "unlink" && CHECKPOINT_FILES.includes(path.relative(this.#paths.dir, call.file)))
      this.#fault(`${call.file} is removed`);
    if (call.name === "unlink" && call.file === recovering) this.#beforeForgetting();
    if (call.name === "unlink" && call.file === intent) this.#beforeSettled();
  }

  /** @param bytes how many a write of the log has put at its end */
  wrote(file: string, bytes: number): void {
    if (file !== this.#paths.log) return;
    const to = this.#model.find(file)?.bytes.length ?? 0;
    this.#written.push({ from: to - bytes, to });
  }

  /** @param saved how many results a process is about to report as saved */
  beforeReport(saved: number): void {
    if (saved === 0) return;
    const status = objectIn(this.#model.sureBytes(this.#paths.status)) as Status | null;
    const log = this.#model.find(this.#paths.log)?.sureBytes ?? Buffer.alloc(0);
    const records = linesOf(log).length;
    if (status === null || status.results_saved < saved || records < saved)
      this.#fault(`${saved} are reported as saved, ${status?.results_saved ?? 0} (${records} records) are`);
  }

  #beforeRename(from: string, to: string): void {
    const { dir, status, intent } = this.#paths;
    if (!this.#model.isDataSure(from)) this.#fault(`${to} is put in place before its data is sure`);
    if (to === status && path.dirname(from) === dir) this.#beforeStatus(from);
    if (to === this.#output) this.#beforeOutput(from);
    const place = path.dirname(from) === dir ? from : to;
    const isMoved = path.dirname(from) !== path.dirname(to);
    if (isMoved && path.dirname(place) === dir && this.#model.sureBytes(intent) === null)
      this.#fault(`${from} is moved to ${to} without an intent`);
    if (isMoved && !this.#model.isNameSure(path.dirname(to)))
      this.#fault(`${from} is moved into a folder whose name is not sure`);
  }

  #beforeStatus(from: string): void {
    const { log, status: place } = this.#paths;
    const next = objectIn(this.#model.find(from)?.bytes) as Status | null;
    const now = objectIn(this.#model.find(place)?.bytes) as Status | null;
    const node = this.#model.find(log);
    if (next === null || node === undefined) return this.#fault("a status without its log");
    const { bytes, records } = next.log;
    if (
      !node.sureBytes.subarray(0, bytes).equals(node.bytes.subarray(0, bytes)) ||
      node.sureBytes.length < bytes
    )
      this.#fault("a status vouches for what is not sure");
    if (linesOf(node.bytes.subarray(0, bytes)).length !== records || next.results_saved > records)
      this.#fault(`a status of ${next.results_saved} results vouches for ${records} records`);
    const known = now?.session.nonce === next.session.nonce ? now.log.bytes : 0;
    if (!this.#hasWritten(known, bytes)) this.#fault("records are taken over that were only read");
  }

  #hasWritten(from: number, to: number): boolean {
    let at = from;
    for (const piece of this.#written) if (piece.from <= at && piece.to > at) at = piece.to;
    return at >= to;
  }

  #beforeOutput(from: string): void {
    const status = objectIn(this.#model.sureBytes(this.#paths.status)) as Status | null;
    const bytes = this.#model.find(from)?.bytes ?? Buffer.alloc(0);
    if (status?.output?.sha256 !== Bun.SHA256.hash(bytes, "hex"))
      this.#fault("an output is put in place whose hash is not recorded");
  }

  /** What is cut off must be on the disk somewhere else. */
  #beforeCut(size: number): void {
    const { log, recovering, quarantine } = this.#paths;
    const rest = this.#model.find(log)?.bytes.subarray(size) ?? Buffer.alloc(0);
    const kept = [recovering, ...this.#model.filesIn(quarantine)].map((file) => this.#model.sureBytes(file));
    const whole = kept.map((bytes) => bytes?.toString("latin1") ?? "").join("\n");
    const lines = rest.toString("latin1").split("\n");
    if (!lines.every((line) => whole.includes(line))) this.#fault("what is cut off the log is kept nowhere");
  }

  /** The copy of records outside a commit goes when a commit covers them, or when it is of no use. */
  #beforeForgetting(): void {
    const { log, recovering, status: place } = this.#paths;
    const status = objectIn(this.#model.sureBytes(place)) as Status | null;
    const copy = this.#model.find(recovering)?.bytes;
    const head = objectIn(copy?.subarray(0, copy.indexOf(0x0a))) as {
      readonly nonce: string;
      readonly base_bytes: number;
    } | null;
    if (status === null || head === null || this.#model.find(log) === undefined) return;
    if (head.nonce === status.session.nonce && head.base_bytes === status.log.bytes)
      this.#fault("the copy of records is removed before a commit covers them");
  }

  /** An intent goes when all that it wants is sure. */
  #beforeSettled(): void {
    const { dir, backups, intent: file, receipt } = this.#paths;
    const intent = objectIn(this.#model.find(file)?.bytes) as Intent | null;
    if (intent === null) return;
    const target = intent.target === null ? null : path.join(backups, intent.target);
    const moved = target === null ? [] : intent.out.map((name) => path.join(target, name));
    const placed = [
      ...moved,
      ...intent.in.map((name) => path.join(dir, name)),
      ...(target === null || intent.manifest === null ? [] : [path.join(target, MANIFEST)]),
      ...(intent.receipt === null ? [] : [receipt]),
    ];
    const left = intent.out.filter((name) => !intent.in.includes(name)).map((name) => path.join(dir, name));
    for (const name of placed)
      if (this.#model.sureBytes(name) === null) this.#fault(`the intent goes before ${name} is sure`);
    for (const name of left)
      if (!this.#model.isNameSure(name))
        this.#fault(`the intent goes before it is sure that ${name} is gone`);
  }
}
