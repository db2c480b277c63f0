// One suite over streamed answers: whatever a server does on the way, a complete stream gives the outcome of the same answer without streaming, and an incomplete one fails.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Outcome } from "../../lib/processors/processor.ts";
import { contextWith, jsonItem } from "../helpers/attempts.ts";
import { type EndpointChanges, endpointAt } from "../helpers/endpoint.ts";
import { type MockEndpoint, mockEndpoint, type Reply } from "../helpers/mock-endpoint.ts";
import { type SseEvent, sseText } from "../../examples/mock-streams.ts";
import { STREAMED_APIS } from "./streams/apis.ts";
import { COMPLETE, INCOMPLETE } from "./streams/quirks.ts";

/** What the server sends, by the question. */
const replies = new Map<string, Reply>();
let server: MockEndpoint;
let questions = 0;

beforeAll(async () => {
  server = await mockEndpoint({ reply: ({ prompt }) => replies.get(prompt) ?? { kind: "hang" } });
});
afterAll(() => server.stop());

async function outcomeOf(reply: Reply, changes: EndpointChanges): Promise<Outcome> {
  const question = `question ${String(++questions).padStart(6, "0")}`;
  replies.set(question, reply);
  const processor = endpointAt(server.url, changes);
  await processor.open("");
  return processor.process(jsonItem(0, { question }), contextWith({ succeededBefore: true }));
}

/** An outcome with its output, or what came in its place, as a value: keys of a streamed answer may have another order. Without the time to the first token. */
function valueOf(outcome: Outcome): object {
  if (outcome.status === "failed" && outcome.error.body !== undefined) {
    const { error, ...rest } = outcome;
    return { ...rest, error: { ...error, body: JSON.parse(error.body ?? "null") as unknown } };
  }
  if (outcome.status !== "ok") return outcome;
  const { outputJson, ttftMs: _, ...rest } = outcome;
  return { ...rest, output: JSON.parse(outputJson) as unknown };
}

describe.each(STREAMED_APIS.map((api) => [api.name, api] as const))("%s", (_api, api) => {
  for (const [name, answer] of Object.entries(api.answers)) {
    const events = api.eventsOf(answer);
    for (const { what, wire, isSlow } of COMPLETE)
      test(`${name}; ${what}`, async () => {
        for (const kept of isSlow === true ? api.kept.slice(0, 1) : api.kept) {
          const changes = { ...api.settings, answer: kept };
          const whole = await outcomeOf({ kind: "raw", body: JSON.stringify(answer) }, changes);
          const streamed = await outcomeOf({ kind: "stream", ...wire(events) }, { ...changes, stream: true });
          expect(valueOf(streamed)).toEqual(valueOf(whole));
          if (streamed.status === "ok" && api.hasToken(answer))
            expect(streamed.ttftMs).toBeGreaterThanOrEqual(0);
        }
      });
  }

  const [answer = {}] = Object.values(api.answers);
  const events = api.eventsOf(answer);
  for (const { what, wire, kind, message, retryable = true } of INCOMPLETE)
    test(`fails: ${what}`, async () => {
      const changes = { ...api.settings, stream: true, maxOutputBytes: 4096 };
      const outcome = await outcomeOf({ kind: "stream", ...wire(events, api.isEnd) }, changes);
      expect(outcome).toMatchObject({ status: "failed", retryable, error: { kind } });
      if (outcome.status === "failed") expect(outcome.error.message).toMatch(message);
    });

  for (const [what, error, means] of api.errors)
    test(`an error in the middle of a stream means what it means alone: ${what}`, async () => {
      const alone = await outcomeOf({ kind: "raw", body: JSON.stringify(error.data) }, api.settings);
      const pieces = [sseText([...events.slice(0, 2), error])];
      const streamed = await outcomeOf({ kind: "stream", pieces }, { ...api.settings, stream: true });
      expect(streamed).toEqual(alone);
      expect(streamed).toMatchObject({ error: { kind: means } });
    });
});

test("a complete answer is read as such although a stream was asked for", async () => {
  for (const api of STREAMED_APIS)
    for (const answer of Object.values(api.answers)) {
      const body = JSON.stringify(answer, null, 2);
      for (const type of ["application/json", "text/event-stream"]) {
        const whole = await outcomeOf({ kind: "raw", body, type }, api.settings);
        const streamed = await outcomeOf({ kind: "raw", body, type }, { ...api.settings, stream: true });
        expect(streamed).toEqual(whole);
      }
    }
});

test("a page instead of a stream is named as without streaming", async () => {
  const page = "<html><title>502 Bad Gateway</title></html>";
  const outcome = await outcomeOf({ kind: "raw", body: page, type: "text/html" }, { stream: true });
  expect(outcome).toMatchObject({ error: { kind: "bad_answer" } });
  if (outcome.status === "failed") expect(outcome.error.message).toContain("502 Bad Gateway");
});

test("events of another API are no answer", async () => {
  const other: SseEvent[] = [
    { data: { type: "progress", step: 1 } },
    { data: { type: "progress", step: 2 } },
  ];
  const outcome = await outcomeOf({ kind: "stream", pieces: [sseText(other)] }, { stream: true });
  expect(outcome).toMatchObject({ retryable: true, error: { kind: "bad_answer" } });
  if (outcome.status === "failed")
    expect(outcome.error.message).toBe("the stream holds no answer in 2 events");
});
