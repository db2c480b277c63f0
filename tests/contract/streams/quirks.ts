// What servers and proxies do to a stream on its way. Each row says how the events of an answer are sent.
import { DONE, type SseEvent, sseText } from "../../../examples/mock-streams.ts";

/** How a stream is sent: a `Reply` of kind `stream` without its kind. */
export type Wire = {
  readonly pieces: readonly (string | Uint8Array)[];
  readonly ends?: "end" | "cut" | "open";
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

type Complete = {
  readonly what: string;
  readonly wire: (events: readonly SseEvent[]) => Wire;
  /** The end is awaited for a while. */
  readonly isSlow?: boolean;
};

/** Pieces of `length` bytes, in the middle of characters too. */
function cutBytes(text: string, length: number): Uint8Array[] {
  const bytes = Buffer.from(text);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += length) pieces.push(bytes.subarray(at, at + length));
  return pieces;
}

function withoutDone(events: readonly SseEvent[]): readonly SseEvent[] {
  return events.filter((event) => event !== DONE);
}

/** Streams that are complete. */
export const COMPLETE: readonly Complete[] = [
  { what: "in one piece", wire: (events) => ({ pieces: [sseText(events)] }) },
  { what: "an event at a time", wire: (events) => ({ pieces: events.map((event) => sseText([event])) }) },
  {
    what: "cut anywhere, inside characters too",
    wire: (events) => ({ pieces: cutBytes(sseText(events), 37) }),
  },
  {
    what: "CRLF, cut between the two",
    wire: (events) => ({
      pieces: sseText(events)
        .replaceAll("\n", "\r\n")
        .split(/(?<=\r)/),
    }),
  },
  { what: "CR alone", wire: (events) => ({ pieces: [sseText(events).replaceAll("\n", "\r")] }) },
  {
    what: "comments, blank lines, ids and times to wait between events",
    wire: (events) => ({
      pieces: [
        ": OPENROUTER PROCESSING\n\n\n\n",
        ...events.map((event, at) => `: keep-alive\n\nid: ${at}\nretry: 3000\n${sseText([event])}\n\n`),
      ],
    }),
  },
  { what: "without [DONE]", wire: (events) => ({ pieces: [sseText(withoutDone(events))] }) },
  {
    what: "no blank after the colon",
    wire: (events) => ({ pieces: [sseText(events).replaceAll("data: ", "data:")] }),
  },
  { what: "no blank line after the last event", wire: (events) => ({ pieces: [sseText(events).trimEnd()] }) },
  {
    what: "a byte-order mark before it",
    wire: (events) => ({ pieces: [Buffer.from(`\u{FEFF}${sseText(events)}`)] }),
  },
  { what: "as text/plain", wire: (events) => ({ pieces: [sseText(events)], type: "text/plain" }) },
  {
    what: "as application/json",
    wire: (events) => ({ pieces: [sseText(events)], type: "application/json" }),
  },
  {
    what: "packed",
    wire: (events) => ({
      pieces: [Bun.gzipSync(sseText(events))],
      headers: { "content-encoding": "gzip" },
    }),
  },
  {
    what: "empty events and words that are no JSON between events",
    wire: (events) => ({
      pieces: [events.map((event) => `data:\n\nevent: ping\ndata: ping\n\n${sseText([event])}`).join("")],
    }),
  },
  {
    what: "the connection stays open after the last event",
    wire: (events) => ({ pieces: [sseText(events)], ends: "open" }),
    isSlow: true,
  },
];

type Incomplete = {
  readonly what: string;
  /** @param isEnd whether an event says how the answer ended, or comes after that */
  readonly wire: (events: readonly SseEvent[], isEnd: (event: SseEvent) => boolean) => Wire;
  readonly kind: string;
  readonly message: RegExp;
  readonly retryable?: boolean;
};

const CUT = /^the stream ended after \d+ events? without a finish reason/;

/** Streams that are not, or are no answers. */
export const INCOMPLETE: readonly Incomplete[] = [
  {
    what: "no finish reason",
    wire: (events, isEnd) => ({ pieces: [sseText(events.filter((event) => !isEnd(event)))] }),
    kind: "cut_stream",
    message: CUT,
  },
  {
    what: "no finish reason, but [DONE]",
    wire: (events, isEnd) => ({ pieces: [sseText([...events.filter((event) => !isEnd(event)), DONE])] }),
    kind: "cut_stream",
    message: CUT,
  },
  {
    what: "half an event at the end",
    wire: (events, isEnd) => {
      const text = sseText(events.filter((event) => !isEnd(event))).trimEnd();
      return { pieces: [text.slice(0, -5)] };
    },
    kind: "cut_stream",
    message: CUT,
  },
  { what: "nothing at all", wire: () => ({ pieces: [""] }), kind: "bad_answer", message: /it is empty/ },
  { what: "comments only", wire: () => ({ pieces: [": processing\n\n"] }), kind: "cut_stream", message: CUT },
  { what: "[DONE] only", wire: () => ({ pieces: ["data: [DONE]\n\n"] }), kind: "cut_stream", message: CUT },
  {
    what: "words in the place of the rest",
    wire: (events) => ({ pieces: [sseText(events.slice(0, 2)), "data: upstream timed out\n\n"] }),
    kind: "cut_stream",
    message: /without a finish reason: upstream timed out$/,
  },
  {
    what: "an event that is not JSON in the middle",
    wire: (events) => ({
      pieces: [sseText(events.slice(0, 2)), 'data: {"choices":[{"del\n\n', sseText(events.slice(2))],
    }),
    kind: "bad_answer",
    message: /^an event of the stream is not JSON: \{"choices"/,
  },
  {
    what: "the connection is cut",
    wire: (events) => ({ pieces: [sseText(events.slice(0, 3))], ends: "cut" }),
    kind: "network",
    message: /./,
  },
  {
    what: "bytes that are not UTF-8",
    wire: (events) => ({ pieces: [sseText(events.slice(0, 2)), Buffer.from([0x64, 0xff, 0xfe])] }),
    kind: "bad_output",
    message: /^the answer is not UTF-8/,
  },
  {
    what: "one event without an end",
    wire: (events) => ({
      pieces: [sseText(events.slice(0, 2)), "data: ", ...Array<string>(50).fill("x".repeat(1000))],
    }),
    kind: "output_too_large",
    message: /larger than 4096 bytes/,
    retryable: false,
  },
  {
    what: "a body without an end that is no stream",
    wire: () => ({ pieces: Array<string>(50).fill("x".repeat(1000)) }),
    kind: "output_too_large",
    message: /larger than 4096 bytes/,
    retryable: false,
  },
];
