// Long texts are cut between whole characters, whatever they are cut for: no half of an emoji stands in the log, the results or the status, where
// jq and strict readers of JSON would stop. A half that an answer itself holds is kept.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { type MockEndpoint, mockEndpoint, type Reply } from "../helpers/mock-endpoint.ts";

setDefaultTimeout(60_000);

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

/** Half a surrogate pair as an escape of JSON, and as a screen shows one; U+FFFD, which stands for a half in UTF-8. */
const HALF =
  /\\ud[89ab][0-9a-f]{2}(?!\\ud[c-f])|(?<!\\ud[89ab][0-9a-f]{2})\\ud[c-f][0-9a-f]{2}|\\u\{d[89a-f][0-9a-f]{2}\}|\ufffd/gi;

const halves = (text: string): string[] => text.match(HALF) ?? [];

/** Everything in a folder, checkpoint included. */
function contents(folder: string): string {
  const names = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => fs.statSync(path.join(folder, name)).isFile());
  return files
    .filter((name) => !name.endsWith(".db") && !name.endsWith("lock"))
    .map((name) => read(folder, name))
    .join("\n");
}

async function serve(reply: Reply): Promise<string> {
  mock = await mockEndpoint({ reply: () => reply });
  return mock.url;
}

/** An emoji astride the place where a text is cut after so many units, and enough behind it. */
const astride = (length: number): string => `${"z".repeat(length - 1)}${"😀".repeat(2000)}`;
/** A program that writes that text, of an astride length in its argument, to standard error, and fails. */
const FAILING = `printf %s "$1" >&2; exit 1`;

const QUIET = ["-q", "--progress", "none", "-o", "out.jsonl"];

describe("no half of a character stands", () => {
  const kept = async (args: readonly string[], line = "item"): Promise<string> => {
    const folder = newFolder();
    writeLines(folder, "in.txt", [line]);
    writeLines(folder, "q.jsonl", [JSON.stringify({ question: line })]);
    const ran = await ckpt(folder, ["run", ...args]);
    const shown = await ckpt(folder, ["info", "--json"]);
    const info = await ckpt(folder, ["info"]);
    expect(ran.code).toBe(3);
    return `${ran.out}${ran.err}${shown.out}${info.out}\n${contents(folder)}`;
  };

  test.each<[what: string, args: readonly string[]]>([
    ["the reason that a command gives", ["in.txt", ...QUIET, "--", "sh", "-c", FAILING, "-", astride(200)]],
    [
      "a worker's line",
      ["in.txt", ...QUIET, "--worker", "--", "sh", "-c", 'printf "%s\\n" "$1"; cat', "-", astride(80)],
    ],
    [
      "why a worker ended",
      ["in.txt", ...QUIET, "--worker", "--", "sh", "-c", `read -r line; ${FAILING}`, "-", astride(200)],
    ],
    ["a command in the status", ["in.txt", ...QUIET, "--", "false", astride(300 - "false ''".length + 1)]],
    ["a part of the fingerprint", ["in.txt", ...QUIET, "--", "false", astride(119 - "false '".length)]],
    ["a shell's text", ["in.txt", ...QUIET, "--shell", `false # ${astride(300 - "false # ".length)}`]],
  ])("of %s", async (_, args) => {
    const all = await kept(args);
    expect(halves(all)).toEqual([]);
  });

  test("of what a module throws", async () => {
    const folder = newFolder();
    writeLines(folder, "in.txt", ["item"]);
    writeLines(folder, "m.ts", [
      `export function process() { throw new Error("y".repeat(${4096 - "Error: ".length - 1}) + "😀 tail"); }`,
    ]);
    expect((await ckpt(folder, ["run", "in.txt", ...QUIET, "--module", "m.ts"])).code).toBe(3);
    expect(halves(contents(folder))).toEqual([]);
  });

  test("of an endpoint's error, wherever the cut falls", async () => {
    for (const shift of [0, 1]) {
      const url = await serve({
        kind: "status",
        status: 400,
        error: { message: `${"x".repeat(shift)}${"😀".repeat(3000)}` },
      });
      const all = await kept([
        "q.jsonl",
        "--model",
        "m",
        "--prompt",
        "{question}",
        "--base-url",
        url,
        ...QUIET,
      ]);
      expect(halves(all)).toEqual([]);
      await mock?.stop();
    }
  });

  test.each(["en", "zh"])("of a bad line of the input, in the message about it (%s)", async (lang) => {
    for (const shift of [0, 1]) {
      const folder = newFolder();
      const text = `${"x".repeat(shift)}${"😀".repeat(200)}`;
      writeLines(folder, "in.jsonl", [text]);
      fs.writeFileSync(path.join(folder, "in.json"), text);
      for (const input of ["in.jsonl", "in.json"]) {
        const ran = await ckpt(folder, ["run", input, "--lang", lang, "--", "cat"]);
        expect(ran.code).toBe(2);
        expect(ran.err).toContain("😀…");
        expect(halves(ran.err)).toEqual([]);
      }
    }
  });
});

