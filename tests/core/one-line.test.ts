import { expect, test } from "bun:test";
import { oneLine } from "../../lib/core/one-line.ts";

const PAGE =
  "<!DOCTYPE html><html><head><style>p{}</style><script>x<y</script></head><body><p>Log in</p></body></html>";

test.each<[name: string, text: string, shown: string]>([
  ["white space is joined", "  a\n\n b\tc ", "a b c"],
  ["of a page its words are shown", PAGE, "Log in"],
  ["angle brackets that are no page stay", "<think>1 < 2</think>", "<think>1 < 2</think>"],
  ["a long text is cut between whole characters", `${"a".repeat(48)}🎉🎉`, `${"a".repeat(48)}…`],
  ["nothing", " \n", ""],
])("%s", (_name, text, shown) => {
  expect(oneLine(text, 50)).toBe(shown);
});

test("what is left of a long page ends with a whole character, wherever it was cut before its tags were left out", () => {
  for (let shift = 0; shift < 4; shift++) {
    const page = `<html><script>${"x".repeat(4000 + shift)}</script>${"<b></b>".repeat(130)}${"<i>😀</i>".repeat(200)}`;
    expect(oneLine(page, 100).isWellFormed()).toBe(true);
  }
});
