// How an input is read where its name and the options leave it open: what separates the cells of a table. A checkpoint is gone on with as it was begun;
// a table that is read for the first time is read as its header shows. Whatever a person might not expect is remarked on.
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { delimiterIn, hasSepLine, usualDelimiter } from "../core/delimiter.ts";
import { isSameFingerprint, type PresentFingerprint } from "../core/fingerprint.ts";
import type { InputRemark } from "../core/input-remark.ts";
import type { InputFacts } from "../core/status.ts";
import type { Input, InputFormat, InputPart } from "../input/input.ts";

export type Reading = { readonly delimiter: string | null; readonly remark: InputRemark | null };

/** The inputs on record of what this run may go on from, the likeliest first: the checkpoint, completed sessions of the same processor, the receipt. */
export function earlierInputs(
  checkpoint: Checkpoint,
  fingerprint: PresentFingerprint,
  resume: boolean | null,
): readonly InputFacts[] {
  if (resume === false) return [];
  const read = checkpoint.readStatus();
  const completed = checkpoint.completedSessions(({ fp }) => isSameFingerprint({ id: fp }, fingerprint));
  // The backup of the last one may have been deleted since.
  const receipt = checkpoint.receipt();
  const isOurs =
    receipt !== null && receipt.cleared !== true && isSameFingerprint(receipt.fingerprint, fingerprint);
  return [
    ...(read.kind === "good" ? [read.status.input] : []),
    ...completed.map(({ job }) => job.input),
    ...(isOurs ? [receipt.input] : []),
  ];
}

export const isTable = (format: InputFormat): boolean => format === "csv" || format === "tsv";

export type ReadingHints = {
  /** What `--delimiter` says; null when it says nothing. */
  readonly said: string | null;
  readonly earlier: readonly InputFacts[];
  /** The input's path as a status has it. */
  readonly recordedPath: string;
};

/** Tells how an input is to be read, by what was said, what is on record, and what its first lines show. @throws input.* */
export async function chooseReading(input: InputPart, hints: ReadingHints): Promise<Reading> {
  const { format } = input.spec;
  const { said, earlier, recordedPath } = hints;
  if (isTable(format)) {
    // Facts of the same path or size are about this input; those of another job tell nothing.
    const ofPath = earlier.find((facts) => facts.path === recordedPath);
    const before = ofPath ?? earlier.find((facts) => facts.size === input.sizeBytes());
    const known = before === undefined ? undefined : (before.delimiter ?? null);
    return tableReading(format, await input.head(), said, known);
  }
  const isArray = format === "jsonl" && earlier.length === 0 && startsWithArray(await input.head());
  return { delimiter: null, remark: isArray ? { kind: "first-is-array" } : null };
}

/** @param known the delimiter on record, null for the usual one; undefined when the input is read for the first time */
function tableReading(
  format: InputFormat,
  head: string,
  said: string | null,
  known: string | null | undefined,
): Reading {
  const usual = usualDelimiter(format);
  // A table that is read as tables always were has nothing on record.
  const recorded = (delimiter: string): string | null =>
    delimiter === usual && !hasSepLine(head) ? null : delimiter;
  const shown = recorded(delimiterIn(head) ?? usual);
  if (said !== null) {
    const delimiter = said === "auto" ? shown : recorded(said);
    const [used, before] = [delimiter ?? usual, known ?? usual];
    const isChanged = known !== undefined && used !== before;
    return { delimiter, remark: isChanged ? { kind: "delimiter-changed", used, before } : null };
  }
  const isNew = known === undefined;
  // A name that ends in .tsv says what separates the cells; .csv has come to mean any of them.
  const delimiter = !isNew ? known : format === "csv" ? shown : null;
  const used = delimiter ?? usual;
  if (used !== (shown ?? usual))
    return { delimiter, remark: { kind: "delimiter-doubted", used, shown: shown ?? usual } };
  return {
    delimiter,
    remark: isNew && used !== usual ? { kind: "delimiter-found", used } : null,
  };
}

/** Whether the first line that is not blank is a JSON array, or the beginning of a long one. */
function startsWithArray(head: string): boolean {
  const [, line = "", end = ""] = /^\s*(\[[^\n]*)(\n?)/.exec(head) ?? [];
  if (line === "") return false;
  try {
    return Array.isArray(JSON.parse(line));
  } catch {
    return end === ""; // a line that is longer than the part that was read
  }
}

/** Whether an input on record was read as this one is. */
export function isReadAlike(facts: InputFacts, { spec }: Input): boolean {
  return (
    facts.format === spec.format &&
    facts.compression === spec.compression &&
    facts.encoding === spec.encoding &&
    (facts.delimiter ?? null) === spec.delimiter &&
    (facts.json_path ?? null) === spec.jsonPath &&
    (facts.within ?? null) === spec.within &&
    (facts.query ?? null) === spec.query
  );
}

/** Whether an input on record has the same bytes as this one, and its items were read and known in the same way. */
export function isSameItems(facts: InputFacts, input: Input, sha256: string): boolean {
  return facts.sha256 === sha256 && facts.id_field === input.spec.idField && isReadAlike(facts, input);
}