describe("half a character that an answer holds is kept exactly in the log, and is U+FFFD in what other programs read:", () => {
  // Beside the halves stands what must keep its bytes: a pair of escapes, and a text that speaks of escapes.
  const MODULE = String.raw`export const process = () => ["smile \ud83d", "\ude00", "\\ud83d"];`;
  const ANSWER = String.raw`{"index":0,"output":["smile \ud83d","\ude00","\\ud83d"]}`;

  /** The arguments that make an item's output `["smile \ud83d", "\ude00", "\\ud83d"]`. */
  const ways: [what: string, args: () => Promise<string[]>][] = [
    [
      "of a chat endpoint",
      async () => {
        const url = await serve({ kind: "answer", content: String.raw`["smile \ud83d","\ude00","\\ud83d"]` });
        return ["--model", "m", "--prompt", "{q}", "--base-url", url, "--parse", "json"];
      },
    ],
    [
      "of a command",
      () =>
        Promise.resolve([
          "--parse",
          "json",
          "--",
          "printf",
          "%s",
          String.raw`["smile \uD83D","\uDE00","\\ud83d"]`,
        ]),
    ],
    ["of a module", () => Promise.resolve(["--module", "m.ts"])],
    [
      "of a worker",
      () =>
        Promise.resolve([
          "--worker",
          "--",
          "sh",
          "-c",
          'read -r line; printf "%s\\n" "$1"; cat',
          "-",
          ANSWER,
        ]),
    ],
  ];
  const OUTPUT = ["smile \ud83d", "\ude00", String.raw`\ud83d`];
  const READ = ["smile \ufffd", "\ufffd", String.raw`\ud83d`];
  const RECORDED = String.raw`"output":["smile \ud83d","\ude00","\\ud83d"]`;

  test.each(ways)("%s", async (_, args) => {
    const folder = newFolder();
    // The id and a field have halves, too, and a pair that is written as escapes.
    const field = String.raw`"note":"\uD83D\uDE00 \uD83D \\ud83d"`;
    writeLines(folder, "q.jsonl", [String.raw`{"id":"a\ude00","q":"?",${field}}`, `{"id":"b","q":"?"}`]);
    writeLines(folder, "m.ts", [MODULE]);
    const words = ["-o", "out.jsonl", "-q", "--id", "id", "-j", "1"];
    expect((await ckpt(folder, ["run", "q.jsonl", "--limit", "1", ...words, ...(await args())])).code).toBe(
      4,
    );
    const record = read(folder, `checkpoints/checkpoint_results.jsonl`);
    expect(record).toContain(RECORDED);
    expect((JSON.parse(record) as { output: string[] }).output).toEqual(OUTPUT);

    const line = (await ckpt(folder, ["export", "--include-input"])).out;
    expect(line).toContain(String.raw`"note":"\uD83D\uDE00 \ufffd \\ud83d"`);
    expect(JSON.parse(line)).toMatchObject({ id: "a\ufffd", output: READ });
    expect((await ckpt(folder, ["export", "--include-input", "--json"])).out).toBe(
      `[\n${line.trimEnd()}\n]\n`,
    );
    for (const name of ["x.csv", "x.tsv"]) {
      expect((await ckpt(folder, ["export", "--include-input", "-o", name])).code).toBe(0);
      const cells = read(folder, name).replaceAll('""', '"');
      expect(cells).toContain(String.raw`["smile \ufffd","\ufffd","\\ud83d"]`);
      expect(cells).toContain("😀 � \\ud83d");
      expect(cells).toContain("a�");
    }
  });

  test("a text longer than what is written at once", async () => {
    const content = `${"x".repeat(300_000)}\ud83d${"y".repeat(300_000)}`;
    const url = await serve({ kind: "answer", content });
    const folder = newFolder();
    writeLines(folder, "q.jsonl", ['{"q":"?"}', '{"q":"!"}']);
    const args = ["--model", "m", "--prompt", "{q}", "--base-url", url];
    expect((await ckpt(folder, ["run", "q.jsonl", ...args, "-q", "-o", "out.json"])).code).toBe(0);
    const outputs = (JSON.parse(read(folder, "out.json")) as { output: string }[]).map(
      ({ output }) => output,
    );
    expect(outputs).toEqual([content.toWellFormed(), content.toWellFormed()]);
  });

  test("an error", async () => {
    const url = await serve({ kind: "status", status: 400, error: { message: "half \ud83d" } });
    const folder = newFolder();
    writeLines(folder, "q.jsonl", ['{"q":"?"}']);
    const args = ["--model", "m", "--prompt", "{q}", "--base-url", url, "--progress", "json", "--json"];
    const ran = await ckpt(folder, ["run", "q.jsonl", ...args, "-o", "out.jsonl"]);
    expect(ran.code).toBe(3);
    const info = await ckpt(folder, ["info", "--json"]);
    const status = read(folder, "checkpoints/processing_status.json");
    for (const text of [ran.out, ran.err, info.out, read(folder, "out.jsonl"), status]) {
      expect(text).toMatch(/HTTP 400: half (?:�|\\ufffd)"/);
      expect(text).not.toMatch(/\\ud83d/i);
    }
  });
});
