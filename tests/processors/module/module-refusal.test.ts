// A module that is refused by somebody else (status 429), or told when to come back, is paced like an endpoint.
import { expect, test } from "bun:test";
import * as path from "node:path";
import type { JsonValue } from "../../../lib/core/item.ts";
import { moduleProcessor } from "../../../lib/processors/module/module.ts";
import type { Outcome, Trouble } from "../../../lib/processors/processor.ts";
import { contextWith, FIXTURES, jsonItem, newNonce } from "../../helpers/attempts.ts";

async function outcomeOf(item: JsonValue): Promise<Outcome> {
  const file = path.join(FIXTURES, "throw-status.ts");
  const processor = moduleProcessor({ file, timeoutMs: null, maxOutputBytes: 1000, print: () => {} });
  await processor.open(newNonce());
  const outcome = await processor.process(jsonItem(0, item), contextWith());
  await processor.close();
  return outcome;
}

test.each<[status: number, wait: string | null, trouble: Trouble]>([
  [429, "3", { kind: "limited", waitMs: 3000 }],
  [429, null, { kind: "limited", waitMs: null }],
  [429, "Tue, 24 Nov 2026 03:00:30 GMT", { kind: "limited", waitMs: null }],
  [503, "3", { kind: "strained", waitMs: 3000 }],
  [409, "0.5", { kind: "strained", waitMs: 500 }],
])("an error with status %d and retry-after %s is heeded", async (status, wait, trouble) => {
  expect(await outcomeOf({ status, wait })).toMatchObject({ status: "failed", retryable: true, trouble });
});

test.each<[name: string, item: JsonValue]>([
  ["of a fault that says no time", { status: 503, wait: null }],
  ["of the item", { status: 400, wait: "3" }],
  ["that is not to be tried again", { status: 503, wait: "3", retryable: false }],
])("an error with the status %s tells nothing", async (_name, item) => {
  expect(await outcomeOf(item)).not.toHaveProperty("trouble");
});
