// Previews of what is called for an item: characters stand as they are, line ends as ↵, and nothing gets through that a terminal would act on.
// Needs tmux.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { ckpt, newFolder, writeLines } from "../helpers/ckpt.ts";
import { Terminal } from "../helpers/terminal.ts";

setDefaultTimeout(60_000);

/** As Python writes it: everything but ASCII by its number. */
const ASCII = String.raw`{"text":"It\u2019s \u4e2d\u6587 \ud83d\ude00\nnext \u001b[2J \u202eevil","n":9007199254740993}`;
const PLAIN = '{"text":"It’s 中文 😀\\nnext \\u001b[2J \\u202eevil","n":9007199254740993}';
const FIELD = "'It’s 中文 😀↵next \\x1b[2J \\u{202e}evil'";

function folderWith(line: string): string {
  const folder = newFolder();
  writeLines(folder, "q.jsonl", [line]);
  writeLines(folder, "m.ts", ["export function process(item: unknown): unknown {", "  return item;", "}"]);
  return folder;
}

/** Nothing that moves the cursor, or turns the direction of writing. */
function expectSafe(text: string): void {
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
}

const ENDPOINT = ["--model", "m", "--base-url", "http://127.0.0.1:9/v1", "--prompt"];

describe.each(["en", "zh"])("--dry-run in %s", (lang) => {
  test.each<[what: string, shown: string, ...words: string[]]>([
    ["an item in a command", PLAIN, "--", "echo", "{}"],
    ["a field in a command", `echo ${FIELD}`, "--", "echo", "{text}"],
    ["a field in a shell command", `echo ${FIELD}`, "--shell", "echo {text}"],
    ["an item that a module gets", PLAIN, "--module", "m.ts"],
    ["an item that a worker gets", PLAIN, "--worker", "--", "cat"],
    ["a field in a prompt", '"It’s 中文 😀\\nnext \\u001b[2J \\u{202e}evil"', ...ENDPOINT, "{text}"],
    ["an argument of several lines", "printf 'a↵b'", "--", "printf", "a\nb"],
  ])("%s is shown as people read it", async (_what, shown, ...words) => {
    const folder = folderWith(ASCII);
    const ran = await ckpt(folder, ["run", "q.jsonl", "--lang", lang, "--dry-run", ...words]);
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: "" });
    expect(ran.out).toContain(shown);
    expectSafe(ran.out);
  });
});

test("the first item of a run is shown in the same way, on a terminal too", async () => {
  const folder = folderWith(ASCII);
  await using terminal = new Terminal(folder, ["run", "q.jsonl", "--", "echo", "{}", "two\nlines"], {
    columns: 120,
  });
  expect(await terminal.exitCode()).toBe(0);
  expect(terminal.screen()).toContain(`First item: echo '${PLAIN}' 'two↵lines'`);
});

test("what a command gets is what stands in the item", async () => {
  const folder = folderWith(ASCII);
  expect((await ckpt(folder, ["run", "q.jsonl", "-o", "-", "--", "echo", "{}"])).out).toContain(
    JSON.stringify(ASCII).slice(1, -1),
  );
});

test("--dry-run --json has the calls as they will be made", async () => {
  const folder = folderWith(ASCII);
  const ran = await ckpt(folder, ["run", "q.jsonl", "--dry-run", "--json", "--", "echo", "{}", "a\nb"]);
  const { first } = JSON.parse(ran.out) as { readonly first: readonly (readonly string[])[] };
  expect(first).toEqual([[`echo '${ASCII}' 'a\nb'`]]);
});

test.each([["--progress=none"], ["-q"]])(
  "why a run stopped, of several lines, stands on one, with %s",
  async (option) => {
    const folder = folderWith("{}");
    const thrown = 'Object.assign(new Error("no key\\nask for one"), { pause: true, stack: undefined })';
    writeLines(folder, "stops.ts", [`export function process(): never { throw ${thrown}; }`]);
    const ran = await ckpt(folder, ["run", "q.jsonl", option, "--module", "stops.ts"]);
    expect(ran.code).toBe(4);
    expect(ran.err).toContain("(pause, at item #1): Error: no key↵ask for one.");
  },
);
