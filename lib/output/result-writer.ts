// The interface of output formats.
import type { OutputBuffer } from "./output-buffer.ts";
import type { RecordedResult } from "../core/result-source.ts";
import type { ResultRow } from "./row-fields.ts";

/** A field of the item that is joined to its result: its name in the output, and its JSON text. */
export type JoinedField = { readonly name: string; readonly json: string };

/** Call order: `begin`, `add` or `addFields` for each row in input order, `end`. */
export type ResultWriter = {
  begin(out: OutputBuffer): void;
  /**
   * @param index position of the item in the present input, from 0
   * @param result valid only during the call
   * @param fields fields of the item with distinct names, none of which is a key of the result
   */
  add(out: OutputBuffer, index: number, result: RecordedResult, fields: readonly JoinedField[]): void;
  /** A row that consists of these fields alone. A table has the columns that it was made for (`TableOptions.columns`). */
  addFields(out: OutputBuffer, fields: readonly JoinedField[]): void;
  end(out: OutputBuffer): void;
};

/** A writer whose rows always consist of their fields alone has no `add`. */
export type RowWriter = Omit<ResultWriter, "add"> & Partial<Pick<ResultWriter, "add">>;

/** A writer of rows whose form no option changes: call order `begin`, `addRow` for each row in input order, `end`. */
export type FixedWriter = Pick<ResultWriter, "begin" | "end"> & {
  addRow(out: OutputBuffer, row: ResultRow): void;
};
