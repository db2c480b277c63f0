// One suite over the APIs: the same answer, in the form of each API, taken through a real request, means the same.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Api } from "../../lib/processors/endpoint/api/api.ts";
import { chat } from "../../lib/processors/endpoint/api/chat.ts";
import { completions } from "../../lib/processors/endpoint/api/completions.ts";
import { embeddings } from "../../lib/processors/endpoint/api/embeddings.ts";
import { messages } from "../../lib/processors/endpoint/api/messages.ts";
import { otherApi } from "../../lib/processors/endpoint/api/other.ts";
import { responses } from "../../lib/processors/endpoint/api/responses.ts";
import type { GivenParam } from "../../lib/processors/endpoint/request/request.ts";
import type { Outcome } from "../../lib/processors/processor.ts";
import { apiFormAt, embeddingsBody, type Said, vectorOf } from "../helpers/api-answers.ts";
import { contextWith, jsonItem } from "../helpers/attempts.ts";
import { type EndpointChanges, endpointAt } from "../helpers/endpoint.ts";
import { type MockEndpoint, mockEndpoint } from "../helpers/mock-endpoint.ts";

const GOOD: Said = {
  content: "forty-two",
  finish: "stop",
  usage: { prompt_tokens: 5, completion_tokens: 3 },
};

type Row = {
  readonly what: string;
  readonly said?: Partial<Said>;
  /** The body; default: the answer in the form of the API. */
  readonly text?: (body: string) => string;
  readonly status?: number;
  readonly changes?: EndpointChanges;
  /** APIs in which it cannot be said. */
  readonly not?: readonly Api[];
  readonly means: object;
};

const failure = (kind: string, retryable: boolean, words?: string): object => ({
  status: "failed",
  retryable,
  error: { kind, ...(words === undefined ? {} : { message: expect.stringContaining(words) }) },
});
const ok = (output: unknown, marks?: readonly string[], tokens: readonly number[] = [5, 3]): object => ({
  status: "ok",
  output,
  ...(marks === undefined ? {} : { marks }),
  usage: { input_tokens: tokens[0], output_tokens: tokens[1] },
});
/** The estimate of the question "why?", and of the answer. */
const ESTIMATED = [5, 7] as const;

