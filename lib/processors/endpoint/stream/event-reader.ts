// From the bytes of a stream to its events: UTF-8 that is cut anywhere, comments, blank lines, CRLF, and events without a blank line between them. The grammar of server-sent events is that of
// eventsource-parser.
import { createParser, type EventSourceParser } from "eventsource-parser";
import { parseExact } from "../../../core/json-text.ts";
import type { JsonValue } from "../../../core/item.ts";

export type EventSink = {
  /** A comment, which keeps the connection alive. */
  comment(): void;
  /** @param name what its `event:` line says */
  event(value: JsonValue, name: string | undefined): void;
  /** `[DONE]`. */
  done(): void;
  /** Data that is not JSON. `isPiece`: it looks like a part of JSON, so that a piece of the answer is missing. */
  words(data: string, event: { readonly name: string | undefined; readonly isPiece: boolean }): void;
};

export class EventReader {
  readonly #sink: EventSink;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  readonly #parser: EventSourceParser;

  constructor(sink: EventSink) {
    this.#sink = sink;
    this.#parser = createParser({
      onEvent: ({ event, data }) => this.#take(event, data),
      onComment: () => sink.comment(),
    });
  }

  /** @throws TypeError when the bytes are not UTF-8 */
  push(bytes: Uint8Array): void {
    this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
  }

  /** Takes the last event, which may lack the blank line after it. */
  end(): void {
    this.#parser.feed("\n\n");
  }

  #take(name: string | undefined, data: string): void {
    const text = data.trim();
    if (text === "") return;
    if (text === "[DONE]") {
      this.#sink.done();
      return;
    }
    const value = parsed(text);
    if (value !== undefined) this.#sink.event(value, name);
    // Servers that omit the blank line between events.
    else if (text.includes("\n")) for (const line of text.split("\n")) this.#take(name, line);
    else this.#sink.words(text, { name, isPiece: /^[[{]/.test(text) });
  }
}

function parsed(text: string): JsonValue | undefined {
  try {
    return parseExact(text) as JsonValue;
  } catch {
    return undefined; // words, or a part of an event
  }
}
