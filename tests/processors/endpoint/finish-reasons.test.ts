import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { type Finish, FINISH_REASONS, finishOf } from "../../../lib/processors/endpoint/finish-reasons.ts";

const SHOWN: Readonly<Record<keyof typeof FINISH_REASONS, string>> = {
  whole: "complete",
  length: "cut off: marked `length`",
  content_filter: "filtered: marked `content_filter`",
  refusal: "a refusal: marked `refusal`",
  broken: "generation failed: retried (`answer_error`)",
};

test("the table of finish reasons in docs/endpoint.md is the one of the code", () => {
  const doc = fs.readFileSync(path.join(import.meta.dir, "../../../docs/endpoint.md"), "utf8");
  const table = /<!-- table: finish reasons -->\n([^]*?)\n\n/.exec(doc)?.[1] ?? "";
  const rows = Object.entries(FINISH_REASONS).map(([finish, sources]) => {
    const words = Object.values(sources)
      .flat()
      .map((word) => `\`${word}\``);
    return `| ${words.join(", ")} | ${SHOWN[finish as keyof typeof SHOWN]} |`;
  });
  expect(table.split("\n").slice(2)).toEqual([...rows, "| any other | marked `unknown_finish` |"]);
});

test("no spelling stands for two things", () => {
  const words = Object.values(FINISH_REASONS).flatMap((sources) => Object.values(sources).flat());
  expect(new Set(words).size).toBe(words.length);
});

test.each<[reason: unknown, finish: Finish]>([
  ["stop", "whole"],
  ["STOP", "whole"],
  [" Stop ", "whole"],
  ["FinishReason.MAX_TOKENS", "length"],
  ["FINISH_REASON_SAFETY", "content_filter"],
  ["content-filter", "content_filter"],
  ["Max Tokens", "length"],
  ["endTurn", "whole"],
  ["content_filter: PROHIBITED_CONTENT", "content_filter"],
  [null, "whole"],
  ["null", "whole"],
  ["None", "whole"],
  ["FINISH_REASON_UNSPECIFIED", "unknown"],
  [undefined, "whole"],
  ["", "whole"],
  ["upstream_error", "broken"],
  ["timed-out", "broken"],
  ["max_new_tokens", "length"],
  ["contextLengthExceeded", "length"],
  ["BLOCKED", "content_filter"],
  ["moonrise", "unknown"],
  ["constructor", "unknown"],
  [1, "unknown"],
])("%p says that the answer is %s", (reason, finish) => {
  expect(finishOf(reason)).toBe(finish);
});
