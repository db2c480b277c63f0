// Lines as the batch API of OpenAI and vLLM's `run-batch` write them (core/openai-batch.ts). The ids are made of `custom_id`, so that two outputs of the same
// results are byte for byte equal.
import { CkptError } from "../core/errors.ts";
import { itemLabel } from "../core/item.ts";
import { compactJson, unquoted } from "../core/json-text.ts";
import { batchLine, type BatchOutcome } from "../core/openai-batch.ts";
import type { ItemError } from "../core/record.ts";
import type { RecordedResult } from "../core/result-source.ts";
import type { IdStyle } from "../core/status.ts";
import type { FixedWriter } from "./result-writer.ts";
import { type ResultRow, rowId } from "./row-fields.ts";

const ID_DIGITS = 32;
const HTTP_OK = 200;

/** @throws CkptError `output.notWhole` at a row whose output is no object: then the answer's text was kept, and not its body */
export function batchWriter(ids: IdStyle): FixedWriter {
  return {
    begin: () => undefined,
    addRow(out, row) {
      const id = rowId(row, ids);
      const customId = id === null ? `request-${row.index + 1}` : unquoted(id);
      const key = row.repeat === 1 ? customId : `${customId}\0${row.repeat}`;
      const digits = Bun.SHA256.hash(key, "hex").slice(0, ID_DIGITS);
      out.text(batchLine(`batch_req_${digits}`, customId, outcomeOf(row, customId, `req_${digits}`)));
      out.text("\n");
    },
    end: () => undefined,
  };
}

/** @param ownId stands where the server has sent no request id */
function outcomeOf({ result, index }: ResultRow, customId: string, ownId: string): BatchOutcome {
  if (result === null)
    return { answered: false, code: "pending", message: "This request has not been answered yet." };
  const json = result.bytes.toString("utf8", result.start, result.end);
  if (result.failed) return failureOf(result, JSON.parse(json) as ItemError, ownId);
  if (!json.startsWith("{")) throw new CkptError("output.notWhole", { item: itemLabel(customId, index) });
  return { answered: true, status: HTTP_OK, requestId: requestIdOf(result) ?? ownId, body: json };
}

/** What an endpoint answered is a response, whatever its status; where it did not answer, there is none. */
function failureOf(
  result: RecordedResult,
  { kind, message, status, body }: ItemError,
  ownId: string,
): BatchOutcome {
  if (status === undefined) return { answered: false, code: kind, message };
  const whole = body === undefined ? null : wholeObject(body);
  const said = { error: { message, type: kind, param: null, code: kind } };
  return {
    answered: true,
    status,
    requestId: requestIdOf(result) ?? ownId,
    body: whole ?? JSON.stringify(said),
  };
}

function requestIdOf(result: RecordedResult): string | null {
  return result.details().request_id ?? null;
}

/** A kept body on one line; null where it is not a whole JSON object, as the format wants one. */
function wholeObject(text: string): string | null {
  try {
    const json = compactJson(text);
    return json.startsWith("{") ? json : null;
  } catch {
    return null; // cut off, or a page
  }
}
