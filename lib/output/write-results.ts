// Writes the results of a plan in input order, in bounded memory. An output does not depend on when or in which order results were made: two outputs
// of the same results are byte for byte equal.
import { CkptError } from "../core/errors.ts";
import type { Item } from "../core/item.ts";
import type { Plan } from "../core/plan.ts";
import type { ResultReader, ResultSource } from "../core/result-source.ts";
import type { IdStyle } from "../core/status.ts";
import type { Input } from "../input/input.ts";
import { eventLoopTurn, TURN_BYTES } from "../io/turns.ts";
import { joinedFields } from "./item-fields.ts";
import { jsonArrayWriter, jsonLinesWriter } from "./json-writers.ts";
import { OutputBuffer, type Sink } from "./output-buffer.ts";
import type { OutputFormat } from "./output-format.ts";
import type { ResultWriter } from "./result-writer.ts";
import { tableWriter } from "./table-writer.ts";
import { wellFormedSink } from "./well-formed-sink.ts";

export type PlannedResults = {
  readonly source: Pick<ResultSource, "openReader">;
  /** Where in it the result of each unit stands, in the order of the input; units without a result are left out. */
  readonly plan: Plan;
  readonly ids: IdStyle;
  /** The present input, if fields of its items are joined (`--include-input`). */
  readonly input: Input | null;
};

export type OutputStyle = {
  readonly format: OutputFormat;
  /** Whether CSV and TSV start with a byte-order mark. JSON never does (RFC 8259, 8.1). */
  readonly bom: boolean;
};

export type WrittenResults = {
  readonly count: number;
  /** False when the sink reported that the reader is gone. */
  readonly complete: boolean;
};

/** More columns than a spreadsheet supports (16 384 in Excel) are a mistake, and would make each row as long. */
const FIELD_COLUMNS_MAX = 16_000;

/**
 * Writes all results of a plan.
 * @throws CkptError `checkpoint.damaged` when a record has a wrong checksum, `input.changedDuringRun` when the input is not the one of the plan,
 * `output.tooManyColumns`, `system.failed` when the log cannot be read; errors of the input and the sink
 */
export async function writeResults(
  results: PlannedResults,
  style: OutputStyle,
  sink: Sink,
): Promise<WrittenResults> {
  const isJson = style.format === "jsonl" || style.format === "json";
  const out = new OutputBuffer(isJson ? wellFormedSink(sink) : sink);
  const writer = await writerOf(results, style);
  const records = results.source.openReader(results.ids);
  try {
    writer.begin(out);
    const { input } = results;
    const count =
      input === null
        ? await writeAlone(results, records, writer, out)
        : await writeJoined(results, input, records, writer, out);
    writer.end(out);
    out.flush();
    return { count, complete: out.isOpen };
  } finally {
    records.close();
  }
}

async function writerOf({ plan, input, ids }: PlannedResults, style: OutputStyle): Promise<ResultWriter> {
  const withRepeats = hasRepeats(plan);
  switch (style.format) {
    case "jsonl":
      return jsonLinesWriter(withRepeats);
    case "json":
      return jsonArrayWriter(withRepeats);
    case "csv":
    case "tsv": {
      const delimiter = style.format === "csv" ? "," : "\t";
      const fieldNames = input === null ? [] : await fieldColumns(input, plan);
      const withIds = ids !== "none";
      return tableWriter({ delimiter, bom: style.bom, withIds, withRepeats, fieldNames });
    }
  }
}

/** Whether several answers are wanted of each item: then each result says which of them it is. */
function hasRepeats(plan: Plan): boolean {
  return plan.repeats > 1;
}

/** The items with a record, as they stand in the present input. */
function itemsWithRecord(input: Input, plan: Plan): AsyncIterable<readonly Item[]> {
  const hasRecord = (unit: number): boolean => plan.offset(unit) !== null;
  return input.read((index) => plan.countOf(index, hasRecord) > 0);
}

/** The names of all fields of the items with a record, in order of first appearance. */
async function fieldColumns(input: Input, plan: Plan): Promise<string[]> {
  const names = new Set<string>();
  for await (const items of itemsWithRecord(input, plan)) {
    for (const item of items) {
      for (const { name } of joinedFields(item, input.spec.idField, hasRepeats(plan))) names.add(name);
    }
    if (names.size > FIELD_COLUMNS_MAX) {
      throw new CkptError("output.tooManyColumns", { max: FIELD_COLUMNS_MAX });
    }
  }
  return [...names];
}

async function writeAlone(
  { plan }: PlannedResults,
  records: ResultReader,
  writer: ResultWriter,
  out: OutputBuffer,
): Promise<number> {
  let count = 0;
  let turnAt = TURN_BYTES;
  for (let unit = 0; unit < plan.count && out.isOpen; unit++) {
    const offset = plan.offset(unit);
    if (offset === null) continue;
    const index = plan.indexOf(unit);
    writer.add(out, index, records.resultAt(offset, index), []);
    count++;
    if (out.handedOn < turnAt) continue;
    turnAt = out.handedOn + TURN_BYTES;
    await eventLoopTurn();
  }
  return count;
}

async function writeJoined(
  { plan }: PlannedResults,
  input: Input,
  records: ResultReader,
  writer: ResultWriter,
  out: OutputBuffer,
): Promise<number> {
  const { shownPath, idField } = input.spec;
  const changed = (): CkptError => new CkptError("input.changedDuringRun", { path: shownPath });
  let count = 0;
  for await (const items of itemsWithRecord(input, plan)) {
    for (const item of items) {
      const fields = joinedFields(item, idField, hasRepeats(plan));
      const first = plan.unitOf(item.index, 1);
      if (first === null) throw changed();
      for (let unit = first; unit < first + plan.repeats; unit++) {
        const offset = plan.offset(unit);
        if (offset === null) continue;
        const result = records.resultAt(offset, item.index);
        if (result.hash !== item.hash) throw changed();
        writer.add(out, item.index, result, fields);
        count++;
      }
    }
    if (!out.isOpen) return count;
  }
  if (count !== recordCount(plan)) throw changed();
  return count;
}

function recordCount(plan: Plan): number {
  let count = 0;
  for (let unit = 0; unit < plan.count; unit++) if (plan.offset(unit) !== null) count++;
  return count;
}
