// Endpoint processors for tests, with settings that say little.
import { systemClock } from "../../lib/io/clock.ts";
import { chat } from "../../lib/processors/endpoint/api/chat.ts";
import { endpointProcessor, type EndpointSettings } from "../../lib/processors/endpoint/endpoint.ts";
import { type PromptSettings, promptRequests } from "../../lib/processors/endpoint/request/prompt-request.ts";
import type { Processor } from "../../lib/processors/processor.ts";

export type EndpointChanges = Partial<EndpointSettings & PromptSettings>;

/** A processor that asks `{question}` of the endpoint at `baseUrl`. */
export function endpointAt(baseUrl: string, changes: EndpointChanges = {}): Processor {
  const { prompt = "{question}", system = null, hasId = false, ...others } = changes;
  const settings = {
    model: "mock",
    api: chat,
    baseUrl,
    sent: { authorization: "Bearer sk-test-0123456789" },
    headers: [],
    secrets: ["sk-test-0123456789"],
    key: null,
    params: [],
    answer: null,
    parse: "text" as const,
    failOn: [],
    prices: null,
    stream: false,
    timeoutMs: 20_000,
    idleTimeoutMs: null,
    maxOutputBytes: 65_536,
    clock: systemClock,
    env: {},
    ...others,
  };
  const requests = changes.requests ?? promptRequests({ ...settings, prompt, system, hasId });
  return endpointProcessor({ ...settings, requests });
}
