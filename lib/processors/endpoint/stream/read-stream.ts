// Reads the answer to a request that asked for a stream. What makes a stream is its content, not its type: servers send streams as text/plain, and
// complete answers although a stream was asked for.
import { oneLine } from "../../../core/one-line.ts";
import type { JsonValue } from "../../../core/item.ts";
import type { Clock } from "../../../io/clock.ts";
import { BodyReader } from "../../../io/http.ts";
import type { Api } from "../api/api.ts";
import { unwrap } from "../answer-wrapping.ts";
import { EXCERPT_LENGTH } from "../endpoint-answer.ts";
import { errorIn } from "../endpoint-error.ts";
import { type EndpointFailure, failureOf } from "../endpoint-rules.ts";
import type { Assembler } from "./assembler.ts";
import { EventReader, type EventSink } from "./event-reader.ts";
import type { IdleLimit } from "./idle-limit.ts";

export type StreamOptions = {
  readonly api: Api;
  readonly assembler: Assembler;
  /** Maximum size of the assembled answer, and of one event. */
  readonly maxBytes: number;
  /** Learns of each byte. */
  readonly idle: IdleLimit | null;
  readonly clock: Clock;
};

export type Streamed = { readonly firstTokenAtMs: number | null } &
  /** No stream: the body as it came; null when it is too large. */
  (
    | { readonly body: Uint8Array | null }
    /** The assembled answer, or the error that came in its place. */
    | { readonly json: string }
    | { readonly failure: EndpointFailure }
  );

/** How long the end of the connection is awaited after the last event, so that the connection can be used again. */
const LAST_BYTES_MS = 250;

/** @throws HttpTrouble when the connection fails, or the signal's own error when it is aborted, before the answer is complete */
export async function readStream(response: Response, options: StreamOptions): Promise<Streamed> {
  const { idle } = options;
  const body = new BodyReader(response);
  const answer = new StreamedAnswer(options);
  try {
    for (;;) {
      const bytes = await body.read();
      if (bytes === undefined) return answer.end();
      idle?.touch();
      answer.push(bytes);
      if (answer.isFinal) {
        await body.cancel();
        return answer.end();
      }
      if (answer.isDone) idle?.shorten(LAST_BYTES_MS);
    }
  } catch (error) {
    // What is complete counts, however the connection ends afterwards.
    const whole = answer.isDone ? answer.end() : answer.whole();
    if (whole === null) throw error;
    return whole;
  }
}

class StreamedAnswer implements EventSink {
  readonly #options: StreamOptions;
  readonly #reader: EventReader;
  /** The bytes as long as no piece of an answer has come: they may be no stream. */
  #raw: Uint8Array[] | null = [];
  #rawIsText = true;
  /** A comment or an event has come. */
  #isStream = false;
  /** Bytes since the last event. */
  #openBytes = 0;
  #events = 0;
  #firstTokenAtMs: number | null = null;
  #isDone = false;
  #hasEnded = false;
  /** JSON text of an error that came in the place of a piece. */
  #error: string | null = null;
  #failure: EndpointFailure | null = null;
  /** Data that is no event of the API: it may say why the stream ends. */
  #words = "";

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#reader = new EventReader(this);
  }

  /** Nothing more is to be read. */
  get isFinal(): boolean {
    return this.#error !== null || this.#failure !== null || (this.#raw !== null && this.#isTooLarge);
  }

  /** Nothing more is to be expected. */
  get isDone(): boolean {
    return this.#isDone || this.#options.assembler.isDone;
  }

  push(bytes: Uint8Array): void {
    this.#openBytes += bytes.length;
    this.#raw?.push(bytes);
    if (!this.#rawIsText) return;
    try {
      this.#reader.push(bytes);
    } catch {
      this.#rawIsText = false;
      if (this.#raw === null) this.#fail("not-utf8", "the answer is not UTF-8");
    }
    if (this.#raw === null && this.#isTooLarge) this.#fail("too-large", this.#tooLarge());
  }

  get #isTooLarge(): boolean {
    const { maxBytes, assembler } = this.#options;
    return this.#openBytes > maxBytes || assembler.size > maxBytes;
  }

  comment(): void {
    this.#isStream = true;
  }

  event(value: JsonValue, name: string | undefined): void {
    const { api, assembler, clock } = this.#options;
    const isError = (): boolean => errorIn(value, api, 0) !== null;
    this.#events++;
    this.#isStream = true;
    if (this.#raw === null) this.#openBytes = 0;
    if (assembler.take({ name, value, isError })) {
      this.#raw = null;
      if (this.#firstTokenAtMs === null && assembler.hasToken) this.#firstTokenAtMs = clock.monotonic();
    } else if (name === "error" || isError()) {
      this.#error ??= JSON.stringify(value);
    }
  }

  done(): void {
    this.#isStream = true;
    this.#isDone = true;
  }

  words(
    data: string,
    { name, isPiece }: { readonly name: string | undefined; readonly isPiece: boolean },
  ): void {
    this.#isStream = true;
    this.#words = oneLine(data, EXCERPT_LENGTH);
    if (name === "error") this.#error ??= JSON.stringify({ error: { message: data } });
    // At the end of the connection, half an event only shows that the stream was cut.
    else if (isPiece && this.#raw === null && !this.#hasEnded)
      this.#fail("not-answer", `an event of the stream is not JSON: ${this.#words}`);
  }

  /** The end of the body, or of what is read of it. */
  end(): Streamed {
    if (!this.isFinal && this.#rawIsText) {
      this.#hasEnded = true;
      this.#reader.end();
    }
    const whole = this.whole();
    if (whole !== null) return whole;
    const firstTokenAtMs = this.#firstTokenAtMs;
    if (this.#raw !== null) {
      if (this.#isTooLarge) return { body: null, firstTokenAtMs };
      const body = Buffer.concat(this.#raw);
      if (!this.#isStream || unwrap(body.toString(), this.#options.api).kind !== "other")
        return { body, firstTokenAtMs };
    }
    return { failure: failureOf("cut-stream", this.#cutStream()), firstTokenAtMs };
  }

  #cutStream(): string {
    const more = this.#events === 1 ? "" : "s";
    const how = `the stream ended after ${this.#events} event${more} without a finish reason`;
    return this.#words === "" ? how : `${how}: ${this.#words}`;
  }

  /** The error, the failure or the complete answer; null without any. */
  whole(): Streamed | null {
    const firstTokenAtMs = this.#firstTokenAtMs;
    if (this.#error !== null) return { json: this.#error, firstTokenAtMs };
    if (this.#failure !== null) return { failure: this.#failure, firstTokenAtMs };
    const json = this.#raw === null ? this.#options.assembler.answer() : null;
    if (json === null) return null;
    const isTooLarge = Buffer.byteLength(json) > this.#options.maxBytes;
    return isTooLarge
      ? { failure: failureOf("too-large", this.#tooLarge()), firstTokenAtMs }
      : { json, firstTokenAtMs };
  }

  #tooLarge(): string {
    return `the answer is larger than ${this.#options.maxBytes} bytes (--max-output)`;
  }

  #fail(seen: EndpointFailure["seen"], message: string): void {
    this.#failure ??= failureOf(seen, message);
  }
}
