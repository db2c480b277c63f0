// The quick form of what is proven of a release: two targets, each built twice.
// Needs git, sha256sum.
import { expect, setDefaultTimeout, test } from "bun:test";
import { darwinSignatures } from "./darwin-signatures.ts";
import { reproducible } from "./reproducible.ts";

setDefaultTimeout(180_000);

test("the same commit gives the same bytes in another folder, for another user, without a network", async () => {
  const { figures, faults } = await reproducible("quick");
  expect(faults).toEqual([]);
  expect(figures["targets"]).toBe(2);
  expect(Number(figures["equal files"])).toBeGreaterThanOrEqual(6);
});

test("every hash in the signature for macOS is right, and the one that Bun leaves is seen to be wrong", async () => {
  const { figures, faults } = await darwinSignatures("quick");
  expect(faults).toEqual([]);
  expect(Number(figures["pages of darwin-x64"])).toBeGreaterThan(10_000);
  expect(figures["wrong in darwin-x64"]).toBe(0);
  expect(Number(figures["wrong in darwin-x64 as Bun leaves it"])).toBeGreaterThan(0);
});
