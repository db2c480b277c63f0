import { expect, test } from "bun:test";
import { nearestOf } from "../../lib/core/nearest.ts";

const OPTIONS = ["--batch-size", "--jobs", "--resume", "--no-resume", "--retries", "--dir"];

test.each([
  ["--bach-size", "--batch-size"],
  ["--batchsize", "--batch-size"],
  ["--BATCH-SIZE", "--batch-size"],
  ["--jbos", "--jobs"],
  ["--no-resum", "--no-resume"],
  ["--dri", "--dir"],
  ["--colour-of-the-sky", null],
  ["", null],
])("%p is meant as %p", (word, nearest) => {
  expect(nearestOf(word, OPTIONS)).toBe(nearest);
});

test("a very long word is looked at no further than a hundred characters", () => {
  expect(nearestOf("x".repeat(1_000_000), OPTIONS)).toBeNull();
});
