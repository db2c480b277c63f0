// `--model NAME --prompt TEXT`: one request to a chat endpoint per attempt. No text that leaves this file contains a secret.
import { chatUrl } from "./base-url.ts";
import { cutText } from "../../core/cut-text.ts";
import { type EndpointFailure, isLoading, type Mark, type RuleAction, ruleOf } from "./endpoint-rules.ts";
import type { PresentPart } from "../../core/fingerprint.ts";
import type { Item } from "../../core/item.ts";
import { parseLossless } from "../../core/json-text.ts";
import {
  expandTemplate,
  fieldPathsOf,
  namesNumber,
  parseTemplate,
  type Template,
} from "../../core/template.ts";
import type { Redactor } from "./secrets.ts";
import { estimateTokens } from "./token-estimate.ts";
import { AttemptEnds } from "../attempt-ends.ts";
import { type AnswerFailure, type AnswerOptions, readAnswer } from "./endpoint-answer.ts";
import {
  type Answer,
  type ChatClient,
  chatClient,
  type ClientSettings,
  type RequestBody,
} from "./endpoint-client.ts";
import { KeyStatus } from "./key-status.ts";
import { kindPart, parsePart, shortened } from "../fingerprint-parts.ts";
import { ABORTED, missingFields, outside, timedOut } from "../outcomes.ts";
import type { AttemptContext, Outcome, Processor, Trouble } from "../processor.ts";

/** A header given by an option: with its value, or with the variable that holds it as a secret. */
export type GivenHeader = { readonly name: string } & (
  | { readonly value: string }
  | { readonly variable: string }
);

export type EndpointSettings = ClientSettings &
  AnswerOptions & {
    readonly model: string;
    /** The templates of the messages. */
    readonly prompt: string;
    readonly system: string | null;
    /** The same as read by earlier versions of ckpt, for the same fingerprint. */
    readonly earlier?: { readonly prompt: string; readonly system: string };
    /** Further parameters of the request: name, and JSON text or plain text. */
    readonly headers: readonly GivenHeader[];
    readonly params: readonly (readonly [name: string, text: string])[];
    readonly timeoutMs: number | null;
    /** The input has ids (`--id`). */
    readonly hasId: boolean;
  };

/** Maximum length of an error message. */
const MESSAGE_LENGTH_MAX = 2000;

export function endpointProcessor(settings: EndpointSettings): Processor {
  const prompt = parseTemplate(settings.prompt);
  const system = settings.system === null ? null : parseTemplate(settings.system);
  const templates = system === null ? [prompt] : [system, prompt];
  const params = settings.params.map(([name, text]) => [name, paramValue(text)] as const);
  const endpoint: Endpoint = {
    settings,
    client: chatClient(settings),
    keyStatus: new KeyStatus(),
    cap: outputBound(settings.params),
  };
  const bodyOf = (item: Item): RequestBody | readonly string[] => {
    const filled = fill(templates, item);
    if (filled.missing.length > 0) return filled.missing;
    const messages = filled.texts.map((content, at) => ({
      role: at === templates.length - 1 ? "user" : "system",
      content,
    }));
    return { model: settings.model, messages, ...Object.fromEntries(params) };
  };
  return {
    kind: "endpoint",
    open: () => Promise.resolve(),
    process: async (item, context) => {
      const body = bodyOf(item);
      if (isMissing(body)) return missingFields(body);
      const texts = (): readonly string[] => fill(templates, item).texts;
      return withoutSecrets(await ask(endpoint, { body, texts }, context), endpoint.client.redactor);
    },
    close: () => Promise.resolve(),
    preview: (item) => {
      const body = bodyOf(item);
      const lines = isMissing(body)
        ? [`lacks ${body.join(", ")}`]
        : JSON.stringify(body, null, 2).split("\n");
      return [`POST ${chatUrl(settings.baseUrl)}`, ...settings.headers.map(shownHeader), ...lines];
    },
    fieldPaths: fieldPathsOf(templates, settings.hasId),
    everyField: true,
    usesIndex: namesNumber(templates),
    estimate: (item) => ({
      inputTokens: tokensOf(fill(templates, item).texts),
      outputTokens: endpoint.cap,
    }),
    fingerprintParts: () => Promise.resolve(partsOf(settings)),
  };
}

