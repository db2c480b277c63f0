// English: what `verify` found.
import type { Problem } from "../../../core/problem.ts";
import { formatNumber } from "../../format.ts";
import type { Call, ConfirmText } from "../phrases.ts";
import { counted, few, items } from "../common/en.ts";

export function problem(p: Problem): string {
  switch (p.kind) {
    case "record-sum":
      return `${place(p)} has a wrong checksum`;
    case "record-cut":
      return `${place(p)} is cut off`;
    case "record-stray":
      return `${place(p)} does not follow the record before it`;
    case "record-double":
      return `${place(p)} repeats an item that is already done`;
    case "records-missing":
      return p.from === p.to ? `record ${p.from} is missing` : `records ${p.from} to ${p.to} are missing`;
    case "last-record":
      return `record ${p.record} is not the one that was committed last`;
    case "log-bytes":
      return `the result log has ${p.found} bytes instead of ${p.expected}`;
    case "count":
      return `the result log has results of ${p.found} items, the status file states ${p.expected}`;
    case "log-missing":
      return `the result log is missing (${p.records} records were committed)`;
    case "status-missing":
      return "the status file is missing";
    case "status-sum":
      return "the status file has a wrong checksum";
    case "manifest-missing":
      return "it has no valid manifest.json";
    case "file-missing":
      return `${p.file} is missing`;
    case "file-size":
      return `${p.file} has ${p.found} bytes instead of ${p.expected}`;
    case "file-hash":
      return `${p.file} does not have the SHA-256 in the manifest`;
    case "file-sum":
      return `${p.file} has a wrong checksum`;
    case "unreadable":
      return `${p.file} cannot be read: ${p.cause}`;
  }
}

type Place = { readonly record: number | null; readonly offset: number; readonly item: string | null };

function place({ record, offset, item }: Place): string {
  const what = record === null ? "a record" : `record ${record}`;
  return `${what} (offset ${offset}${item === null ? "" : `, item ${item}`})`;
}

const named = (what: string | null, shards: number | null): string =>
  what === null
    ? shards === null
      ? "the checkpoint"
      : counted(shards, "shard", "shards")
    : `backup ${what}`;

export const verify = {
  confirmRepair: (records: number, lost: number): ConfirmText => ({
    note: `${counted(records, "record is", "records are")} kept, ${items(lost)} run again; the damaged checkpoint is moved into a backup.`,
    question: "Repair the checkpoint?",
  }),
  /** @param shards how many they are; null: of a checkpoint */
  intact: (what: string | null, records: number, itemCount: number, shards: number | null): string =>
    `Verified ${named(what, shards)}: ${counted(records, "record", "records")} of ${items(itemCount)}, all intact.`,
  uncommitted: (records: number): string =>
    `${counted(records, "record was", "records were")} saved after the last commit; the next run adopts them.`,
  torn: (bytes: string): string => `${bytes} of torn data follow; the next run moves them to quarantine.`,
  found: (what: string | null, count: number, shards: number | null): string =>
    `Damage in ${named(what, shards)}: ${counted(count, "problem", "problems")}`,
  moreProblems: (count: number): string => `and ${formatNumber(count)} more`,
  provable: (records: number, itemCount: number): string =>
    `Provable: ${counted(records, "record", "records")} of ${items(itemCount)}.`,
  /** Items whose results are lost; `known` are those that can still be named. */
  lost: (count: number, known: readonly string[]): string =>
    `Lost: the results of ${items(count)}${known.length === 0 ? "" : `${known.length < count ? ", among them" : ":"} ${few(known)}`}.`,
  /** Of a folder of shards: what each of them is. */
  headers: { shard: "shard", state: "state", records: "records", items: "items" },
  states: { intact: "intact", damaged: "damaged" },
  inShard: (shard: string, text: string): string => `shard ${shard}: ${text}`,
  repairShards: (count: number, records: number, lost: number): ConfirmText => ({
    note: `${counted(count, "shard is", "shards are")} damaged. ${counted(records, "record is", "records are")} kept, ${items(lost)} run again; each damaged checkpoint is moved into a backup in its shard's folder.`,
    question: `Repair ${counted(count, "shard", "shards")}?`,
  }),
  repairedShard: (shard: string, records: number, backup: string | null): string =>
    `Shard ${shard} repaired: ${counted(records, "record", "records")} kept${backup === null ? "" : `; before that it is backup ${backup}`}. Start it again.`,
  repairHint: (call: Call): string =>
    `To keep what is provable: ${call("verify --repair")} (the damaged checkpoint becomes a backup)`,
  restoreHint: (backup: string, call: Call): string =>
    `To go back to the newest intact backup: ${call(`restore ${backup}`)}`,
  /** `pending`: items; null when that is not known. */
  repaired: (records: number, pending: number | null): string =>
    `Repaired: ${counted(records, "record", "records")} kept${pending === null ? "" : `; ${items(pending)} pending`}. Run the same command again to resume.`,
  nothingToRepair: "Nothing to repair.",
  /** What is wrong with a checkpoint or a backup, as part of a sentence. */
  problem: (p: Problem): string => problem(p),
};
