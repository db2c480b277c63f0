// Writes the results of a plan in input order, in bounded memory. An output does not depend on when or in which order results were made: two outputs
// of the same results are byte for byte equal.
import type { CkptError } from "../core/errors.ts";
import type { Plan } from "../core/plan.ts";
import type { ResultSource } from "../core/result-source.ts";
import type { IdStyle } from "../core/status.ts";
import { inputChanged } from "../input/input-changed.ts";
import type { Input } from "../input/input.ts";
import { eventLoopTurn, TURN_BYTES } from "../io/turns.ts";
import { batchWriter } from "./batch-writer.ts";
import { joinedFields } from "./item-fields.ts";
import type { Sink } from "./output-buffer.ts";
import type { OutputFormat } from "./output-format.ts";
import { ColumnTypes } from "./parquet-types.ts";
import type { ParquetColumn } from "./parquet-writer.ts";
import type { FixedWriter, JoinedField, RowWriter } from "./result-writer.ts";
import { ALL_RESULTS, type RowChoice } from "./row-choice.ts";
import { META_FIELDS, type ResultRow } from "./row-fields.ts";
import { RowReader } from "./row-reader.ts";
import { ColumnNames, type FieldChoice, RowShape } from "./row-shape.ts";
import { outputBuffer, rowWriter } from "./row-writer.ts";
import type { TableOptions } from "./table-writer.ts";

export type PlannedResults = {
  readonly source: Pick<ResultSource, "openReader">;
  /** Where in it the result of each unit stands, in the order of the input; units without a result are left out. */
  readonly plan: Plan;
  readonly ids: IdStyle;
  /** The present input, if fields of its items are joined (`--include-input`). */
  readonly input: Input | null;
};

export type OutputStyle = FieldChoice & {
  readonly format: OutputFormat;
  /** Whether CSV and TSV start with a byte-order mark. JSON never does (RFC 8259, 8.1). */
  readonly bom: boolean;
};

export type WrittenResults = {
  readonly count: number;
  /** False when the sink reported that the reader is gone. */
  readonly complete: boolean;
  /** Names in `fields` and `where` that no row had which was looked at. */
  readonly missing: readonly string[];
};

/**
 * Writes the results of a plan.
 * @param choice which of them; default all
 * @throws CkptError `checkpoint.damaged` when a record has a wrong checksum, `input.changedDuringRun` when the input is not the one of the plan,
 * `output.tooManyColumns`, `system.failed` when the log cannot be read; errors of the input and the sink
 */
export async function writeResults(
  results: PlannedResults,
  style: OutputStyle,
  sink: Sink,
  choice: RowChoice = ALL_RESULTS,
): Promise<WrittenResults> {
  const out = outputBuffer(style.format, sink);
  const { plan, ids, input } = results;
  const idField = input?.spec.idField ?? null;
  const shape = new RowShape(style, choice, { ids, idField, withRepeats: hasRepeats(plan, style) });
  const writer = await writerOf(results, style, shape, choice);
  writer.begin(out);
  let count = 0;
  let turnAt = TURN_BYTES;
  await eachChosen(results, choice, shape, (row) => {
    if ("addRow" in writer) writer.addRow(out, row);
    else if (row.result === null || shape.isShaped || writer.add === undefined)
      writer.addFields(out, shape.shaped(row));
    else writer.add(out, row.index, row.result, shape.joined(row));
    count++;
    if (!out.isOpen) return "stop";
    if (out.handedOn < turnAt) return "continue";
    turnAt = out.handedOn + TURN_BYTES;
    return "turn";
  });
  writer.end(out);
  out.flush();
  return { count, complete: out.isOpen, missing: shape.missing };
}

async function writerOf(
  results: PlannedResults,
  style: OutputStyle,
  shape: RowShape,
  choice: RowChoice,
): Promise<RowWriter | FixedWriter> {
  if (style.format === "openai-batch") return batchWriter(results.ids);
  return rowWriter(style.format, {
    withRepeats: hasRepeats(results.plan, style),
    table: () => tableOf(results, style, shape, choice),
    typedColumns: () => typedColumns(results, style, shape, choice),
  });
}

async function tableOf(
  results: PlannedResults,
  style: OutputStyle,
  shape: RowShape,
  choice: RowChoice,
): Promise<Omit<TableOptions, "delimiter" | "withRepeats">> {
  const table = { bom: style.bom, withIds: results.ids !== "none" };
  if (shape.isShaped)
    return { ...table, fieldNames: [], columns: await columnsOf(results, style, shape, choice) };
  const metaNames = style.includeMeta === true ? META_FIELDS : [];
  return { ...table, fieldNames: [...metaNames, ...(await itemColumns(results, style))] };
}