const ROWS: readonly Row[] = [
  { what: "a text", means: ok("forty-two") },
  { what: "a text that is cut off", said: { finish: "length" }, means: ok("forty-two", ["length"]) },
  {
    what: "a whole text that is as long as the request allows",
    changes: { params: [["CAP", "3"]] },
    means: ok("forty-two", ["length"]),
  },
  { what: "a filtered text", said: { finish: "content_filter" }, means: ok("forty-two", ["content_filter"]) },
  {
    what: "a refusal",
    said: { content: null, refusal: "I cannot help" },
    not: [completions],
    means: ok("I cannot help", ["refusal"]),
  },
  { what: "no text", said: { content: "" }, means: ok("", ["empty"]) },
  {
    what: "no text, with --fail-on empty",
    said: { content: "" },
    changes: { failOn: ["empty"] },
    means: failure("empty", true),
  },
  { what: "an unknown finish reason", said: { finish: "bored" }, means: ok("forty-two", ["unknown_finish"]) },
  {
    what: "an answer that failed on its way",
    said: { finish: "error" },
    means: { ...failure("answer_error", true), usage: { input_tokens: 5, output_tokens: 3 } },
  },
  { what: "no usage", said: { usage: null }, means: ok("forty-two", undefined, ESTIMATED) },
  {
    what: "a usage of nothing beside a text",
    said: { usage: { prompt_tokens: 0, completion_tokens: 0 } },
    means: ok("forty-two", undefined, ESTIMATED),
  },
  {
    what: "calls of tools, where the text is kept",
    said: { content: null, finish: "tool_calls", call: true },
    not: [completions],
    means: ok("", ["empty"]),
  },
  {
    what: "calls of tools, where the message is kept",
    said: { content: null, finish: "tool_calls", call: true },
    changes: { answer: "message", failOn: ["empty"] },
    not: [completions],
    means: { status: "ok", outputJson: expect.stringContaining("look_up") },
  },
  {
    what: "JSON in the text, with --parse json",
    said: { content: '{"id": 9007199254740993}' },
    changes: { parse: "json" },
    means: { status: "ok", outputJson: '{"id":9007199254740993}' },
  },
  {
    what: "no JSON in the text, with --parse json",
    changes: { parse: "json" },
    means: failure("bad_output", true, "is not JSON: forty-two"),
  },
  {
    what: "a field by its path",
    changes: { answer: { path: ["usage"] } },
    means: { status: "ok", outputJson: expect.stringContaining("5") },
  },
  {
    what: "a field that is not there",
    changes: { answer: { path: ["data", "0", "score"] } },
    means: failure("bad_output", true, "the answer has no data.0.score (--answer)"),
  },
  {
    what: "the whole answer",
    text: (body) => body.replace("{", '{ "big" : 9007199254740993 , '),
    changes: { answer: "full" },
    means: { status: "ok", outputJson: expect.stringMatching(/^\{"big":9007199254740993,"/) },
  },
];

/** Rows that do not depend on what an answer holds. */
const FORMLESS: readonly Row[] = [
  {
    what: "an error in an answer of status 200",
    text: () => '{"error":{"type":"overloaded_error","message":"too busy"}}',
    means: failure("http_529", true, "too busy"),
  },
  {
    what: "an error of another form in an answer of status 200",
    text: () => '{"object":"error","message":"too busy","code":50001}',
    means: failure("http_500", true, "too busy"),
  },
  {
    what: "status 400",
    text: () => '{"error":{"message":"no such parameter"}}',
    status: 400,
    means: failure("http_400", false, "no such parameter"),
  },
  {
    what: "status 500 with a bare message",
    text: () => '{"message":"it broke"}',
    status: 500,
    means: failure("http_500", true, "it broke"),
  },
  {
    what: "a page",
    text: () => "<html>Login</html>",
    means: failure("bad_answer", true, "it is not JSON: Login"),
  },
  { what: "nothing at all", text: () => "", means: failure("bad_answer", true, "it is empty") },
];

/** What stands around an answer. */
const WRAPPED: readonly (readonly [what: string, wrap: (body: string) => string])[] = [
  ["a byte-order mark", (body) => `\uFEFF${body}\n`],
  ["comments", (body) => `: OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n${body}`],
  ["one event", (body) => `data: ${body}\n\ndata: [DONE]\n\n`],
];

let server: MockEndpoint;
/** What the server answers next. */
let reply: { readonly status: number; readonly text: (asked: object) => string };

beforeAll(async () => {
  server = await mockEndpoint({
    reply: ({ body }) => ({ kind: "status", status: reply.status, error: reply.text(body) }),
  });
});
afterAll(() => server.stop());

/** Required parameters, and the limit of an answer as the API calls it. */
function paramsOf(api: Api, given: readonly GivenParam[] = []): readonly GivenParam[] {
  const bound = api.boundNames[0] ?? "";
  const named = given.map(([name, text]) => [name === "CAP" ? bound : name, text] as const);
  const isBound = named.some(([name]) => name === bound);
  return [...named, ...(isBound ? [] : api.requiredNames.map((name) => [name, "100"] as const))];
}

async function outcomeOf(api: Api, row: Row): Promise<Outcome> {
  const form = apiFormAt(api.path);
  const body = (asked: object): string =>
    JSON.stringify(form?.answer({ ...GOOD, ...row.said }, asked as Record<string, unknown>));
  reply = {
    status: row.status ?? 200,
    text: (asked) => (row.text === undefined ? body(asked) : row.text(body(asked))),
  };
  const processor = endpointAt(server.url, {
    api,
    ...row.changes,
    params: paramsOf(api, row.changes?.params),
  });
  await processor.open("");
  return processor.process(jsonItem(0, { question: "why?" }), contextWith());
}

/** An outcome with its output parsed, to be compared with a row. */
function shown(outcome: Outcome): object {
  return outcome.status === "ok"
    ? { output: JSON.parse(outcome.outputJson) as unknown, ...outcome }
    : outcome;
}

const TEXT_APIS = [chat, responses, completions, messages];

describe.each(TEXT_APIS.map((api) => [api.name, api] as const))("%s", (_name, api) => {
  const rows = [...ROWS, ...FORMLESS].filter(({ not = [] }) => !not.includes(api));
  test.each(rows.map((row) => [row.what, row] as const))("%s", async (_what, row) => {
    const outcome = await outcomeOf(api, row);
    expect(shown(outcome)).toMatchObject(row.means);
    if (outcome.status === "ok" && !("marks" in row.means)) expect(outcome.marks).toBeUndefined();
  });

  test.each(WRAPPED)("a text within %s", async (_what, wrap) => {
    expect(shown(await outcomeOf(api, { what: "", text: wrap, means: {} }))).toMatchObject(ok("forty-two"));
  });

  test("several events are a stream that was not asked for", async () => {
    const text = (body: string): string => `data: ${body.replace("forty-two", "forty")}\n\n`.repeat(2);
    const chunk = {
      chat: '{"object":"chat.completion.chunk","choices":[{"delta":{"content":"a"}}]}',
      responses: '{"type":"response.output_text.delta","delta":"a"}',
      messages: '{"type":"content_block_delta","delta":{"text":"a"}}',
    }[api.name];
    const events = chunk === undefined ? text : (): string => `data: ${chunk}\n\n`.repeat(2);
    const outcome = await outcomeOf(api, { what: "", text: events, means: {} });
    expect(outcome).toMatchObject(failure("bad_answer", false, "a stream of 2 events"));
  });

  test("an answer without its main part is none", async () => {
    const outcome = await outcomeOf(api, { what: "", text: () => '{"id":"x","model":"mock"}', means: {} });
    expect(outcome).toMatchObject(
      failure("bad_answer", true, `${api.noAnswer}: ${api.lacksPart}: {"id":"x"`),
    );
  });
});

describe("embeddings", () => {
  const answered = (text: string, changes: EndpointChanges = {}): Promise<Outcome> =>
    outcomeOf(embeddings, { what: "", text: () => text, changes, means: {} });

  test("the vector is kept with all its digits; an embedding generates no tokens", async () => {
    const outcome = await answered(embeddingsBody(["why?"], { prompt_tokens: 2, completion_tokens: 0 }));
    expect(outcome).toMatchObject({
      status: "ok",
      outputJson: vectorOf("why?"),
      usage: { input_tokens: 2, output_tokens: 0 },
    });
  });

  test("what its white space is does not matter", async () => {
    const text = embeddingsBody(["why?"], null).replaceAll(",", " ,\n\t");
    expect(await answered(text)).toMatchObject({ status: "ok", outputJson: vectorOf("why?") });
  });

  test("a usage that is not reported is estimated", async () => {
    expect(await answered(embeddingsBody(["why?"], null))).toMatchObject({
      usage: { input_tokens: 5, output_tokens: 0 },
    });
  });

  test("a usage of which only the total is reported is that of the input", async () => {
    const text = embeddingsBody(["why?"], null).replace(/\}$/, ',"usage":{"total_tokens":9}}');
    expect(await answered(text)).toMatchObject({ usage: { input_tokens: 9, output_tokens: 0 } });
  });

  test("of a body with several inputs, the list of their vectors is kept in order", async () => {
    const texts = ["a", "bc", "d"];
    const list = `[${texts.map(vectorOf).join(",")}]`;
    expect(await answered(embeddingsBody(texts, null, [2, 0, 1]))).toMatchObject({ outputJson: list });
    const twice = embeddingsBody(texts, null).replaceAll(/"index": \d/g, '"index": 1');
    expect(await answered(twice)).toMatchObject(failure("bad_output", true, "the answer has no vector"));
  });

  test("bytes in base64 are kept as they came", async () => {
    const text = '{"object":"list","data":[{"index":0,"embedding":"AACAPw=="}]}';
    expect(await answered(text)).toMatchObject({ outputJson: '"AACAPw=="' });
  });

  test("a path leads into the vector", async () => {
    const text = embeddingsBody(["why?"], null);
    const outcome = await answered(text, { answer: { path: ["data", "0", "embedding", "6"] } });
    expect(outcome).toMatchObject({ outputJson: "0.12345678901234567890" });
  });

  test.each([
    ["no entries", '{"object":"list","data":[]}'],
    ["an empty vector", '{"object":"list","data":[{"index":0,"embedding":[]}]}'],
    ["a chat completion", '{"choices":[{"message":{"content":"hi"}}]}'],
  ])("%s are no answer", async (_what, text) => {
    expect(await answered(text)).toMatchObject(
      failure("bad_answer", true, "the answer is no list of embeddings: it has no data[0].embedding"),
    );
  });

  test.each(FORMLESS.map((row) => [row.what, row] as const))("%s", async (_what, row) => {
    expect(await outcomeOf(embeddings, row)).toMatchObject(row.means);
  });
});

describe("any other path", () => {
  const api = otherApi("/rerank");
  const requests = {
    requestOf: () => ({ api, body: { model: "mock", query: "why?", documents: ["a", "b"] } }),
    fieldPaths: [],
    usesIndex: false,
    fingerprintParts: [],
  };
  const answered = (row: Row): Promise<Outcome> =>
    outcomeOf(api, { ...row, changes: { requests, ...row.changes } });

  test.each([
    [
      "an object",
      '{ "results": [{"index":1,"relevance_score":0.90}] }',
      '{"results":[{"index":1,"relevance_score":0.90}]}',
    ],
    ["an array", '[{"index":1,"message":"no error"}]', '[{"index":1,"message":"no error"}]'],
    [
      "an object with a message",
      '{"message":"hello","detail":"none"}',
      '{"message":"hello","detail":"none"}',
    ],
    ["a text", '"hello"', '"hello"'],
  ])("%s is kept whole", async (_what, text, outputJson) => {
    const outcome = await answered({ what: "", text: () => text, means: {} });
    // Its input is estimated: a budget must end. Nothing is known of what it generates.
    expect(outcome).toMatchObject({
      status: "ok",
      outputJson,
      usage: { input_tokens: 15, output_tokens: 0 },
    });
    expect(server.asked.at(-1)).toMatchObject({ path: "/v1/rerank", body: { query: "why?" } });
  });

  test.each(FORMLESS.map((row) => [row.what, row] as const))("%s", async (_what, row) => {
    expect(await answered(row)).toMatchObject(row.means);
  });
});

describe("a prompt and a system text become a request", () => {
  test.each<[api: Api, body: object]>([
    [
      chat,
      {
        messages: [
          { role: "system", content: "short" },
          { role: "user", content: "why?" },
        ],
      },
    ],
    [responses, { instructions: "short", input: "why?" }],
    [messages, { system: "short", messages: [{ role: "user", content: "why?" }], max_tokens: 100 }],
    [completions, { prompt: "why?" }],
    [embeddings, { input: "why?" }],
  ])("of $name", async (api, body) => {
    await outcomeOf(api, { what: "", changes: { system: api.hasSystem ? "short" : null }, means: {} });
    const asked = server.asked.at(-1);
    expect(asked?.body).toEqual({ model: "mock", ...body });
    expect(asked?.path).toBe(`/v1${api.path}`);
    expect(api.textsOf(asked?.body ?? {})).toEqual(api.hasSystem ? ["short", "why?"] : ["why?"]);
  });

  test("Anthropic's version is sent along, and a header given by the user wins", async () => {
    await outcomeOf(messages, { what: "", means: {} });
    expect(server.asked.at(-1)?.headers["anthropic-version"]).toBe("2023-06-01");
    await outcomeOf(messages, {
      what: "",
      changes: { sent: { "anthropic-version": "2099-01-01" } },
      means: {},
    });
    expect(server.asked.at(-1)?.headers["anthropic-version"]).toBe("2099-01-01");
  });
});

test("what counts as the text of a request is found in every form of it", () => {
  const parts = [
    { type: "text", text: "a" },
    { type: "image_url", image_url: { url: "data:x" } },
  ];
  expect(chat.textsOf({ messages: [{ role: "user", content: parts }] })).toEqual(["a"]);
  expect(
    responses.textsOf({ input: [{ role: "user", content: [{ type: "input_text", text: "a" }] }] }),
  ).toEqual(["a"]);
  expect(
    messages.textsOf({ system: [{ type: "text", text: "s" }], messages: [{ role: "user", content: parts }] }),
  ).toEqual(["s", "a"]);
  expect(completions.textsOf({ prompt: ["a", "b"] })).toEqual(["a", "b"]);
  expect(embeddings.textsOf({ input: ["a", "b"] })).toEqual(["a", "b"]);
  expect(embeddings.textsOf({ input: [1, 2] })).toEqual([]);
});

test.each([chat, responses, completions, messages, embeddings])(
  "$name: model and fingerprint are found",
  (api) => {
    const said = apiFormAt(api.path)?.answer(GOOD, { input: "a" });
    const json = JSON.stringify({ ...said, system_fingerprint: "fp" });
    expect(api.read(JSON.parse(json), json).version).toEqual({ model: "mock", fingerprint: "fp" });
    expect(api.read({}, "{}").version).toEqual({ model: null, fingerprint: null });
  },
);
