// Decides how an input is read where its name and the options leave it open: the delimiter of a table. A resumed checkpoint keeps its delimiter. For
// a new table the header decides. Anything that the user may not expect becomes a remark.
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { delimiterIn, hasSepLine, usualDelimiter } from "../../core/delimiter.ts";
import { isSameFingerprint, type PresentFingerprint } from "../../core/fingerprint.ts";
import type { InputRemark } from "../../core/input-remark.ts";
import type { InputFacts } from "../../core/status.ts";
import type { Input, InputFormat, InputPart, PictureRules } from "../../input/input.ts";

export type Reading = { readonly delimiter: string | null; readonly remark: InputRemark | null };

/**
 * The recorded inputs from which this run may resume, the most likely first: of the checkpoint, of completed sessions with the same processor, of the
 * receipt.
 */
export function earlierInputs(
  checkpoint: Checkpoint,
  fingerprint: PresentFingerprint,
  resume: boolean | null,
): readonly InputFacts[] {
  if (resume === false) return [];
  const read = checkpoint.readStatus();
  const completed = checkpoint.completedSessions(({ fp }) => isSameFingerprint({ id: fp }, fingerprint));
  // The backup of the last session may have been deleted.
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
  /** The value of `--delimiter`; null without it. */
  readonly said: string | null;
  readonly earlier: readonly InputFacts[];
  /** The input's path as in the status. */
  readonly recordedPath: string;
};

/** Decides how to read an input: by the option, by the records, and by its first lines. @throws input.* */
export async function chooseReading(input: InputPart, hints: ReadingHints): Promise<Reading> {
  const { format } = input.spec;
  const { said, earlier, recordedPath } = hints;
  if (isTable(format)) {
    // Recorded facts with the same path or size are about this input. Those of another job do not matter.
    const ofPath = earlier.find((facts) => facts.path === recordedPath);
    const before = ofPath ?? earlier.find((facts) => facts.size === input.sizeBytes());
    const known = before === undefined ? undefined : (before.delimiter ?? null);
    return tableReading(format, await input.head(), said, known);
  }
  const isArray = format === "jsonl" && earlier.length === 0 && startsWithArray(await input.head());
  return { delimiter: null, remark: isArray ? { kind: "first-is-array" } : null };
}

/** @param known the recorded delimiter, null for the default; undefined when the input is read for the first time */
function tableReading(
  format: InputFormat,
  head: string,
  said: string | null,
  known: string | null | undefined,
): Reading {
  const usual = usualDelimiter(format);
  // A table with the default delimiter has no recorded one.
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
  // A .tsv file has tabs; a .csv file may have any delimiter.
  const delimiter = !isNew ? known : format === "csv" ? shown : null;
  const used = delimiter ?? usual;
  if (used !== (shown ?? usual))
    return { delimiter, remark: { kind: "delimiter-doubted", used, shown: shown ?? usual } };
  return {
    delimiter,
    remark: isNew && used !== usual ? { kind: "delimiter-found", used } : null,
  };
}

/** Whether the first non-blank line is a JSON array, or the start of a long one. */
function startsWithArray(head: string): boolean {
  const [, line = "", end = ""] = /^\s*(\[[^\n]*)(\n?)/.exec(head) ?? [];
  if (line === "") return false;
  try {
    return Array.isArray(JSON.parse(line));
  } catch {
    return end === ""; // the line is longer than the part that was read
  }
}

/** Whether a recorded input was read in the same way as this one. */
export function isReadAlike(facts: InputFacts, { spec }: Input): boolean {
  return (
    facts.format === spec.format &&
    facts.compression === spec.compression &&
    facts.encoding === spec.encoding &&
    (facts.delimiter ?? null) === spec.delimiter &&
    (facts.json_path ?? null) === spec.jsonPath &&
    (facts.within ?? null) === spec.within &&
    (facts.query ?? null) === spec.query &&
    isPicturedAlike(facts.pictures, spec.pictures)
  );
}

/** Whether the same pictures are part of what items are known by; where they lie is part of the input's path. */
function isPicturedAlike(facts: InputFacts["pictures"], rules: PictureRules | undefined): boolean {
  const [fields, known] = [rules?.fields ?? [], facts?.fields ?? []];
  return fields.join("\0") === known.join("\0") && rules?.maxBytes === facts?.max_bytes;
}

/** Whether a recorded input has the same bytes as this one, and its items were read and identified in the same way. */
export function isSameItems(facts: InputFacts, input: Input, sha256: string): boolean {
  return facts.sha256 === sha256 && facts.id_field === input.spec.idField && isReadAlike(facts, input);
}
