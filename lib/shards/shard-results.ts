// All shards in a folder as one source of results (core/result-source.ts). Their logs are thought of as lying behind each other, in the order of the shards' keys; each
// is opened when it is read.
import { errorPattern } from "../core/error-pattern.ts";
import { type JobFacts, jobOf } from "../core/job.ts";
import { LatestRecords } from "../core/latest-records.ts";
import { type ItemIdentity, unitKey, type UnitIdentity } from "../core/record-key.ts";
import type { ItemError } from "../core/record.ts";
import type {
  EntryVisitor,
  KeptResults,
  LogOf,
  ResultCounts,
  ResultEntry,
  ResultReader,
} from "../core/result-source.ts";
import type { ErrorGroup, IdStyle } from "../core/status.ts";
import { lacking, MergedResults } from "./merged-results.ts";
import { countsOf, isTiled, type OpenShard, type ShardSet, shardsPath } from "./shard-set.ts";
import { intervalOf, isIn } from "./shard-rule.ts";

export class ShardResults implements KeptResults {
  readonly job: JobFacts;
  readonly nonce: string;
  readonly sessionId: string;
  readonly name: string;
  readonly resultsFile: string;
  readonly counts: ResultCounts;
  readonly keptInput: string;
  readonly recorded: KeptResults["recorded"];
  readonly gone: number;
  readonly logs: readonly LogOf[];
  readonly #set: ShardSet;
  readonly #first: OpenShard | undefined;
  readonly #merged: MergedResults;

  /** @param first the shard whose input is that of all; without one, nothing was begun */
  constructor(set: ShardSet, first: OpenShard | undefined = set.shards[0]) {
    const { facts, shards } = set;
    // Every shard has read the same input; the first one knows how its ids were recorded.
    this.recorded = first === undefined ? facts : first.source.status;
    this.job = jobOf({ ...facts, input: this.recorded.input, output: null });
    this.nonce = facts.session.nonce;
    this.sessionId = facts.session.id;
    this.name = shardsPath(set);
    this.resultsFile = shardsPath(set);
    this.counts = countsOf(set);
    this.keptInput = first?.source.keptInput ?? "";
    this.gone = shards.reduce((sum, { source }) => sum + source.status.gone, 0);
    this.logs = shards.map(({ shard, source }) => ({ shard, results: source }));
    this.#set = set;
    this.#first = first;
    this.#merged = new MergedResults(shards);
  }

  get errors(): readonly ErrorGroup[] {
    const groups = new Map<string, ErrorGroup>();
    for (const group of this.#set.shards.flatMap(({ source }) => source.status.errors)) {
      const reason = JSON.stringify([group.kind, errorPattern(group.message)]);
      const count = (groups.get(reason)?.count ?? 0) + group.count;
      groups.set(reason, { ...(groups.get(reason) ?? group), count });
    }
    return [...groups.values()].toSorted((a, b) => b.count - a.count);
  }

