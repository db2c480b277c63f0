// A module that is refused by somebody else (status 429) is paced like an endpoint.
import { expect, test } from "bun:test";
import * as path from "node:path";
import { moduleProcessor } from "../../lib/processors/module.ts";
import { contextWith, FIXTURES, jsonItem, newNonce } from "../helpers/attempts.ts";

test.each<[string | null, number | null]>([
  ["3", 3000],
  [null, null],
  ["Tue, 24 Nov 2026 03:00:30 GMT", null],
])("an error with status 429 and retry-after %s is a refusal", async (wait, waitMs) => {
  const file = path.join(FIXTURES, "throw-429.ts");
  const processor = moduleProcessor({ file, timeoutMs: null, maxOutputBytes: 1000 });
  await processor.open(newNonce());
  const outcome = await processor.process(jsonItem(0, { wait }), contextWith());
  await processor.close();
  expect(outcome).toMatchObject({ status: "failed", trouble: { kind: "limited", waitMs } });
});
