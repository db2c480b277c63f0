// Assembles streamed answers of Anthropic's /v1/messages: message_start, then for each block of the content content_block_start, _delta and _stop, then message_delta with the stop reason and usage, and message_stop.
import type { JsonValue } from "../../../core/item.ts";
import { parseExact } from "../../../core/json-text.ts";
import { isFinishReason } from "../finish-reasons.ts";
import { type Fields, fieldsOf } from "../../../core/json-fields.ts";
import type { Assembler, StreamEvent } from "./assembler.ts";
import { Grower, type Growing } from "./growing-value.ts";

/** Where a tool call's input is kept while it comes as pieces of JSON text. */
const INPUT_TEXT = "partial_json";

export class MessagesAssembler implements Assembler {
  readonly #grower: Grower = new Grower();
  #message: Growing = {};
  /** The blocks of the content by their index. */
  readonly #blocks = new Map<number, Growing>();
  #hasToken = false;
  #isDone = false;

  get hasToken(): boolean {
    return this.#hasToken;
  }

  get size(): number {
    return this.#grower.size;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  take({ value, name }: StreamEvent): boolean {
    const event = fieldsOf(value);
    const { message, delta, usage, index, content_block: block } = event;
    switch (event["type"] ?? name) {
      case "message_start":
        this.#grower.grow(this.#message, fieldsOf(message));
        return true;
      case "content_block_start":
        this.#hasToken ||= fieldsOf(block)["type"] === "tool_use";
        this.#blocks.set(Number(index), { ...fieldsOf(block) });
        return true;
      case "content_block_delta":
        this.#grow(Number(index), fieldsOf(delta));
        return true;
      case "message_delta":
        for (const [field, last] of Object.entries(fieldsOf(delta)))
          this.#grower.set(this.#message, field, last);
        if (usage === undefined) return true;
        this.#message["usage"] = {
          ...fieldsOf(this.#message["usage"] as JsonValue | undefined),
          ...withoutNulls(fieldsOf(usage)),
        };
        return true;
      case "message_stop":
        this.#isDone = true;
        return true;
      case "content_block_stop":
      case "ping":
        return true;
      default:
        return false;
    }
  }

  /** A piece of a block: of its text, its thinking, its signature, the JSON text of a tool's input, or one citation. */
  #grow(index: number, delta: Fields): void {
    const { type: _, citation, ...piece } = delta;
    let block = this.#blocks.get(index);
    if (block === undefined) {
      block = { type: "text" };
      this.#blocks.set(index, block);
    }
    this.#hasToken ||= Object.values(piece).some((text) => typeof text === "string" && text !== "");
    this.#grower.grow(block, citation === undefined ? piece : { ...piece, citations: [citation] });
  }

  answer(): string | null {
    if (!isFinishReason(this.#message["stop_reason"])) return null;
    const blocks = [...this.#blocks.entries()].toSorted(([a], [b]) => a - b);
    return JSON.stringify({ ...this.#message, content: blocks.map(([, block]) => finished(block)) });
  }
}

/** A block as it is without streaming: the input of a tool call as JSON. */
function finished(block: Growing): Growing {
  const { [INPUT_TEXT]: text, ...rest } = block;
  return typeof text === "string" && text !== "" ? { ...rest, input: inputOf(text) } : rest;
}

/** A call that was cut off is kept as its text. */
function inputOf(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return text;
  }
}

function withoutNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
