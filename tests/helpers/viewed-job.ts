// Jobs that `ckpt view` shows, and its server.
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, start, writeLines } from "./ckpt.ts";

/** Texts that a page must show and never obey; after each other, by the item's number. */
export const HOSTILE: readonly string[] = [
  "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'>",
  "[click me](javascript:window.pwned=3) and [a place](https://example.com/a) ![a picture](http://127.0.0.1:9/track.png)",
  `# Title\n\n<svg onload=window.pwned=4></svg>\n\n**bold** <b>not bold</b> &#x202e;entity &lt;x&gt;\n\n\`\`\`html\n<script>window.pwned=5</script>\n\`\`\``,
  "right \u202Eto left\u202C and \u0000\u0007\u001b[31m controls \u2066isolated",
  `</pre></script><style>*{display:none}</style>${"long ".repeat(30_000)}`,
  '{"a":{"b":["<i>x</i>",1,null]},"n":12345678901234567890,"__proto__":{"c":1},"<u>key</u>":"\u202Evalue"}',
];

const MODULE = `const HOSTILE = ${JSON.stringify(HOSTILE)};
export default function answer(item: { n: number; q: string }): unknown {
  if (item.n % 50 === 7) throw new Error("<img src=x onerror=window.pwned=6> refused " + item.n);
  if (item.n % 50 === 8) throw new RangeError("out of range");
  if (item.n < HOSTILE.length) return item.n === 5 ? JSON.parse(HOSTILE[5] ?? "") : HOSTILE[item.n];
  return item.n % 3 === 0 ? { answer: item.n, steps: ["one", "two"] } : "The answer to " + item.q + " is " + item.n + ".";
}
`;

/** A folder with a job of so many items: the first answers are hostile; of 50 items, two fail. */
export async function hostileJob(items: number): Promise<string> {
  const folder = newFolder();
  fs.writeFileSync(path.join(folder, "answer.ts"), MODULE);
  writeLines(
    folder,
    "in.jsonl",
    Array.from(
      { length: items },
      (_, n) => `{"id":"q${n}","n":${n},"q":"question ${n} <b>?</b>","big":12345678901234567890}`,
    ),
  );
  const words = ["run", "in.jsonl", "--id", "id", "--module", "answer.ts", "-o", "out.jsonl", "-q"];
  const ran = await ckpt(folder, [...words, "-j", "8", "--batch-size", "5000"]);
  if (ran.code !== 3) throw new Error(`ckpt run: ${ran.code} ${ran.err}`);
  return folder;
}

export type Viewed = {
  readonly url: string;
  readonly child: ReturnType<typeof start>;
  readonly stop: () => Promise<void>;
};

/** Starts `ckpt view ARGS` and waits until it has said where it is. */
export async function viewed(folder: string, args: readonly string[] = []): Promise<Viewed> {
  const child = start(folder, ["view", "-q", ...args]);
  const reader = child.stdout.getReader();
  let said = "";
  while (!said.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`ckpt view ended: ${await child.stderr.text()}`);
    said += Buffer.from(value).toString();
  }
  const stop = async (): Promise<void> => {
    child.kill();
    await child.exited;
  };
  return { url: said.trim(), child, stop };
}
