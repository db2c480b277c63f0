// Damage fuzz: a small checkpoint with its log and its status damaged in every way there is a name for, each given to the real recovery, verification
// and repair. An oracle that knows no checksum says what each must be taken for: nothing that was not written is ever given back, a torn tail is
// told from damage, what is refused is left as it is, and a repaired checkpoint is clean.
import * as fs from "node:fs";
import * as path from "node:path";
import { type CheckpointPaths, checkpointPaths } from "../../lib/checkpoint/names.ts";
import { recover } from "../../lib/checkpoint/log/recovery.ts";
import { repairCheckpoint } from "../../lib/checkpoint/log/repair.ts";
import { seal } from "../../lib/checkpoint/status/seal.ts";
import { type VerifyReport, verifyCheckpoint } from "../../lib/checkpoint/log/verify.ts";
import { CkptError } from "../../lib/core/errors.ts";
import { type FormatVersion, NEWEST_VERSION } from "../../lib/core/format-version.ts";
import type { FileSystem } from "../../lib/io/fs.ts";
import { makeCheckpoint, type MakeOptions } from "../helpers/made-checkpoint.ts";
import { SEED } from "../helpers/seed.ts";
import { memoryFolder } from "../helpers/memory.ts";
import { damages, type Sources } from "./damage-cases.ts";
import { type Expected, expectedOf, type Found, repairFaults, type Truth } from "./damage-oracle.ts";
import type { Figures, Size } from "./figures.ts";

/** In the quick form one case of so many is tried; no divisor of how often the kinds of damage repeat. */
const QUICK_STEP = 47;
/** Few of a kind: all of them are tried in the quick form as well. */
const RARE = /newer|misshapen|huge/;
const AT_MS = Date.UTC(2026, 10, 23, 20);
const IDENTITY = { id: "20261123_200000", nonce: "e".repeat(32), started_at: "2026-11-23T20:00:00.000Z" };

type Tally = {
  cases: number;
  clean: number;
  tail: number;
  damage: number;
  newer: number;
  none: number;
  repaired: number;
  accepted: number;
};

const OWN = { records: 6, uncommitted: 2 } as const;
/** The same job, done by another session that had other results, and no failure. */
const OTHER = { ...OWN, nonce: "b".repeat(32), says: "strange", items: [0, 2, 3, 4, 5, 6, 7, 8] } as const;

function sourcesIn(root: string, version: FormatVersion): Sources {
  const made = (more: MakeOptions): { readonly own: string[]; readonly status: string } => {
    const { paths } = makeCheckpoint(path.join(root, "made"), { ...more, version });
    const own = fs.readFileSync(paths.log, "latin1").split("\n").slice(0, -1);
    return { own: own.map((line) => `${line}\n`), status: fs.readFileSync(paths.status, "latin1") };
  };
  const [mine, theirs] = [made(OWN), made(OTHER)];
  const truth: Truth = { ...mine, committed: OWN.records, strangers: theirs.own };
  const earlier = [3, 0].map((records) => ({
    own: mine.own,
    committed: records,
    status: made({ records, uncommitted: mine.own.length - records }).status,
    strangers: theirs.own,
  }));
  const others = [OTHER.records, 0].map((records) => ({
    own: records === 0 ? [] : theirs.own,
    committed: records,
    status: made({ ...OTHER, records, uncommitted: 0 }).status,
    strangers: mine.own,
  }));
  const prev = truth.own[OWN.records - 1]?.slice(-19, -3);
  const newer = NEWEST_VERSION + 1;
  const newerLine = seal({ v: newer, seq: OWN.records + 1, of: "another shape", prev });
  return {
    truth,
    earlier,
    others,
    newerLine,
    newerStatus: seal({ v: newer, kind: "status", of: "another shape" }),
    misshapen: misshapen(truth.status),
  };
}

function misshapen(status: string): string[] {
  const { v, sum: _sum, ...rest } = JSON.parse(Buffer.from(status, "latin1").toString());
  const changed = (part: object): object[] =>
    Object.entries(part).flatMap(([key, value]) => {
      const otherType = typeof value === "string" || value === null ? 7 : "text";
      // One that may be null, or is of version 2 alone, may be missing as well.
      const others = value === null || key === "repeat" ? [otherType] : [undefined, null, otherType];
      return others.map((other) => Object.fromEntries([...Object.entries(part), [key, other]]));
    });
  const deep = ["session", "log", "input", "fingerprint"].flatMap((key) =>
    changed(rest[key]).map((part) => Object.fromEntries([...Object.entries(rest), [key, part]])),
  );
  return [...changed(rest), ...deep].map((value) => Buffer.from(seal({ v, ...value })).toString("latin1"));
}

/** Reads what is there; whatever would change it is a fault. */
const READ_ONLY: FileSystem = {
  ...fs,
  writeSync: refuse,
  ftruncateSync: refuse,
  renameSync: refuse,
  unlinkSync: refuse,
  mkdirSync: refuse,
  rmdirSync: refuse,
  openSync: ((file: string, flags: number, mode?: number) =>
    (flags & 3) === fs.constants.O_RDONLY
      ? fs.openSync(file, flags, mode)
      : refuse()) as FileSystem["openSync"],
};

function refuse(): never {
  throw new Error("it changes what it was to leave alone");
}

function put(paths: CheckpointPaths, { log, status }: Found): void {
  for (const [file, text] of [
    [paths.log, log],
    [paths.status, status],
  ] as const) {
    fs.rmSync(file, { force: true });
    if (text !== null) fs.writeFileSync(file, text, "latin1");
  }
}