  only(places: Float64Array): ShardResults {
    const shards = this.#merged.placed.map(({ shard, base }, at): OpenShard => {
      const end = base + shard.source.bytes;
      const own = places.filter((place) => base <= place && place < end).map((place) => place - base);
      const open = this.#shardAt(at);
      return { ...open, source: open.source.only(own) };
    });
    return new ShardResults({ ...this.#set, shards }, this.#first);
  }

  holding({ id, hash }: Pick<ItemIdentity, "id" | "hash">): ShardResults {
    const key = Uint32Array.from(unitKey({ id, hash, occurrence: 1, repeat: 1 }));
    const shards = this.#set.shards.filter(({ shard }) => isIn(intervalOf(shard), key));
    return new ShardResults({ ...this.#set, shards }, this.#first);
  }

  /** @throws checkpoint.damaged, naming the log of a shard that lacks results */
  eachEntry(visit: EntryVisitor): number {
    for (const { shard, placed } of this.#each(visit)) {
      const missing = shard.source.eachEntry(placed);
      if (missing > 0) throw lacking(shard, missing);
    }
    return 0;
  }

  async eachLatest(visit: EntryVisitor): Promise<void> {
    const isValid = await this.#isValid();
    const checked: EntryVisitor = (entry) => {
      if (isValid(entry)) visit(entry);
    };
    for (const { shard, placed } of this.#each(checked)) await shard.source.eachLatest(placed);
  }

  eachNewest(visit: (entry: ResultEntry) => boolean | void): void {
    let isEnough = false;
    const until = (entry: ResultEntry): boolean => !(isEnough = visit(entry) === false);
    for (const { shard, placed } of this.#each(until)) {
      if (isEnough) return;
      shard.source.eachNewest(placed);
    }
  }

  eachOf(item: ItemIdentity, visit: EntryVisitor): void {
    for (const { shard, placed } of this.#each(visit)) shard.source.eachOf(item, placed);
  }

  eachAt(index: number, visit: EntryVisitor): void {
    for (const { shard, placed } of this.#each(visit)) shard.source.eachAt(index, placed);
  }

  openReader(ids: IdStyle): ResultReader {
    return this.#merged.openReader(ids);
  }

  #shardAt(at: number): OpenShard {
    const shard = this.#set.shards[at];
    if (shard === undefined) throw new Error(`no shard at ${at}`);
    return shard;
  }

  /** Each shard, and a visitor of its log that gives each result its place and its number among all. Behind what is committed a log may be growing, and has no places. */
  *#each<T>(
    visit: (entry: ResultEntry) => T,
  ): Generator<{ readonly shard: OpenShard; readonly placed: (entry: ResultEntry) => T | undefined }> {
    let before = 0;
    for (const [at, { base }] of this.#merged.placed.entries()) {
      const shard = this.#shardAt(at);
      const entry = new PlacedEntry(base, before);
      const { bytes, counts } = shard.source;
      yield { shard, placed: (own) => (own.place < bytes ? visit(entry.of(own)) : undefined) };
      before += counts.entries;
    }
  }

  /** Where shards of several numbers have the same keys, a unit may have a result in each: a success counts before a failure. */
  async #isValid(): Promise<(entry: ResultEntry) => boolean> {
    if (isTiled(this.#set.shards)) return () => true;
    const latest = new LatestRecords(this.counts.entries);
    for (const { shard, placed } of this.#each((entry) => {
      const { hash } = entry.identity();
      latest.add(unitKey(entry.identity()), [hash[0] ?? 0, hash[1] ?? 0], entry.place, entry.error());
    }))
      await shard.source.eachLatest(placed);
    return (entry) => latest.offsetOf(unitKey(entry.identity())) === entry.place;
  }
}

/** A result of one log as one of all. A visitor reuses one for all results. */
class PlacedEntry implements ResultEntry {
  readonly #base: number;
  readonly #before: number;
  #own: ResultEntry | null = null;

  constructor(base: number, before: number) {
    this.#base = base;
    this.#before = before;
  }

  of(own: ResultEntry): this {
    this.#own = own;
    return this;
  }

  get #entry(): ResultEntry {
    if (this.#own === null) throw new Error("no result is being visited");
    return this.#own;
  }

  get index(): number {
    return this.#entry.index;
  }

  get seq(): number {
    return this.#before + this.#entry.seq;
  }

  get failed(): boolean {
    return this.#entry.failed;
  }

  get place(): number {
    return this.#base + this.#entry.place;
  }

  repeat(): number {
    return this.#entry.repeat();
  }

  identity(): UnitIdentity {
    return this.#entry.identity();
  }

  error(): ItemError | null {
    return this.#entry.error();
  }

  marks(): readonly string[] {
    return this.#entry.marks();
  }

  outputJson(): string | null {
    return this.#entry.outputJson();
  }

  isImported(): boolean {
    return this.#entry.isImported();
  }
}
