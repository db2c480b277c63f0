// The writer of a format. What a format needs to know beforehand is asked for only where it needs it: it may take a reading of all rows.
import { jsonArrayWriter, jsonLinesWriter } from "./json-writers.ts";
import { OutputBuffer, type Sink } from "./output-buffer.ts";
import type { OutputFormat, RowFormat } from "./output-format.ts";
import type { ParquetColumn } from "./parquet-writer.ts";
import type { RowWriter } from "./result-writer.ts";
import { type TableOptions, tableWriter } from "./table-writer.ts";
import { wellFormedSink } from "./well-formed-sink.ts";

export type WriterNeeds = {
  /** Whether results say which of the answers to their item they are. */
  readonly withRepeats: boolean;
  readonly table: () => Promise<Omit<TableOptions, "delimiter" | "withRepeats">>;
  /** All columns with their types. */
  readonly typedColumns: () => Promise<readonly ParquetColumn[]>;
};

export async function rowWriter(format: RowFormat, needs: WriterNeeds): Promise<RowWriter> {
  const { withRepeats } = needs;
  switch (format) {
    case "jsonl":
      return jsonLinesWriter(withRepeats);
    case "json":
      return jsonArrayWriter(withRepeats);
    case "csv":
    case "tsv":
      return tableWriter({
        ...(await needs.table()),
        delimiter: format === "csv" ? "," : "\t",
        withRepeats,
      });
    case "parquet": {
      const { parquetWriter } = await import("./parquet-writer.ts");
      return parquetWriter(await needs.typedColumns());
    }
  }
}

/** What a writer of the format writes into. */
export function outputBuffer(format: OutputFormat, sink: Sink): OutputBuffer {
  const isJson = ["jsonl", "json", "openai-batch"].includes(format);
  return new OutputBuffer(isJson ? wellFormedSink(sink) : sink);
}