function textIn(file: string): string | null {
  return fs.existsSync(file) ? fs.readFileSync(file, "latin1") : null;
}

class Fuzz {
  readonly faults: string[] = [];
  readonly tally: Tally = {
    cases: 0,
    clean: 0,
    tail: 0,
    damage: 0,
    newer: 0,
    none: 0,
    repaired: 0,
    accepted: 0,
  };
  readonly #paths: CheckpointPaths;

  constructor(root: string) {
    this.#paths = checkpointPaths(path.join(root, "c"));
    fs.mkdirSync(this.#paths.dir);
  }

  check(found: Found): void {
    const expected = expectedOf(found);
    this.tally.cases++;
    this.tally[expected.run]++;
    try {
      put(this.#paths, found);
      const report = this.#verify(found, expected);
      this.#recover(found, expected);
      if (expected.verify === "damage" && report !== null) this.#repair(found, report);
    } catch (error) {
      this.#fault(found, `it crashes: ${String(error)}`);
    }
    for (const folder of [this.#paths.backups, this.#paths.quarantine, this.#paths.recovering])
      fs.rmSync(folder, { recursive: true, force: true });
  }

  #fault(found: Found, what: string): void {
    this.faults.push(`${found.name}: ${what}`);
  }

  #verify(found: Found, expected: Expected): VerifyReport | null {
    let report: VerifyReport | null = null;
    let kind = "newer";
    try {
      report = verifyCheckpoint(READ_ONLY, this.#paths);
      kind = kindOf(report);
    } catch (error) {
      if (!(error instanceof CkptError && error.code === "checkpoint.newer")) throw error;
    }
    if (kind !== expected.verify) this.#fault(found, `verify says ${kind}, it is ${expected.verify}`);
    else if (kind === "tail" || kind === "clean")
      this.#compare(found, "verify", expected.records, report?.records);
    return report;
  }

  #compare(found: Found, what: string, expected: unknown, is: unknown): void {
    if (expected !== is)
      this.#fault(found, `${what}: ${String(is)?.slice(0, 80)} instead of ${String(expected).slice(0, 80)}`);
  }

  /** As the next run does; where it must refuse, it may not write either. */
  #recover(found: Found, { run, records, bytes }: Expected): void {
    const paths = this.#paths;
    const lines: string[] = [];
    const goesOn = run === "clean" || run === "tail" || run === "none";
    let kind: string;
    try {
      const recovered = recover(
        goesOn ? fs : READ_ONLY,
        paths,
        (_frame, line) => void lines.push(`${line.toString("latin1")}\n`),
      );
      kind = recovered === null ? "none" : recovered.quarantinedBytes > 0 ? "tail" : "clean";
    } catch (error) {
      kind = refusalOf(error);
    }
    if (kind !== run) this.#fault(found, `a run says ${kind}, it is ${run}`);
    if (!goesOn || kind !== run) {
      if (textIn(paths.log) !== found.log || textIn(paths.status) !== found.status)
        this.#fault(found, "changed, though refused");
      return;
    }
    if (run === "none") return;
    const own = found.truth.own.slice(0, records).join("");
    this.tally.accepted += lines.length;
    this.#compare(found, "given back", own, lines.join(""));
    this.#compare(found, "the log", own, textIn(paths.log));
    const [tail] = fs.existsSync(paths.quarantine) ? fs.readdirSync(paths.quarantine) : [];
    const aside = tail === undefined ? "" : textIn(path.join(paths.quarantine, tail));
    this.#compare(found, "set aside", found.log?.slice(bytes), aside);
  }

  #repair(found: Found, report: VerifyReport): void {
    const paths = this.#paths;
    const { backup } = repairCheckpoint(fs, paths, report, { nowMs: AT_MS, identity: IDENTITY });
    this.tally.repaired++;
    const log = textIn(paths.log) ?? "";
    for (const fault of repairFaults(found, log)) this.#fault(found, `repaired: ${fault}`);
    this.#compare(found, "verify after the repair", "clean", kindOf(verifyCheckpoint(READ_ONLY, paths)));
    let records = 0;
    const again = recover(READ_ONLY, paths, () => void records++);
    this.#compare(found, "records after the repair", records, again?.status.log.records);
    for (const [file, text] of [
      [paths.log, found.log],
      [paths.status, found.status],
    ] as const) {
      const kept = path.join(paths.backups, backup ?? "", path.basename(file));
      this.#compare(found, `kept of ${path.basename(file)}`, text, textIn(kept));
    }
  }
}

function kindOf(report: VerifyReport | null): string {
  if (report === null) return "none";
  if (report.problemCount > 0) return "damage";
  return report.tornBytes > 0 ? "tail" : "clean";
}

function refusalOf(error: unknown): string {
  if (!(error instanceof CkptError)) throw error;
  if (error.code === "checkpoint.newer") return "newer";
  return error.code === "checkpoint.damaged" || error.code === "checkpoint.logLost" ? "damage" : error.code;
}

/** @param size quick: every 47th case; full: all */
export async function damageFuzz(size: Size): Promise<Figures> {
  const root = memoryFolder("ckpt-fuzz-");
  try {
    const fuzz = new Fuzz(root);
    const step = size === "full" ? 1 : QUICK_STEP;
    for (const version of [1, 2] as const) {
      let number = 0;
      for (const found of damages(sourcesIn(root, version), SEED))
        if (number++ % step === 0 || RARE.test(found.name))
          fuzz.check({ ...found, name: `version ${version}: ${found.name}` });
    }
    return { method: "damage fuzz", figures: { ...fuzz.tally, seed: SEED }, faults: fuzz.faults };
  } finally {
    fs.rmSync(root, { recursive: true });
  }
}
