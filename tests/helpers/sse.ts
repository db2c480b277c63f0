// Streamed answers for tests: the events that an API sends in the place of a complete answer, and their text.

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
