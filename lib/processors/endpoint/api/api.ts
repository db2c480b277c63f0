// The contract of an API: everything that differs between chat completions, responses, embeddings and the others. An adapter says where things are in a
// request and in an answer, and judges nothing: endpoint-answer.ts does, by the same rules for all. tests/contract/apis.test.ts runs one suite over them.
import type { JsonValue } from "../../../core/item.ts";
import type { Assembler } from "../stream/assembler.ts";
import type { AnswerText } from "../answer-text.ts";

/** What may be kept of an answer: names of `--answer`. A JSON path is possible with every API. */
export const ANSWER_KINDS = ["text", "message", "full", "vector"] as const;
export type AnswerKind = (typeof ANSWER_KINDS)[number];

/** What is kept of an answer: by name, or by the path of a field. */
export type AnswerChoice = AnswerKind | { readonly path: readonly string[] };

export type RequestBody = { readonly [name: string]: unknown };

/** The filled templates of a request. */
export type FilledPrompt = { readonly system: string | null; readonly prompt: string };

export type MessageParts = {
  text(text: string): object;
  /** @param url of http, or one that holds the picture's bytes: `data:image/png;base64,…` */
  picture(url: string): object;
};

/** Where requests go without `--base-url`, and where the key is looked for. */
export type ApiHome = {
  readonly baseUrl: string;
  /** The variable that names another base URL; null without one. */
  readonly baseUrlVariable: string | null;
  readonly keyVariable: string;
  /** Headers that choose the account to bill, and the variables that hold them. */
  readonly account: readonly (readonly [header: string, variable: string])[];
};

export type Api = {
  /** Its name as `--api` takes it. */
  readonly name: string;
  readonly home: ApiHome;
  /** Appended to the base URL; begins with a slash. */
  readonly path: string;
  /** Headers of each request; a header given by the user overrides them. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The headers that carry a key. */
  keyHeaders(key: string, baseUrl: string): Readonly<Record<string, string>>;

  /** The part of a request body that a prompt becomes; the model and parameters are added to it. Null if a prompt cannot become a body. */
  readonly bodyOf: ((filled: FilledPrompt) => RequestBody) | null;
  /** The part of a request body that an array of messages becomes; null if the API takes none. */
  readonly messagesBody: ((messages: readonly unknown[]) => RequestBody) | null;
  /** What the content of a message is made of where it has pictures; null if messages have none. */
  readonly parts: MessageParts | null;
  /** Whether a body has a place for a system text. */
  readonly hasSystem: boolean;
  /** Parameters that hold the question; `--param` must not set them. */
  readonly questionNames: readonly string[];
  /** Texts of a body that count as its input tokens, and that an error may quote. */
  textsOf(body: RequestBody): readonly string[];
  /** Parameters that limit the tokens of an answer: the first one that is set counts. Empty: an answer has no tokens. */
  readonly boundNames: readonly string[];
  /** Parameters that a request must have. */
  readonly requiredNames: readonly string[];

  /** What can be kept of an answer; the first is the default. */
  readonly answers: readonly [AnswerKind, ...AnswerKind[]];
  /** Says of anything else that it is no answer: "the answer is no chat completion". */
  readonly noAnswer: string;
  /** Says which part is missing without which there is no answer: "it has no choices[0].message". */
  readonly lacksPart: string;
  /** Whether a value looks like an answer, complete or not. In any other value, a bare `message` is an error. */
  looksLikeAnswer(value: JsonValue): boolean;
  /** Whether the part is there without which there is no answer. */
  hasAnswer(value: JsonValue): boolean;
  /** Whether an event is a part of a streamed answer. @param count number of events that came */
  isChunk(value: JsonValue, count: number): boolean;
  /** How its answers are streamed; null: they are not. */
  readonly stream: StreamedApi | null;
  /** How several items share a request; null: each needs its own. */
  readonly shared: SharedApi | null;
  /** @param json the text of `value`, with all digits as received */
  read(value: JsonValue, json: string): FoundAnswer;
};

export type SharedApi = {
  /** What must be the same in bodies that are joined; null for a body that cannot be joined. */
  keyOf(body: RequestBody): string | null;
  /** @param bodies with the same key */
  join(bodies: readonly RequestBody[]): RequestBody;
  /**
   * The JSON text of each item's part of an answer, in the order of the bodies; or why the parts cannot be told apart.
   * @param json the text of `value` @throws SyntaxError when it is nested too deeply
   */
  split(value: JsonValue, json: string, count: number): SplitAnswer;
};

export type SplitAnswer = { readonly parts: readonly string[] } | { readonly wrong: string };

export type StreamedApi = {
  /** The part of a request body that asks for a stream. */
  readonly parameters: RequestBody;
  /** Makes of the events of one stream the answer as it is without streaming. */
  readonly assembler: () => Assembler;
};

/** What an adapter finds in an answer. */
export type FoundAnswer = AnswerText & {
  /** The finish reason, in the provider's words (finish-reasons.ts); undefined without one. */
  readonly finish: JsonValue | undefined;
  /** Its name in the answer, for a message: `finish_reason`. */
  readonly finishName: string;
  /** The reported usage; undefined without one. */
  readonly usage: JsonValue | undefined;
  /** What was generated, to estimate tokens that are not reported; null if this API generates none. */
  readonly generated: string | null;
  /** JSON text of the message (`--answer message`); null if there is none. @throws SyntaxError when it is nested too deeply */
  readonly message: () => string | null;
  /** JSON text of the vector (`--answer vector`); null if there is none. @throws SyntaxError as above */
  readonly vector: () => string | null;
  /** The version that answered. */
  readonly version: AnswerVersion;
};

/** `model` and `system_fingerprint` of an answer; null if not stated. */
export type AnswerVersion = { readonly model: string | null; readonly fingerprint: string | null };
