// Writes rows that consist of named fields alone, in any format of an output.
import { jsonArrayWriter, jsonLinesWriter } from "./json-writers.ts";
import { OutputBuffer, type Sink } from "./output-buffer.ts";
import type { TextFormat } from "./output-format.ts";
import type { JoinedField, ResultWriter } from "./result-writer.ts";
import { tableWriter } from "./table-writer.ts";
import { wellFormedSink } from "./well-formed-sink.ts";

/** Call order: `add` for each row, `end`. */
export type FieldsWriter = {
  add(fields: readonly JoinedField[]): void;
  end(): void;
  /** False once the sink has reported that the reader is gone. */
  readonly isOpen: boolean;
  /** Bytes passed to the sink so far. */
  readonly handedOn: number;
};

/** @param columns of a table: the names of all fields that a row may have */
export function fieldsWriter(format: TextFormat, columns: readonly string[], sink: Sink): FieldsWriter {
  const isJson = format === "jsonl" || format === "json";
  const out = new OutputBuffer(isJson ? wellFormedSink(sink) : sink);
  const writer = writerOf(format, columns);
  writer.begin(out);
  return {
    add: (fields) => writer.addFields(out, fields),
    end() {
      writer.end(out);
      out.flush();
    },
    get isOpen() {
      return out.isOpen;
    },
    get handedOn() {
      return out.handedOn;
    },
  };
}

function writerOf(format: TextFormat, columns: readonly string[]): ResultWriter {
  switch (format) {
    case "jsonl":
      return jsonLinesWriter(false);
    case "json":
      return jsonArrayWriter(false);
    case "csv":
    case "tsv": {
      const delimiter = format === "csv" ? "," : "\t";
      return tableWriter({
        delimiter,
        bom: false,
        withIds: false,
        withRepeats: false,
        fieldNames: [],
        columns,
      });
    }
  }
}
