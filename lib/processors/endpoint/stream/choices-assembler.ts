// Assembles streamed answers with `choices`: of /chat/completions (deltas of a message) and of /completions (pieces of a text).
import type { JsonValue } from "../../../core/item.ts";
import { isFinishReason } from "../finish-reasons.ts";
import { type Fields, fieldsOf } from "../../../core/json-fields.ts";
import type { Assembler, StreamEvent } from "./assembler.ts";
import { Grower, type Growing } from "./growing-value.ts";

/** What the choices of an answer hold: messages, or texts. */
type ChoiceKind = "message" | "text";

/** Fields of a choice that grow; of all others the last value counts. */
const GROWS: ReadonlySet<string> = new Set(["text", "logprobs", "token_ids"]);
const REASONS = ["finish_reason", "native_finish_reason"] as const;
/** Assumed size of an empty choice. */
const CHOICE_SIZE = 64;

export class ChoicesAssembler implements Assembler {
  readonly #kind: ChoiceKind;
  readonly #grower: Grower = new Grower();
  /** Fields of the answer other than `choices`: of each, the last value. */
  readonly #answer: Growing = {};
  readonly #choices = new Map<number, Growing>();
  #hasToken = false;

  constructor(kind: ChoiceKind) {
    this.#kind = kind;
  }

  get hasToken(): boolean {
    return this.#hasToken;
  }

  get size(): number {
    return this.#grower.size + this.#choices.size * CHOICE_SIZE;
  }

  /** More may come even after a finish reason: usage, another choice, an error. The stream says `[DONE]`, or ends. */
  readonly isDone = false;

  take({ value, isError }: StreamEvent): boolean {
    const chunk = fieldsOf(value);
    const { choices } = chunk;
    if (!Array.isArray(choices) && chunk["usage"] === undefined) return false;
    if (isError()) return false;
    for (const name of Object.keys(chunk)) {
      const field = chunk[name];
      if (name !== "choices") this.#grower.set(this.#answer, name, field);
    }
    if (Array.isArray(choices)) (choices as readonly JsonValue[]).forEach((one, at) => this.#choice(one, at));
    return true;
  }

  #choice(value: JsonValue, position: number): void {
    const piece = fieldsOf(value);
    const index = typeof piece["index"] === "number" ? piece["index"] : position;
    let choice = this.#choices.get(index);
    if (choice === undefined) {
      choice =
        this.#kind === "message"
          ? { index, message: { role: "assistant", content: null } }
          : { index, text: "" };
      this.#choices.set(index, choice);
    }
    this.#hasToken ||=
      isFilled(fieldsOf(piece["delta"])) || (piece["text"] !== undefined && piece["text"] !== "");
    for (const name of Object.keys(piece)) {
      const field = piece[name] ?? null;
      if (name === "index") continue;
      if (name === "delta") this.#grower.grow(choice["message"] as Growing, fieldsOf(field));
      // A whole message comes in the place of pieces. Beside a delta it repeats what has come so far (Perplexity).
      else if (name === "message" && (field === null || piece["delta"] !== undefined)) continue;
      else if (GROWS.has(name)) this.#grower.grow(choice, { [name]: field });
      else if (name === "finish_reason" && !isFinishReason(field)) continue;
      else this.#grower.set(choice, name, field);
    }
  }

  answer(): string | null {
    const { promptFeedback } = this.#answer as Fields;
    const isBlocked = isFinishReason(fieldsOf(promptFeedback)["blockReason"]); // Gemini
    const choices = [...this.#choices.values()].toSorted((a, b) => Number(a["index"]) - Number(b["index"]));
    const isWhole =
      choices.length > 0 && choices.every((choice) => REASONS.some((name) => isFinishReason(choice[name])));
    if (!isWhole && !isBlocked) return null;
    const object = this.#kind === "message" ? { object: "chat.completion" } : {};
    const { usage, ...fields } = this.#answer;
    return JSON.stringify({ ...fields, ...object, choices: choices.map(finished), usage });
  }
}

/** Whether a delta holds something generated. */
function isFilled(delta: Fields): boolean {
  return Object.keys(delta).some((name) => {
    const value = delta[name];
    if (name === "role" || value === null || value === undefined) return false;
    return typeof value === "string" || Array.isArray(value) ? value.length > 0 : true;
  });
}

/** Makes of a choice what it is without streaming: the calls of a message have no number. */
function finished(choice: Growing): Growing {
  const message = choice["message"] as Growing | undefined;
  const calls = message?.["tool_calls"];
  if (!Array.isArray(calls)) return choice;
  for (const call of calls as Growing[]) delete call["index"];
  return choice;
}