function shownHeader(header: GivenHeader): string {
  return `${header.name}: ${"value" in header ? header.value : `[${header.variable}]`}`;
}

function isMissing(body: RequestBody | readonly string[]): body is readonly string[] {
  return Array.isArray(body);
}

function fill(templates: readonly Template[], item: Item): { texts: string[]; missing: string[] } {
  const missing: string[] = [];
  const texts = templates.map((template) => {
    const expansion = expandTemplate(template, item);
    if (expansion.ok) return expansion.text;
    missing.push(...expansion.missing);
    return "";
  });
  return { texts, missing };
}

/** Estimated tokens of messages. */
function tokensOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + estimateTokens(text), 0);
}

/** The JSON value of the text (numbers keep their digits), or the text itself if it is not JSON. */
function paramValue(text: string): unknown {
  try {
    return parseLossless(text);
  } catch {
    return text;
  }
}

/** The limit that the request sets for its answer, in tokens. */
function outputBound(params: EndpointSettings["params"]): number | null {
  const bound = params.find(([name]) => name === "max_tokens" || name === "max_completion_tokens");
  const tokens = Number(bound?.[1] ?? Number.NaN);
  return tokens > 0 ? tokens : null;
}

const ends = new AttemptEnds();

type Endpoint = {
  readonly settings: EndpointSettings;
  readonly client: ChatClient;
  readonly keyStatus: KeyStatus;
  /** The limit that each request sets for its answer, in tokens; null without one. */
  readonly cap: number | null;
};

type Request = {
  readonly body: RequestBody;
  /** Texts of the messages. */
  readonly texts: () => readonly string[];
};

async function ask(endpoint: Endpoint, request: Request, context: AttemptContext): Promise<Outcome> {
  if (context.signal.aborted) return ABORTED;
  const received = await send(endpoint, request, context);
  if ("status" in received) return received;
  const read = "failure" in received ? received : readIt(received, endpoint, request);
  if ("failure" in read) return outcomeOf(read, endpoint, request, context);
  endpoint.keyStatus.answered();
  return read;
}

const STRAINED = { trouble: { kind: "strained" } } as const;

/** Sends one request within its timeout. Returns the answer or failure, or the outcome when nothing arrived. */
async function send(
  { client, settings }: Endpoint,
  request: Request,
  context: AttemptContext,
): Promise<Answer | AnswerFailure | Outcome> {
  const { timeoutMs, clock } = settings;
  const end = ends.begin(context.signal);
  const cancel = timeoutMs === null ? null : clock.after(timeoutMs, () => end.abort());
  try {
    return await client.send(request.body, end.signal);
  } catch (error) {
    if (context.signal.aborted) return ABORTED;
    if (end.signal.aborted && timeoutMs !== null) return { ...timedOut(timeoutMs), ...STRAINED };
    throw error;
  } finally {
    cancel?.();
    ends.done(context.signal, end);
  }
}

/** The outcome of a complete answer. For an error inside it, the headers may say when to retry. */
function readIt(answer: Answer, { settings, cap }: Endpoint, request: Request): Outcome | AnswerFailure {
  const asked = { tokens: () => tokensOf(request.texts()), cap, nowMs: settings.clock.now() };
  const read = readAnswer(answer.text, settings, asked);
  if (!("failure" in read) || read.failure.seen !== "error") return read;
  return { ...read, failure: { ...read.failure, waitMs: answer.waitMs() ?? read.failure.waitMs } };
}

