// What a server of each API answers: the same content in the form of each. Used by the endpoint of tests and by the contract suite over APIs.

type Body = { readonly [name: string]: unknown };

/** What is to be answered, in words that fit every API. */
export type Said = {
  /** The text; null for none. */
  readonly content: string | null;
  /** As a chat completion says it: `stop`, `length`, `content_filter`, `tool_calls`, or anything else. */
  readonly finish: string;
  /** Null: not reported. */
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
  /** Words of a refusal. */
  readonly refusal?: string;
  /** The answer calls a tool. */
  readonly call?: boolean;
  /** Further fields of the message of a chat completion. */
  readonly extra?: object;
  readonly number?: number;
};

export type ApiForm = {
  readonly path: string;
  /** The question of a request. */
  promptOf(body: Body): string;
  answer(said: Said, body: Body): Body;
};

type Message = { readonly role: string; readonly content: unknown };

function userText(messages: unknown): string {
  const content = (messages as readonly Message[]).find(({ role }) => role === "user")?.content ?? "";
  if (typeof content === "string") return content;
  const parts = content as readonly { readonly text?: string }[];
  return parts.map(({ text = "" }) => text).join("");
}

const CALL = { name: "look_up", arguments: '{"id":9007199254740993}' };
const total = (usage: NonNullable<Said["usage"]>): object => ({
  ...usage,
  total_tokens: usage.prompt_tokens + usage.completion_tokens,
});
const inputOutput = (usage: NonNullable<Said["usage"]>): object => ({
  input_tokens: usage.prompt_tokens,
  output_tokens: usage.completion_tokens,
});

const chat: ApiForm = {
  path: "/chat/completions",
  promptOf: ({ messages }) => userText(messages),
  answer: ({ content, finish, usage, refusal, call = false, extra, number = 1 }) => ({
    id: `chatcmpl-${number}`,
    object: "chat.completion",
    created: 1_700_000_000,
    model: "mock",
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content,
          ...(refusal === undefined ? {} : { refusal }),
          ...(call ? { tool_calls: [{ id: "c1", type: "function", function: CALL }] } : {}),
          ...extra,
        },
        finish_reason: finish,
      },
    ],
    ...(usage === null ? {} : { usage: total(usage) }),
  }),
};

const completions: ApiForm = {
  path: "/completions",
  promptOf: ({ prompt }) => String(prompt),
  answer: ({ content, finish, usage, number = 1 }) => ({
    id: `cmpl-${number}`,
    object: "text_completion",
    created: 1_700_000_000,
    model: "mock",
    choices: [{ index: 0, text: content ?? "", logprobs: null, finish_reason: finish }],
    ...(usage === null ? {} : { usage: total(usage) }),
  }),
};

const INCOMPLETE: Readonly<Record<string, string>> = {
  length: "max_output_tokens",
  content_filter: "content_filter",
};
const STATUS: Readonly<Record<string, string>> = { stop: "completed", tool_calls: "completed" };

const responses: ApiForm = {
  path: "/responses",
  promptOf: ({ input }) =>
    typeof input === "string"
      ? input
      : userText((input as readonly Message[]).map(({ role, content }) => ({ role, content }))),
  answer: ({ content, finish, usage, refusal, call = false, number = 1 }) => {
    const reason = INCOMPLETE[finish];
    const text = { type: "output_text", text: content ?? "", annotations: [] };
    const parts = [
      ...(content === null ? [] : [text]),
      ...(refusal === undefined ? [] : [{ type: "refusal", refusal }]),
    ];
    return {
      id: `resp_${number}`,
      object: "response",
      created_at: 1_700_000_000,
      model: "mock",
      status: reason === undefined ? (STATUS[finish] ?? finish) : "incomplete",
      error: null,
      incomplete_details: reason === undefined ? null : { reason },
      output: [
        { type: "reasoning", id: "rs_1", summary: [] },
        ...(parts.length === 0
          ? []
          : [{ type: "message", id: "msg_1", role: "assistant", status: "completed", content: parts }]),
        ...(call ? [{ type: "function_call", id: "fc_1", call_id: "c1", ...CALL }] : []),
      ],
      ...(usage === null ? {} : { usage: inputOutput(usage) }),
    };
  },
};

const STOP: Readonly<Record<string, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
};

const messages: ApiForm = {
  path: "/messages",
  promptOf: (body) => userText(body["messages"]),
  answer: ({ content, finish, usage, refusal, call = false, number = 1 }) => {
    const text = refusal ?? content;
    return {
      id: `msg_${number}`,
      type: "message",
      role: "assistant",
      model: "mock",
      content: [
        { type: "thinking", thinking: "let me see", signature: "c2ln" },
        ...(text === null || text === "" ? [] : [{ type: "text", text }]),
        ...(call ? [{ type: "tool_use", id: "c1", name: CALL.name, input: { id: 1 } }] : []),
      ],
      stop_reason: refusal === undefined ? (STOP[finish] ?? finish) : "refusal",
      stop_sequence: null,
      ...(usage === null ? {} : { usage: inputOutput(usage) }),
    };
  },
};

/** A vector that tells the text it is of, with numbers that a reader may spoil. */
export function vectorOf(text: string): string {
  const codes = Array.from(text.slice(-3), (character) => character.codePointAt(0) ?? 0);
  return `[${[text.length, ...codes].join(",")},0.10,-1.0e-3,0.12345678901234567890]`;
}

/** The body of an answer with vectors, whose digits JSON.stringify would change. @param order of the entries; default: that of the texts */
export function embeddingsBody(
  texts: readonly string[],
  usage: Said["usage"],
  order: readonly number[] = [...texts.keys()],
): string {
  const entries = order.map(
    (index) => `{"object": "embedding", "index": ${index}, "embedding": ${vectorOf(texts[index] ?? "")}}`,
  );
  const said =
    usage === null
      ? ""
      : `, "usage": {"prompt_tokens": ${usage.prompt_tokens}, "total_tokens": ${usage.prompt_tokens}}`;
  return `{"object": "list", "model": "mock", "data": [${entries.join(", ")}]${said}}`;
}

const embeddings: ApiForm = {
  path: "/embeddings",
  promptOf: ({ input }) => (Array.isArray(input) ? input.join("\n") : String(input)),
  answer: ({ usage }, { input }) =>
    JSON.parse(embeddingsBody(Array.isArray(input) ? (input as string[]) : [String(input)], usage)) as Body,
};

const FORMS: readonly ApiForm[] = [chat, completions, responses, messages, embeddings];

/** @param path of a request, with or without a query */
export function apiFormAt(path: string): ApiForm | undefined {
  const bare = path.split("?")[0] ?? "";
  return FORMS.find((form) => bare.endsWith(form.path));
}
