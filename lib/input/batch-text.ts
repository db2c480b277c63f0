// The text in the body of a batch's result, of whichever API: chat completions, completions, responses, messages of Anthropic.
import type { JsonValue } from "../core/item.ts";
import { type Fields, fieldsOf } from "../core/json-fields.ts";

export type BodyText = {
  /** Null where the body has none, as that of embeddings. */
  readonly text: string | null;
  readonly finish: string | null;
  readonly model: string | null;
};

export function bodyText(body: JsonValue): BodyText {
  const { choices, output, content, model, status, stop_reason: stop } = fieldsOf(body);
  const choice = fieldsOf(listOf(choices)[0]);
  const message = fieldsOf(choice["message"]);
  const texts = [
    ...textsOf(choice["text"]),
    ...textsOf(message["content"] ?? message["refusal"]),
    ...listOf(output).flatMap((item) => outputTexts(fieldsOf(item))),
    ...textsOf(content),
  ];
  return {
    text: texts.length === 0 ? null : texts.join(""),
    finish: textOrNull(choice["finish_reason"] ?? stop ?? status),
    model: textOrNull(model),
  };
}

/** Texts of an item of a response; one of type `reasoning` is no answer. */
function outputTexts({ type, content }: Fields): string[] {
  return type === "message" ? textsOf(content) : [];
}

/** A text, or those of parts: `{"type":"text","text":…}`, `{"type":"refusal","refusal":…}`. */
function textsOf(content: JsonValue | undefined): string[] {
  if (typeof content === "string") return [content];
  return listOf(content).flatMap((part) => {
    if (typeof part === "string") return [part];
    const { text, refusal } = fieldsOf(part);
    const found = text ?? refusal;
    return typeof found === "string" ? [found] : [];
  });
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function textOrNull(value: JsonValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}
