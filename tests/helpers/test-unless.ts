// Tests of what a machine may lack a tool or a right for: left out there with the reason in the name; with CI=true that is a failure.
import { test } from "bun:test";

/** @param missing why it cannot be run here; empty when it can */
export function testUnless(missing: readonly string[], name: string, body: () => Promise<void>): void {
  if (missing.length === 0) test(name, body);
  else if (process.env["CI"] === "true") test(name, () => Promise.reject(new Error(missing.join("; "))));
  else test.skip(`${name} (left out: ${missing.join("; ")})`, body);
}
