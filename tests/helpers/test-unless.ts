// Tests of what a machine may lack a tool or a right for: left out there with the reason in the name, but run, and so failed, where CI=true.
import { test } from "bun:test";

/** @param missing why it cannot be run here; empty when it can */
export function testUnless(missing: readonly string[], name: string, body: () => Promise<void>): void {
  const leaveOut = missing.length > 0 && process.env["CI"] !== "true";
  test.skipIf(leaveOut)(leaveOut ? `${name} (left out: ${missing.join("; ")})` : name, body);
}
