// `--model NAME --prompt TEXT`: one request to a chat endpoint an attempt. No secret stands in a text that leaves this file.
import { cutText } from "../core/cut-text.ts";
import { type EndpointFailure, type Mark, ruleOf } from "../core/endpoint-rules.ts";
import type { PresentPart } from "../core/fingerprint.ts";
import type { Item } from "../core/item.ts";
import { parseLossless } from "../core/json-text.ts";
import { askedWaitMs } from "../core/rate-headers.ts";
import { expandTemplate, fieldPathsOf, namesNumber, parseTemplate, type Template } from "../core/template.ts";
import type { Redactor } from "../core/secrets.ts";
import { estimateTokens } from "../core/token-estimate.ts";
import type { Clock } from "../io/clock.ts";
import { AttemptEnds } from "./attempt-ends.ts";
import { type AnswerOptions, readAnswer } from "./endpoint-answer.ts";
import { type ChatClient, chatClient, type ClientSettings, type RequestBody } from "./endpoint-client.ts";
import { kindPart, parsePart, shortened } from "./fingerprint-parts.ts";
import { ABORTED, missingFields, outside, timedOut } from "./outcomes.ts";
import type { AttemptContext, Outcome, Processor, Trouble } from "./processor.ts";

export type EndpointSettings = ClientSettings &
  AnswerOptions & {
    readonly model: string;
    /** Templates of the two messages. */
    readonly prompt: string;
    readonly system: string | null;
    /** What an earlier ckpt took for the two: the job is the same. */
    readonly earlier?: { readonly prompt: string; readonly system: string };
    /** Further parts of the request: name, and JSON text or plain text. */
    readonly params: readonly (readonly [name: string, text: string])[];
    readonly timeoutMs: number | null;
    /** The input has ids (`--id`). */
    readonly hasId: boolean;
    readonly clock: Clock;
  };

/** Longest text of an error. */
const MESSAGE_LENGTH_MAX = 2000;

export function endpointProcessor(settings: EndpointSettings): Processor {
  const prompt = parseTemplate(settings.prompt);
  const system = settings.system === null ? null : parseTemplate(settings.system);
  const templates = system === null ? [prompt] : [system, prompt];
  const params = settings.params.map(([name, text]) => [name, paramValue(text)] as const);
  const client = chatClient(settings);
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
      const outcome = await ask(client, settings, { body, tokens: () => tokensOf(templates, item) }, context);
      return withoutSecrets(outcome, client.redactor);
    },
    close: () => Promise.resolve(),
    preview: (item) => {
      const body = bodyOf(item);
      const lines = isMissing(body)
        ? [`lacks ${body.join(", ")}`]
        : JSON.stringify(body, null, 2).split("\n");
      return [`POST ${settings.baseUrl.replace(/\/+$/, "")}/chat/completions`, ...lines];
    },
    fieldPaths: fieldPathsOf(templates, settings.hasId),
    everyField: true,
    usesIndex: namesNumber(templates),
    estimate: (item) => ({
      inputTokens: tokensOf(templates, item),
      outputTokens: outputBound(settings.params),
    }),
    fingerprintParts: () => Promise.resolve(partsOf(settings)),
  };
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

/** Tokens of an item's messages, as estimated. */
function tokensOf(templates: readonly Template[], item: Item): number {
  return fill(templates, item).texts.reduce((sum, text) => sum + estimateTokens(text), 0);
}

/** JSON where the text is JSON (numbers keep their digits), else the text. */
function paramValue(text: string): unknown {
  try {
    return parseLossless(text);
  } catch {
    return text;
  }
}

/** The bound that the request sets on its answer, in tokens. */
function outputBound(params: EndpointSettings["params"]): number | null {
  const bound = params.find(([name]) => name === "max_tokens" || name === "max_completion_tokens");
  const tokens = Number(bound?.[1] ?? Number.NaN);
  return tokens > 0 ? tokens : null;
}

const ends = new AttemptEnds();

async function ask(
  client: ChatClient,
  settings: EndpointSettings,
  request: { readonly body: RequestBody; readonly tokens: () => number },
  context: AttemptContext,
): Promise<Outcome> {
  const { timeoutMs, clock } = settings;
  if (context.signal.aborted) return ABORTED;
  const end = ends.begin(context.signal);
  const cancel = timeoutMs === null ? null : clock.after(timeoutMs, () => end.abort());
  try {
    const answer = await client.send(request.body, end.signal);
    if ("failure" in answer) return outcomeOf(answer.failure, client, settings, answer.header);
    const read = readAnswer(answer.text, settings, request.tokens);
    return "seen" in read ? outcomeOf(read, client, settings, () => null) : read;
  } catch (error) {
    if (context.signal.aborted) return ABORTED;
    if (end.signal.aborted && timeoutMs !== null) return { ...timedOut(timeoutMs), ...STRAINED };
    throw error;
  } finally {
    cancel?.();
    ends.done(context.signal, end);
  }
}

const STRAINED = { trouble: { kind: "strained" } } as const;

/** What the table makes of a failure. */
function outcomeOf(
  failure: EndpointFailure,
  { redactor }: ChatClient,
  settings: EndpointSettings,
  header: (name: string) => string | null,
): Outcome {
  const { action, kind } = ruleOf(failure);
  const where = failure.status === null ? "" : `HTTP ${failure.status}: `;
  const message = cutText(redactor.text(`${where}${failure.message}`), MESSAGE_LENGTH_MAX);
  const status = failure.status === null ? {} : { status: failure.status };
  if (action === "pause") return outside(kind, message, status);
  const error = { kind, message, ...status };
  const trouble = troubleOf(failure, action === "wait" ? askedWaitMs(header, settings.clock.now()) : null);
  return {
    status: "failed",
    error,
    retryable: action !== "fail",
    ...(trouble === null ? {} : { trouble }),
  };
}

/** What a failure tells about the endpoint as a whole. */
function troubleOf(failure: EndpointFailure, waitMs: number | null): Trouble | null {
  if (failure.status === 429) return { kind: "limited", waitMs };
  if (failure.seen === "unreachable") return { kind: "down" };
  const strained = failure.seen === "network" || (failure.status ?? 0) >= 500;
  return strained ? { kind: "strained" } : null;
}

/** The outcome with the secrets taken out that came together only in it (a text in parts). */
function withoutSecrets(outcome: Outcome, { json, text }: Redactor): Outcome {
  if (outcome.status === "ok") return { ...outcome, outputJson: json(outcome.outputJson) };
  if (outcome.status === "aborted") return outcome;
  return { ...outcome, error: { ...outcome.error, message: text(outcome.error.message) } };
}

function partsOf(settings: EndpointSettings): PresentPart[] {
  const { model, baseUrl, prompt, system, params, answer, parse, failOn, earlier } = settings;
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
    part("answer", answer),
    part("fail-on", words.join(",")),
    parsePart(parse),
  ];
}
