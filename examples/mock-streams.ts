// Streamed answers: the events that an API sends in the place of a complete answer, as OpenAI and Anthropic send them, and their text.

type Json = { readonly [name: string]: unknown };

/** An event: its data, and what its `event:` line says (none: no such line). */
export type SseEvent = { readonly data: object | string; readonly event?: string };

/** A text in pieces, each of at most `length` characters. */
export function piecesOf(text: string, length = 3): string[] {
  const characters = Array.from(text);
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += length)
    pieces.push(characters.slice(at, at + length).join(""));
  return pieces;
}

/** The text of a stream as servers commonly send it. */
export function sseText(events: readonly SseEvent[]): string {
  return events
    .map(({ data, event }) => {
      const name = event === undefined ? "" : `event: ${event}\n`;
      return `${name}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
    })
    .join("");
}

/** The end of the streams of many APIs. */
export const DONE: SseEvent = { data: "[DONE]" };

/** The chunks of a chat completion, as OpenAI sends them: the role, pieces of each text and of the tool calls, the finish reason, and usage without choices. */
export function chatEvents(answer: Json, length = 3): SseEvent[] {
  const { choices, usage, ...rest } = answer;
  const chunk = (fields: Json): SseEvent => ({
    data: { ...rest, object: "chat.completion.chunk", ...fields },
  });
  const events = (choices as readonly Json[])
    .flatMap((choice) => choicePieces(choice, length))
    .map((piece) => chunk({ choices: [piece] }));
  return [...events, ...(usage === undefined ? [] : [chunk({ choices: [], usage })]), DONE];
}

function choicePieces(choice: Json, length: number): Json[] {
  const { index = 0, message, finish_reason: finish, logprobs, ...others } = choice;
  const { content } = message as Json;
  const pieces: Json[] = [{ delta: { role: "assistant", content: content === null ? null : "" } }];
  for (const delta of deltasOf(message as Json, length)) pieces.push({ delta });
  if (logprobs !== undefined) pieces.push({ delta: {}, logprobs });
  return [
    ...pieces.map((piece) => Object.assign({ index, finish_reason: null }, piece)),
    { index, delta: {}, finish_reason: finish, ...others },
  ];
}

/** The deltas of a message: each text in pieces, each tool call as its head and pieces of its arguments. */
function deltasOf(message: Json, length: number): Json[] {
  return Object.entries(message).flatMap(([name, value]): Json[] => {
    if (name === "role") return [];
    if (name === "tool_calls")
      return (value as readonly Json[]).flatMap((call, index) => callDeltas(call, index, length));
    if (typeof value === "string") return piecesOf(value, length).map((piece) => ({ [name]: piece }));
    return [{ [name]: value }];
  });
}

function callDeltas(call: Json, index: number, length: number): Json[] {
  const { name, arguments: text } = call["function"] as { readonly name: string; readonly arguments: string };
  const head = { index, ...call, function: { name, arguments: "" } };
  const rest = piecesOf(text, length).map((piece) => ({ index, function: { arguments: piece } }));
  return [head, ...rest].map((one) => ({ tool_calls: [one] }));
}

function textPieces({ index = 0, text, finish_reason: finish, ...others }: Json, length: number): Json[] {
  const pieces = piecesOf(text as string, length).map((piece) => ({
    index,
    text: piece,
    finish_reason: null,
  }));
  return [...pieces, { index, text: "", finish_reason: finish, ...others }];
}

/** The pieces of a text completion. */
function completionEvents(answer: Json, length = 3): SseEvent[] {
  const { choices, usage, ...rest } = answer;
  const pieces = (choices as readonly Json[]).flatMap((choice) => textPieces(choice, length));
  const events = pieces.map((piece) => ({ data: { ...rest, choices: [piece] } }));
  return [...events, ...(usage === undefined ? [] : [{ data: { ...rest, choices: [], usage } }]), DONE];
}

const named = (type: string, fields: Json = {}): SseEvent => ({ event: type, data: { type, ...fields } });

const LAST_EVENTS: Readonly<Record<string, string>> = {
  incomplete: "response.incomplete",
  failed: "response.failed",
};

/** The events of a response of OpenAI: the last one holds the whole. */
function responseEvents(answer: Json, length = 3): SseEvent[] {
  const begun = { ...answer, status: "in_progress", output: [] };
  const items = (answer["output"] as readonly Json[]).flatMap((item, index) =>
    itemEvents(item, index, length),
  );
  const last = LAST_EVENTS[String(answer["status"])] ?? "response.completed";
  return [named("response.created", { response: begun }), ...items, named(last, { response: answer })];
}

function itemEvents(item: Json, index: number, length: number): SseEvent[] {
  const parts = (item["content"] ?? []) as readonly { readonly text?: string }[];
  const deltas = parts.flatMap(({ text = "" }, content) =>
    piecesOf(text, length).map((delta) =>
      named("response.output_text.delta", { output_index: index, content_index: content, delta }),
    ),
  );
  return [
    named("response.output_item.added", { output_index: index, item: { ...item, content: [] } }),
    ...deltas,
    named("response.output_item.done", { output_index: index, item }),
  ];
}

/** The events of a message of Anthropic. */
function messageEvents(answer: Json, length = 3): SseEvent[] {
  const { content, stop_reason: reason, stop_sequence: sequence, usage, ...rest } = answer;
  const { input_tokens: input = 0, output_tokens: output = 0 } = (usage ?? {}) as Json;
  const begun = usage === undefined ? {} : { usage: { input_tokens: input, output_tokens: 1 } };
  const ended = usage === undefined ? {} : { usage: { output_tokens: output } };
  return [
    named("message_start", { message: { ...rest, content: [], stop_reason: null, ...begun } }),
    named("ping"),
    ...(content as readonly Json[]).flatMap((block, index) => blockEvents(block, index, length)),
    named("message_delta", { delta: { stop_reason: reason, stop_sequence: sequence }, ...ended }),
    named("message_stop"),
  ];
}

/** Fields of a block that come in pieces, and the names of those pieces. */
const BLOCK_PIECES = [
  ["text", "text_delta", "text"],
  ["thinking", "thinking_delta", "thinking"],
  ["signature", "signature_delta", "signature"],
  ["input", "input_json_delta", "partial_json"],
] as const;

function blockEvents(block: Json, index: number, length: number): SseEvent[] {
  const begun: { [name: string]: unknown } = { ...block };
  const pieces: object[] = [];
  for (const [field, type, name] of BLOCK_PIECES) {
    const value = block[field];
    if (value === undefined) continue;
    begun[field] = typeof value === "string" ? "" : {};
    const text = typeof value === "string" ? value : JSON.stringify(value);
    for (const piece of piecesOf(text, length)) pieces.push({ type, [name]: piece });
  }
  return [
    named("content_block_start", { index, content_block: begun }),
    ...pieces.map((delta) => named("content_block_delta", { index, delta })),
    named("content_block_stop", { index }),
  ];
}

/** The events in the place of an answer of the API at this path. */
export function streamEvents(path: string, answer: Json, length = 3): SseEvent[] {
  const bare = path.split("?")[0] ?? "";
  if (bare.endsWith("/chat/completions")) return chatEvents(answer, length);
  if (bare.endsWith("/completions")) return completionEvents(answer, length);
  return bare.endsWith("/responses") ? responseEvents(answer, length) : messageEvents(answer, length);
}
