// Endpoint processors for tests, with settings that say little.
import { systemClock } from "../../lib/io/clock.ts";
import { endpointProcessor, type EndpointSettings } from "../../lib/processors/endpoint/endpoint.ts";
import type { Processor } from "../../lib/processors/processor.ts";

/** A processor that asks `{question}` of the endpoint at `baseUrl`. */
export function endpointAt(baseUrl: string, changes: Partial<EndpointSettings> = {}): Processor {
  return endpointProcessor({
    model: "mock",
    prompt: "{question}",
    system: null,
    baseUrl,
    sent: { authorization: "Bearer sk-test-0123456789" },
    headers: [],
    secrets: ["sk-test-0123456789"],
    params: [],
    answer: "text",
    parse: "text",
    failOn: [],
    prices: null,
    timeoutMs: 20_000,
    maxOutputBytes: 65_536,
    hasId: false,
    clock: systemClock,
    env: {},
    ...changes,
  });
}
