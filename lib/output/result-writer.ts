// What each format of an output implements.
import type { OutputBuffer } from "./output-buffer.ts";
import type { RecordedResult } from "../core/result-source.ts";

/** A field of the item that is joined to its result: the name it has in the output, and its JSON text. */
export type JoinedField = { readonly name: string; readonly json: string };

/** Called in this order: `begin`, `add` for each result in the order of the input, `end`. */
export type ResultWriter = {
  begin(out: OutputBuffer): void;
  /**
   * @param index position of the item in the present input, from 0
   * @param result valid only during the call
   * @param fields fields of the item, with different names, none of them one of the result's own
   */
  add(out: OutputBuffer, index: number, result: RecordedResult, fields: readonly JoinedField[]): void;
  end(out: OutputBuffer): void;
};
