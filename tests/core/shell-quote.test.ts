import { expect, test } from "bun:test";
import { shellQuote, shellWords } from "../../lib/core/shell-quote.ts";
import { ENV } from "../helpers/ckpt.ts";

const VALUES: readonly string[] = [
  "",
  "plain",
  "two words",
  "it's",
  "'",
  "''",
  `"$HOME" \`id\` $(id) \\ ; & | > < * ? [a] ~ # !`,
  "-n",
  "if",
  "2",
  "a\nb\n",
  "谁？",
  "\\",
  "\u0007\u001b[31m",
];

test.each(VALUES)("shellQuote(%j) is that one word for /bin/sh", (value) => {
  const { stdout } = Bun.spawnSync(["/bin/sh", "-c", `printf '%s|' ${shellQuote(value)} end`], { env: ENV });
  expect(stdout.toString()).toBe(`${value}|end|`);
});

test("shellWords() quotes what needs it and gives the same arguments back", () => {
  expect(shellWords(["python", "solve.py", "--n=3", "{question}"])).toBe("python solve.py --n=3 {question}");
  expect(shellWords(["echo", "", "a b", "it's"])).toBe(String.raw`echo '' 'a b' 'it'\''s'`);
});
