import { expect, test } from "bun:test";
import { type AnsweringModel, VersionTally, versionOf } from "../../lib/core/model-versions.ts";

const by = (asked: string, name: string, fingerprint = ""): AnsweringModel => ({ asked, name, fingerprint });

test("models that are asked for by turns are no change", () => {
  const tally = new VersionTally();
  for (let at = 0; at < 6; at++) tally.add(by(`m${at % 2}`, `m${at % 2}-2026`));
  expect(tally.takeChange()).toBeNull();
  expect(tally.list().map(({ count }) => count)).toEqual([3, 3]);
});

test("a change is told once, also after what an earlier run has counted", () => {
  const tally = new VersionTally([
    { model: "m", version: "m fp_a", count: 7 },
    { model: "", version: "", count: 2 },
  ]);
  tally.add(by("m", "m", "fp_b"));
  expect(tally.takeChange()).toEqual({ what: "version", before: "m fp_a", now: "m fp_b" });
  expect(tally.takeChange()).toBeNull();
  tally.add(by("m", "m", "fp_c"));
  expect(tally.takeChange()).toBeNull();
  tally.add(by("m", "n"));
  expect(tally.takeChange()).toEqual({ what: "model", before: "m fp_a", now: "n" });
  expect(tally.list().at(-1)).toEqual({ model: "", version: "", count: 2 });
});

test("a version says more than what was asked for", () => {
  expect(versionOf(by("m", "m"))).toBeUndefined();
  expect(versionOf(by("m", ""))).toBeUndefined();
  expect(versionOf(by("m", "m", "fp"))).toBe("m fp");
  expect(versionOf(by("m", "m-2026"))).toBe("m-2026");
  expect(versionOf(by("m", "x".repeat(1000)))?.length).toBe(200);
});
