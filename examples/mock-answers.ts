// What the mock endpoint answers: the same text in the form of each API, as OpenAI and Anthropic send it.

type Body = { readonly [name: string]: unknown };

/** A status, and a JSON value. */
export type MockAnswer = { readonly status: number; readonly json: object };

/** The texts of a content: a text, or a list of parts, messages or texts. */
function textsIn(content: unknown): string[] {
  if (typeof content === "string") return [content];
  if (Array.isArray(content)) return content.flatMap(textsIn);
  if (typeof content !== "object" || content === null) return [];
  const { text, content: inner } = content as { readonly text?: unknown; readonly content?: unknown };
  return [...textsIn(text), ...textsIn(inner)];
}

/** Four characters are a token. */
const tokensOf = (text: string): number => Math.ceil(text.length / 4);

type Reply = {
  readonly text: string;
  readonly isCut: boolean;
  readonly usage: { readonly input: number; readonly output: number };
};

/** Repeats the last text, up to the limit of tokens. */
function replyTo(asked: readonly string[], limit: unknown): Reply {
  const whole = `You asked: ${asked.at(-1) ?? ""}`;
  const length = typeof limit === "number" ? limit * 4 : whole.length;
  const text = whole.slice(0, length);
  return {
    text,
    isCut: text.length < whole.length,
    usage: { input: tokensOf(asked.join("")), output: tokensOf(text) },
  };
}

/** Numbers between -1 and 1 that depend on the text alone. */
function vectorOf(text: string, dimensions: number): number[] {
  let state = 2_166_136_261;
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return Array.from({ length: dimensions }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.fround(state / 2 ** 31);
  });
}

const base64Of = (vector: readonly number[]): string =>
  Buffer.from(Float32Array.from(vector).buffer).toString("base64");

const openAiUsage = ({ input, output }: Reply["usage"]): object => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
});

let count = 0;
const head = (prefix: string, object: string, { model }: Body): object => ({
  id: `${prefix}${++count}`,
  object,
  created: Math.floor(Date.now() / 1000),
  model,
});

function chat(body: Body): object {
  const limit = body["max_completion_tokens"] ?? body["max_tokens"];
  const { text, isCut, usage } = replyTo(textsIn(body["messages"]), limit);
  const message = { role: "assistant", content: text, refusal: null };
  return {
    ...head("chatcmpl-", "chat.completion", body),
    choices: [{ index: 0, message, logprobs: null, finish_reason: isCut ? "length" : "stop" }],
    usage: openAiUsage(usage),
  };
}

function completions(body: Body): object {
  const { text, isCut, usage } = replyTo(textsIn(body["prompt"]), body["max_tokens"] ?? 16);
  return {
    ...head("cmpl-", "text_completion", body),
    choices: [{ index: 0, text, logprobs: null, finish_reason: isCut ? "length" : "stop" }],
    usage: openAiUsage(usage),
  };
}

function responses(body: Body): object {
  const asked = [...textsIn(body["instructions"]), ...textsIn(body["input"])];
  const { text, isCut, usage } = replyTo(asked, body["max_output_tokens"]);
  const status = isCut ? "incomplete" : "completed";
  const content = [{ type: "output_text", text, annotations: [] }];
  return {
    id: `resp_${++count}`,
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    model: body["model"],
    status,
    error: null,
    incomplete_details: isCut ? { reason: "max_output_tokens" } : null,
    output: [{ type: "message", id: `msg_${count}`, status, role: "assistant", content }],
    usage: {
      input_tokens: usage.input,
      output_tokens: usage.output,
      total_tokens: usage.input + usage.output,
    },
  };
}

function messages(body: Body): object {
  const asked = [...textsIn(body["system"]), ...textsIn(body["messages"])];
  const { text, isCut, usage } = replyTo(asked, body["max_tokens"]);
  return {
    id: `msg_${++count}`,
    type: "message",
    role: "assistant",
    model: body["model"],
    content: [{ type: "text", text }],
    stop_reason: isCut ? "max_tokens" : "end_turn",
    stop_sequence: null,
    usage: { input_tokens: usage.input, output_tokens: usage.output },
  };
}

function embeddings(body: Body): object {
  const { input, encoding_format: format, dimensions = 8 } = body;
  const texts = textsIn(input);
  const data = texts.map((text, index) => {
    const vector = vectorOf(text, Number(dimensions));
    return { object: "embedding", index, embedding: format === "base64" ? base64Of(vector) : vector };
  });
  const used = tokensOf(texts.join(""));
  return { object: "list", data, model: body["model"], usage: { prompt_tokens: used, total_tokens: used } };
}

type MockApi = { readonly needs: readonly string[]; readonly answer: (body: Body) => object };

const APIS: Readonly<Record<string, MockApi>> = {
  "/v1/chat/completions": { needs: ["model", "messages"], answer: chat },
  "/v1/completions": { needs: ["model", "prompt"], answer: completions },
  "/v1/responses": { needs: ["model", "input"], answer: responses },
  "/v1/messages": { needs: ["model", "messages", "max_tokens"], answer: messages },
  "/v1/embeddings": { needs: ["model", "input"], answer: embeddings },
};

const error = (status: number, message: string): MockAnswer => ({
  status,
  json: { error: { message, type: "invalid_request_error", param: null, code: null } },
});

/** @param path of the request, without a query */
export function mockAnswer(path: string, body: unknown): MockAnswer {
  const api = APIS[path];
  if (api === undefined) return error(404, `no such path: ${path}`);
  if (typeof body !== "object" || body === null) return error(400, "the body is no JSON object");
  const missing = api.needs.find((name) => !(name in body));
  if (missing !== undefined) return error(400, `${missing} is required`);
  return { status: 200, json: api.answer(body as Body) };
}
