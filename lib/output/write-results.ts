// Writes the results of a plan in the order of the input, in bounded memory. Nothing in an output depends on when or in which order the
// results were made: two outputs of the same results are equal byte for byte.
import { CkptError } from "../core/errors.ts";
import type { Plan } from "../core/plan.ts";
import type { IdStyle } from "../core/status.ts";
import type { Input } from "../input/input.ts";
import type { FileSystem } from "../io/fs.ts";
import { eventLoopTurn } from "../io/turns.ts";
import { joinedFields } from "./item-fields.ts";
import { jsonArrayWriter, jsonLinesWriter } from "./json-writers.ts";
import { OutputBuffer, type Sink } from "./output-buffer.ts";
import type { OutputFormat } from "./output-format.ts";
import { ResultRecords } from "./result-records.ts";
import type { ResultWriter } from "./result-writer.ts";
import { tableWriter } from "./table-writer.ts";
import { wellFormedSink } from "./well-formed-sink.ts";

export type ResultSource = {
  readonly fs: FileSystem;
  /** Path of the result log that the plan's offsets point into; it may grow meanwhile. */
  readonly logFile: string;
  /** Items without a record in it are left out. */
  readonly plan: Plan;
  readonly ids: IdStyle;
  /** The present input, when the fields of its items are to be joined (`--include-input`). */
  readonly input: Input | null;
};

export type OutputStyle = {
  readonly format: OutputFormat;
  /** Whether CSV and TSV begin with a byte-order mark. JSON never does (RFC 8259, 8.1). */
  readonly bom: boolean;
};

export type WrittenResults = {
  readonly count: number;
  /** False when the sink said that nobody reads any more. */
  readonly complete: boolean;
};

/** More columns than a spreadsheet takes (16 384 in Excel) are no table but a mistake, and would make each row as long. */
const FIELD_COLUMNS_MAX = 16_000;

const TURN_BYTES = 4 << 20;

/**
 * Writes all results of a plan.
 * @throws CkptError `checkpoint.damaged` when a record is not what its checksum says, `input.changedDuringRun` when the input is not the
 * one that the plan was made for, `output.tooManyColumns`, `system.failed` when the log cannot be read; whatever the input and the sink throw
 */
export async function writeResults(
  source: ResultSource,
  style: OutputStyle,
  sink: Sink,
): Promise<WrittenResults> {
  const isJson = style.format === "jsonl" || style.format === "json";
  const out = new OutputBuffer(isJson ? wellFormedSink(sink) : sink);
  const writer = await writerOf(source, style);
  const records = new ResultRecords(source.fs, source.logFile, source.ids);
  try {
    writer.begin(out);
    const { input } = source;
    const count =
      input === null
        ? await writeAlone(source, records, writer, out)
        : await writeJoined(source, input, records, writer, out);
    writer.end(out);
    out.flush();
    return { count, complete: out.isOpen };
  } finally {
    records.close();
  }
}

async function writerOf(source: ResultSource, style: OutputStyle): Promise<ResultWriter> {
  switch (style.format) {
    case "jsonl":
      return jsonLinesWriter;
    case "json":
      return jsonArrayWriter();
    case "csv":
    case "tsv": {
      const delimiter = style.format === "csv" ? "," : "\t";
      const fieldNames = source.input === null ? [] : await fieldColumns(source.input, source.plan);
      return tableWriter({ delimiter, bom: style.bom, withIds: source.ids !== "none", fieldNames });
    }
  }
}

/** The names of all fields of the items with a record, in the order in which they appear first. */
async function fieldColumns(input: Input, plan: Plan): Promise<string[]> {
  const names = new Set<string>();
  for await (const items of input.read((index) => plan.offset(index) !== null)) {
    for (const item of items) {
      for (const { name } of joinedFields(item, input.spec.idField)) names.add(name);
    }
    if (names.size > FIELD_COLUMNS_MAX) {
      throw new CkptError("output.tooManyColumns", { max: FIELD_COLUMNS_MAX });
    }
  }
  return [...names];
}

async function writeAlone(
  { plan }: ResultSource,
  records: ResultRecords,
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
  { plan }: ResultSource,
  input: Input,
  records: ResultRecords,
  writer: ResultWriter,
  out: OutputBuffer,
): Promise<number> {
  const { shownPath, idField } = input.spec;
  const changed = (): CkptError => new CkptError("input.changedDuringRun", { path: shownPath });
  let count = 0;
  for await (const items of input.read((index) => plan.offset(index) !== null)) {
    for (const item of items) {
      const offset = plan.offset(item.index);
      if (offset === null) throw changed();
      const result = records.resultAt(offset, item.index);
      if (result.hash !== item.hash) throw changed();
      writer.add(out, item.index, result, joinedFields(item, idField));
      count++;
    }
    if (!out.isOpen) return count;
  }
  if (count !== recordCount(plan)) throw changed();
  return count;
}

function recordCount(plan: Plan): number {
  let count = 0;
  for (let index = 0; index < plan.count; index++) if (plan.offset(index) !== null) count++;
  return count;
}
