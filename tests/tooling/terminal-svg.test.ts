// The picture of a terminal: what is drawn, where, and when.
import { describe, expect, test } from "bun:test";
import { pieces, terminalSvg } from "../../scripts/terminal-svg.ts";

const PICTURE = { columns: 20, rows: 3, lastMs: 1000, label: "a & b" };
const frame = (
  atMs: number,
  ...lines: readonly string[]
): { atMs: number; caption: string; lines: string[] } => ({
  atMs,
  caption: "",
  lines: [...lines],
});

describe("pieces()", () => {
  test("an emoji is a piece of its own, and what follows stands two columns further", () => {
    expect(pieces("a 🔄 bc").map(({ column, text }) => [column, text])).toEqual([
      [0, "a "],
      [2, "🔄"],
      [4, " bc"],
    ]);
  });

  test("Chinese characters take two columns each, and are a piece apart from narrow ones", () => {
    expect(pieces("继续x").map(({ column, text }) => [column, text])).toEqual([
      [0, "继续"],
      [4, "x"],
    ]);
  });

  test("colours, bold and dim are those of the terminal, until they are taken back", () => {
    const line = "\u001b[1;32mgreen\u001b[39m bold\u001b[0m plain";
    expect(pieces(line).map((piece) => [piece.text, piece.class])).toEqual([
      ["green", "b c2"],
      [" bold", "b"],
      [" plain", ""],
    ]);
  });
});

describe("terminalSvg()", () => {
  const svg = terminalSvg(
    [frame(0, "$ <go>"), frame(500, "$ <go>", "1 of 2"), frame(1000, "$ <go>", "2 of 2")],
    PICTURE,
  );

  test("a line that stays is drawn once, with no animation of its own", () => {
    expect(svg.split("$ &lt;go&gt;")).toHaveLength(2);
    expect(svg).toMatch(/<g><text [^>]*>\$ &lt;go&gt;/);
  });

  test("a line is visible from the first screen that has it until the first that has not", () => {
    expect(svg).toContain("{0%{visibility:hidden}25%{visibility:visible}50%{visibility:hidden}}");
    expect(svg).toContain("{0%{visibility:hidden}50%{visibility:visible}}");
  });

  test("without animation just the lines of the last screen are visible", () => {
    const past = [...svg.matchAll(/<g[^>]*class="past"[^>]*>(.*?)<\/g>/g)].map(([, inside]) => inside);
    expect(past).toEqual([expect.stringContaining("1 of 2")]);
    expect(svg).toContain("@media(prefers-reduced-motion:no-preference){g{animation:");
  });

  test("is well-formed, says what it shows, and runs no script", () => {
    expect(svg).toContain("<title>a &amp; b</title>");
    expect(svg).not.toMatch(/<script|javascript:|href=/);
    expect(svg.match(/<(?:g|text)\b/g)?.length).toBe(svg.match(/<\/(?:g|text)>/g)?.length);
  });
});
