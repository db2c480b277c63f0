// Assembles streamed answers of /responses. The last event holds the whole response; some servers leave its output empty, which came in events of its own.
import { type Fields, fieldsOf } from "../../../core/json-fields.ts";
import type { Assembler, StreamEvent } from "./assembler.ts";
import { Grower, type Growing } from "./growing-value.ts";

const LAST_EVENTS: ReadonlySet<unknown> = new Set([
  "response.completed",
  "response.incomplete",
  "response.failed",
]);

export class ResponsesAssembler implements Assembler {
  readonly #grower: Grower = new Grower();
  /** Complete items of the output by their position. */
  readonly #items: Growing = {};
  #response: Fields | null = null;
  #hasToken = false;

  get hasToken(): boolean {
    return this.#hasToken;
  }

  get size(): number {
    return this.#grower.size;
  }

  get isDone(): boolean {
    return this.#response !== null;
  }

  take({ value, name }: StreamEvent): boolean {
    const event = fieldsOf(value);
    const type = event["type"] ?? name;
    if (typeof type !== "string" || !type.startsWith("response.")) return false;
    const { delta, item, response, output_index: position } = event;
    this.#hasToken ||= typeof delta === "string" && delta !== "";
    if (type === "response.output_item.done" && item !== undefined)
      this.#grower.set(this.#items, typeof position === "number" ? `${position}` : this.#nextPosition, item);
    if (LAST_EVENTS.has(type)) this.#response = fieldsOf(response);
    return true;
  }

  get #nextPosition(): string {
    return `${Object.keys(this.#items).length}`;
  }

  answer(): string | null {
    if (this.#response === null) return null;
    const { output } = this.#response;
    const isEmpty = !Array.isArray(output) || output.length === 0;
    // Keys that are numbers are in their order.
    return JSON.stringify(
      isEmpty ? { ...this.#response, output: Object.values(this.#items) } : this.#response,
    );
  }
}
