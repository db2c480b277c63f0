// One suite over the endpoints that people use: what each has been seen to send, taken through a real request, means what it should.
// A provider is a file of rows in wild/, each with the page or the issue that shows it; a new form is one more row.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Outcome } from "../../lib/processors/processor.ts";
import { contextWith, jsonItem } from "../helpers/attempts.ts";
import { endpointAt } from "../helpers/endpoint.ts";
import { type MockEndpoint, mockEndpoint, type Reply } from "../helpers/mock-endpoint.ts";
import { anthropic } from "./wild/anthropic.ts";
import { azure } from "./wild/azure.ts";
import { dashscope } from "./wild/dashscope.ts";
import { deepseek } from "./wild/deepseek.ts";
import { gemini } from "./wild/gemini.ts";
import { litellm } from "./wild/litellm.ts";
import { llamaCpp } from "./wild/llama-cpp.ts";
import { minimax } from "./wild/minimax.ts";
import { moonshot } from "./wild/moonshot.ts";
import { ollama } from "./wild/ollama.ts";
import { openai } from "./wild/openai.ts";
import { openrouter } from "./wild/openrouter.ts";
import type { Provider, Row } from "./wild/provider.ts";
import { sglang } from "./wild/sglang.ts";
import { vllm } from "./wild/vllm.ts";
import { zhipu } from "./wild/zhipu.ts";

const PROVIDERS: readonly Provider[] = [
  openai,
  azure,
  anthropic,
  gemini,
  deepseek,
  dashscope,
  zhipu,
  minimax,
  moonshot,
  openrouter,
  vllm,
  sglang,
  llamaCpp,
  ollama,
  litellm,
];

/** Each row under its own question, by which the server knows it. */
const rows = new Map<string, Row>();
let server: MockEndpoint;

beforeAll(async () => {
  server = await mockEndpoint({ reply: ({ prompt }) => replyOf(rows.get(prompt)) });
});
afterAll(() => server.stop());

function replyOf(row: Row | undefined): Reply {
  if (row === undefined) throw new Error("the server was asked for no row");
  const { status = 200, headers = {}, body } = row;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { kind: "status", status, headers, error: text };
}

/** An outcome in the words of a row's meaning. */
function meaningOf(outcome: Outcome): object {
  if (outcome.status === "ok") {
    const { outputJson, marks, usage } = outcome;
    return {
      text: JSON.parse(outputJson) as string,
      ...(marks === undefined ? {} : { marks }),
      tokens: [usage?.input_tokens, usage?.output_tokens],
    };
  }
  if (outcome.status === "outside") return { kind: outcome.error.kind, action: "pause" };
  if (outcome.status === "aborted") throw new Error("nothing was to be aborted");
  const { error, retryable, trouble } = outcome;
  const isWaited = trouble?.kind === "limited" || trouble?.kind === "down";
  const waitMs = trouble?.waitMs ?? null;
  return {
    kind: error.kind,
    action: retryable ? (isWaited ? "wait" : "retry") : "fail",
    ...(waitMs === null ? {} : { waitMs }),
  };
}

describe.each(PROVIDERS.map((provider) => [provider.name, provider] as const))("%s", (name, provider) => {
  const { success, refusal, limit, outage, error } = provider;
  for (const [sort, those] of Object.entries({ success, refusal, limit, outage, error })) {
    test.each(those.map((row) => [row.what, row] as const))(`${sort}: %s`, async (what, row) => {
      const question = `${name}, ${sort}: ${what}`;
      rows.set(question, row);
      const processor = endpointAt(server.url);
      await processor.open("");
      const context = contextWith({ succeededBefore: row.isFirst !== true });
      const outcome = await processor.process(jsonItem(0, { question }), context);
      expect(meaningOf(outcome)).toEqual(row.means);
    });
  }
});
