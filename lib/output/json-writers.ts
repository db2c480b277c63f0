// JSON lines, and a JSON array of the same objects. Output and error are copied from the record byte for byte.
import type { OutputBuffer } from "./output-buffer.ts";
import type { RecordedResult } from "../core/result-source.ts";
import type { JoinedField, ResultWriter } from "./result-writer.ts";

const INDEX = Buffer.from('{"index":');
const ID = Buffer.from(',"id":');
const REPEAT = Buffer.from(',"repeat":');
const OK = Buffer.from(',"status":"ok","output":');
const FAILED = Buffer.from(',"status":"failed","error":');
const OBJECT_END = Buffer.from("}");
const LINE_END = Buffer.from("\n");

function addObject(
  out: OutputBuffer,
  index: number,
  { failed, repeat, idJson, bytes, start, end }: RecordedResult,
  fields: readonly JoinedField[],
  withRepeats: boolean,
): void {
  out.constant(INDEX);
  out.digits(index);
  if (idJson !== null) {
    out.constant(ID);
    out.text(idJson);
  }
  if (withRepeats) {
    out.constant(REPEAT);
    out.digits(repeat);
  }
  out.constant(failed ? FAILED : OK);
  out.bytes(bytes, start, end);
  for (const { name, json } of fields) out.text(`,${JSON.stringify(name)}:${json}`);
  out.constant(OBJECT_END);
}

/** An object of these fields alone. */
function addFieldsObject(out: OutputBuffer, fields: readonly JoinedField[]): void {
  out.text(`{${fields.map(({ name, json }) => `${JSON.stringify(name)}:${json}`).join(",")}}`);
}

/** One object per line. @param withRepeats whether each says which of the answers to its item it is */
export function jsonLinesWriter(withRepeats: boolean): ResultWriter {
  return {
    begin: () => undefined,
    add(out, index, result, fields) {
      addObject(out, index, result, fields, withRepeats);
      out.constant(LINE_END);
    },
    addFields(out, fields) {
      addFieldsObject(out, fields);
      out.constant(LINE_END);
    },
    end: () => undefined,
  };
}

/** An array with one object per line. @param withRepeats as above */
export function jsonArrayWriter(withRepeats: boolean): ResultWriter {
  let isFirst = true;
  const separate = (out: OutputBuffer): void => {
    out.text(isFirst ? "\n" : ",\n");
    isFirst = false;
  };
  return {
    begin(out) {
      out.text("[");
    },
    add(out, index, result, fields) {
      separate(out);
      addObject(out, index, result, fields, withRepeats);
    },
    addFields(out, fields) {
      separate(out);
      addFieldsObject(out, fields);
    },
    end(out) {
      out.text(isFirst ? "]\n" : "\n]\n");
    },
  };
}