/** Whether several answers are wanted of each item, and have a row each, which says which of them it is. */
function hasRepeats(plan: Plan, { repeatAs }: OutputStyle): boolean {
  return plan.repeats > 1 && repeatAs !== "list";
}

/** The columns of rows that consist of their fields alone. The results are read for them where that cannot be known otherwise. */
async function columnsOf(
  results: PlannedResults,
  style: OutputStyle,
  shape: RowShape,
  choice: RowChoice,
): Promise<readonly string[]> {
  const names = shape.columnNames();
  if (style.flatten === true || (style.fields === undefined && results.input !== null)) {
    await eachChosen(results, choice, shape, (row) => {
      shape.collect(row, names);
      return "continue";
    });
  }
  return names.list();
}

/** The columns of rows that consist of their fields alone, with the types of all their values: the results are read for them. */
async function typedColumns(
  results: PlannedResults,
  style: OutputStyle,
  shape: RowShape,
  choice: RowChoice,
): Promise<readonly ParquetColumn[]> {
  const names = shape.columnNames();
  const types = new ColumnTypes(style.includeMeta === true);
  const look = ({ name, json }: JoinedField): void => types.add(name, json);
  await eachChosen(results, choice, shape, (row) => {
    shape.collect(row, names, look);
    return "continue";
  });
  const found = names.list();
  // A file without any column is none that others read: fields that no row has are columns without values.
  return (found.length > 0 ? found : (style.fields ?? ["output"])).map((name) => ({
    name,
    type: types.typeOf(name),
  }));
}

/** The names of all fields of the items with a result, in order of first appearance. */
async function itemColumns({ input, plan }: PlannedResults, style: OutputStyle): Promise<readonly string[]> {
  if (input === null || style.joinItem === false) return [];
  const names = new ColumnNames();
  const keys = { withRepeats: hasRepeats(plan, style), withMeta: style.includeMeta === true };
  for await (const items of input.read(hasResult(plan))) {
    for (const item of items)
      for (const { name } of joinedFields(item, input.spec.idField, keys)) names.add(name, name);
  }
  return names.list();
}

/** Whether an item, by its index, has a result. */
function hasResult(plan: Plan): (index: number) => boolean {
  return (index) => plan.countOf(index, (unit) => plan.offset(unit) !== null) > 0;
}

/** After so many results, the event loop gets a turn, however few rows they make. */
const TURN_ROWS = 1 << 13;

/** What is to become of the reading after a row: `turn` lets the event loop run first. */
type Next = "continue" | "turn" | "stop";
type RowVisitor = (row: ResultRow) => Next;

/** Visits the rows of an output, in input order. */
async function eachChosen(
  results: PlannedResults,
  choice: RowChoice,
  shape: RowShape,
  visit: RowVisitor,
): Promise<void> {
  const { limit } = choice;
  if (limit === 0) return;
  let count = 0;
  const { plan, input } = results;
  const records = results.source.openReader(results.ids);
  const rows = new RowReader(plan, records, choice, shape);
  const visitChosen: RowVisitor = (row) => {
    if (!shape.accepts(row)) return "continue";
    const next = visit(row);
    return ++count === limit ? "stop" : next;
  };
  try {
    if (input === null) await eachAlone(plan, rows, visitChosen);
    else await eachJoined(plan, input, rows, visitChosen);
  } finally {
    records.close();
  }
}

async function eachAlone(plan: Plan, rows: RowReader, visit: RowVisitor): Promise<void> {
  let read = 0;
  for (let unit = 0; unit < plan.count; unit += rows.perRow) {
    if (!rows.isWanted(unit)) continue;
    const next = visit(rows.rowAt(unit, null));
    if (next === "stop") return;
    if (next === "turn" || ++read % TURN_ROWS === 0) await eventLoopTurn();
  }
}

/** @throws CkptError `input.changedDuringRun` */
async function eachJoined(plan: Plan, input: Input, rows: RowReader, visit: RowVisitor): Promise<void> {
  const changed = (): CkptError => inputChanged(input.spec);
  const isChosen = (unit: number): boolean => rows.isChosen(unit);
  let count = 0;
  for await (const items of input.read((index) => plan.countOf(index, isChosen) > 0)) {
    for (const item of items) {
      const first = plan.unitOf(item.index, 1);
      if (first === null) throw changed();
      for (let unit = first; unit < first + plan.repeats; unit += rows.perRow) {
        if (!rows.isWanted(unit)) continue;
        const row = rows.rowAt(unit, item);
        if (row === "changed") throw changed();
        count++;
        const next = visit(row);
        if (next === "stop") return;
        if (next === "turn" || count % TURN_ROWS === 0) await eventLoopTurn();
      }
    }
  }
  if (count !== rows.count()) throw changed();
}
