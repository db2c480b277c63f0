// Batch files of OpenAI (core/openai-batch.ts): requests, which are items as they stand, and the results of a batch, of which an item has the answer's text or
// the error. An item is known by its `custom_id`.
import type { JsonValue } from "../core/item.ts";
import { objectFields } from "../core/object-fields.ts";
import { BATCH_ID, batchError, batchForm, batchResult, requestDefect } from "../core/openai-batch.ts";
import { bodyText } from "./batch-text.ts";
import type { FormatReader } from "./format-reader.ts";
import { jsonLines, type LineItem } from "./jsonl.ts";

const REQUEST_FIELDS = `${BATCH_ID}, url, body`;
const RESULT_FIELDS = `${BATCH_ID}, response, error`;
const NO_FORM = `it is neither a request with ${REQUEST_FIELDS} nor a result with ${RESULT_FIELDS}`;

export const openaiBatch: FormatReader = jsonLines({
  itemOf(text, value) {
    switch (batchForm(value)) {
      case null:
        return { text, value, defect: NO_FORM };
      case "request": {
        const defect = requestDefect(value);
        return defect === null ? { text, value } : { text, value, defect };
      }
      case "result":
        return resultItem(text);
    }
  },
  isOther: ({ defect }) => defect === NO_FORM,
});

/** The fields of a result that are there, in this order. */
function resultItem(line: string): LineItem {
  const fields = objectFields(line);
  const result = batchResult(fields);
  const { isOk, status, requestId, body } = result;
  const parsed = body === null ? null : (JSON.parse(body) as JsonValue);
  const error = isOk ? { code: null, message: null } : batchError(result);
  const answer = isOk && parsed !== null ? bodyText(parsed) : { text: null, finish: null, model: null };
  const found: readonly (readonly [name: string, json: string | null])[] = [
    [BATCH_ID, fields.get(BATCH_ID) ?? null],
    ["status", isOk ? '"ok"' : '"failed"'],
    ["text", quoted(answer.text)],
    ["finish_reason", quoted(answer.finish)],
    ["error", quoted(error.message)],
    ["error_code", quoted(error.code)],
    ["status_code", status],
    ["request_id", requestId],
    ["model", quoted(answer.model)],
    ["body", body],
  ];
  const present = found.flatMap(([name, json]) => (json === null ? [] : [`${JSON.stringify(name)}:${json}`]));
  const text = `{${present.join(",")}}`;
  return { text, value: JSON.parse(text) as JsonValue };
}

function quoted(text: string | null): string | null {
  return text === null ? null : JSON.stringify(text);
}