/** The outcome of a failure according to the table. A failure about the key may be judged differently once other requests have succeeded. */
function outcomeOf(
  read: AnswerFailure,
  endpoint: Endpoint,
  request: Request,
  context: AttemptContext,
): Outcome {
  const { failure } = read;
  const { keyStatus } = endpoint;
  const { succeededBefore = false } = context;
  const asked = (): string => request.texts().join("\n");
  const ruleWith = (keyWorked: boolean): Rule => ruleOf({ ...failure, keyWorked, asked });
  const isAboutKey = ruleWith(true).kind !== ruleWith(false).kind;
  const keyWorked = isAboutKey && keyStatus.isGood(succeededBefore);
  if (keyWorked) keyStatus.forbidden();
  const outcome = outcomeBy(ruleWith(keyWorked), read, endpoint);
  if (outcome.status !== "outside" || !isAboutKey || keyStatus.hasWorked(succeededBefore)) return outcome;
  return { ...outcome, reconsider: () => outcomeOf(read, endpoint, request, context) };
}

type Rule = ReturnType<typeof ruleOf>;

function outcomeBy(
  { action, kind }: Rule,
  { failure, usage }: AnswerFailure,
  { client, settings }: Endpoint,
): Outcome {
  const where = failure.status === null ? "" : `HTTP ${failure.status}${askedUrl(failure, settings)}: `;
  const message = cutText(client.redactor.text(`${where}${failure.message}`), MESSAGE_LENGTH_MAX);
  const status = failure.status === null ? {} : { status: failure.status };
  if (action === "pause") return outside(kind, message, status);
  const trouble = troubleOf(failure, action);
  return {
    status: "failed",
    error: { kind, message, ...status },
    retryable: action !== "fail",
    ...(trouble === null ? {} : { trouble }),
    ...(usage === undefined ? {} : { usage }),
  };
}

/** Wrong path or method: usually the base URL is wrong. */
const WRONG_URL: ReadonlySet<number | null> = new Set([404, 405]);

/** The URL of the request, if the URL may be the problem. */
function askedUrl({ status }: EndpointFailure, { baseUrl }: EndpointSettings): string {
  return WRONG_URL.has(status) ? ` from ${chatUrl(baseUrl)}` : "";
}

/** What a failure shows about the endpoint as a whole. */
function troubleOf(failure: EndpointFailure, action: RuleAction): Trouble | null {
  const { seen, status, waitMs } = failure;
  if (action === "fail") return null;
  if (seen === "unresolved") return { kind: "down", isUnknown: true };
  if (seen === "unreachable" || isLoading(failure)) return { kind: "down", waitMs };
  if (action === "wait") return { kind: "limited", waitMs };
  const isStrained = seen === "network" || seen === "broken" || (status ?? 0) >= 500;
  return isStrained || waitMs !== null ? { kind: "strained", waitMs } : null;
}

/** Removes secrets from the outcome that appear only after joining (a text in parts). */
function withoutSecrets(outcome: Outcome, { json, text }: Redactor): Outcome {
  if (outcome.status === "ok") return { ...outcome, outputJson: json(outcome.outputJson) };
  if (outcome.status === "aborted") return outcome;
  return { ...outcome, error: { ...outcome.error, message: text(outcome.error.message) } };
}

function partsOf(settings: EndpointSettings): PresentPart[] {
  const { model, baseUrl, prompt, system, params, headers, answer, parse, failOn, earlier } = settings;
  const part = (name: string, value: string, was?: string): PresentPart => ({
    name,
    value,
    shown: shortened(value),
    ...(was === undefined ? {} : { earlier: was }),
  });
  const words: readonly Mark[] = failOn.toSorted();
  return [
    kindPart("endpoint"),
    part("model", model),
    part("base_url", baseUrl),
    part("prompt", prompt, earlier?.prompt),
    ...(system === null ? [] : [part("system", system, earlier?.system)]),
    ...params.map(([name, text]) => part(`param:${name}`, text)),
    ...headers.flatMap((header) => ("value" in header ? part(`header:${header.name}`, header.value) : [])),
    part("answer", answer),
    part("fail-on", words.join(",")),
    parsePart(parse),
  ];
}
