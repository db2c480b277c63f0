// JSON lines, and a JSON array with the same lines in it. Output and error are copied from the record byte for byte.
import type { OutputBuffer } from "./output-buffer.ts";
import type { RecordedResult } from "./result-records.ts";
import type { JoinedField, ResultWriter } from "./result-writer.ts";

function addObject(
  out: OutputBuffer,
  index: number,
  result: RecordedResult,
  fields: readonly JoinedField[],
): void {
  const { failed, idJson, bytes, start, end } = result;
  const id = idJson === null ? "" : `,"id":${idJson}`;
  out.text(`{"index":${index}${id},"status":${failed ? '"failed","error":' : '"ok","output":'}`);
  out.bytes(bytes, start, end);
  for (const { name, json } of fields) out.text(`,${JSON.stringify(name)}:${json}`);
  out.text("}");
}

/** An object a line. */
export const jsonLinesWriter: ResultWriter = {
  begin: () => undefined,
  add(out, index, result, fields) {
    addObject(out, index, result, fields);
    out.text("\n");
  },
  end: () => undefined,
};

/** An array, an object a line. */
export function jsonArrayWriter(): ResultWriter {
  let isFirst = true;
  return {
    begin(out) {
      out.text("[");
    },
    add(out, index, result, fields) {
      out.text(isFirst ? "\n" : ",\n");
      isFirst = false;
      addObject(out, index, result, fields);
    },
    end(out) {
      out.text(isFirst ? "]\n" : "\n]\n");
    },
  };
}
