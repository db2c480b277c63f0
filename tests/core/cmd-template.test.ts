// Values are filled into a text for cmd.exe as one quoted word, or refused. There is no cmd.exe here: a reader of its published rules, and one of the
// C library's, judge what it would run and what the program would get. tests/release runs the real ones under wine.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cmdQuote, windowsWords } from "../../lib/core/cmd-quote.ts";
import { expandCmdTemplate, parseCmdTemplate } from "../../lib/core/cmd-template.ts";
import { jsonItem } from "../helpers/attempts.ts";
import { SEED } from "../helpers/seed.ts";

/** The commands into which cmd.exe parts a line, after it has replaced variables: `&`, `|`, `<`, `>` and line ends count outside of quotes only. */
function cmdReads(line: string, env: { readonly [name: string]: string }): string[] {
  const filled = line.replaceAll(/%([^%]*)%/g, (all, name: string) => env[name] ?? all);
  const commands: string[] = [];
  let command = "";
  let quoted = false;
  for (let at = 0; at < filled.length; at++) {
    const character = filled[at] ?? "";
    if (character === "\n" || character === "\r") break;
    if (character === '"') quoted = !quoted;
    if (!quoted && character === "^") {
      command += filled[++at] ?? "";
      continue;
    }
    if (!quoted && /[&|<>]/.test(character)) {
      commands.push(command);
      command = "";
      continue;
    }
    command += character;
  }
  return [...commands, command];
}

/** What the C library makes of a command line ("Parsing C command-line arguments"). */
function argumentsOf(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quoted = false;
  for (let at = 0; at < line.length;) {
    const [, backslashes = "", quote = ""] = /^(\\*)("?)/.exec(line.slice(at)) ?? [];
    if (quote !== "") {
      word = (word ?? "") + "\\".repeat(backslashes.length >> 1);
      at += backslashes.length + 1;
      if (backslashes.length % 2 === 1) word += '"';
      else if (quoted && line[at] === '"') {
        word += '"';
        at++;
      } else quoted = !quoted;
      continue;
    }
    if (backslashes !== "") {
      word = (word ?? "") + backslashes;
      at += backslashes.length;
      continue;
    }
    const character = line[at++] ?? "";
    if (!quoted && /[ \t]/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? "") + character;
  }
  return word === null ? words : [...words, word];
}

const HOSTILE = [
  "plain",
  "",
  "a b",
  "a & calc",
  "a|b",
  ">x",
  "^",
  "^&calc",
  "(a)",
  "C:\\dir\\",
  "\\\\",
  "a\\b",
  "!PATH!",
  "谁？",
  "it's",
  "--flag",
  "\t",
];
const UNSAFE = ['"', 'a" & calc "', "%PATH%", "50%", "a\ncalc", "a\r", "\u0000", "\u001a", "\u007f"];

function expand(source: string, value: string): string | null {
  const parsed = parseCmdTemplate(source);
  if ("placeholder" in parsed) throw new Error(`${parsed.placeholder} ${parsed.where}`);
  const expansion = expandCmdTemplate(parsed, jsonItem(6, { v: value, w: "W" }));
  return expansion.ok ? expansion.text : null;
}

const CHARACTERS = "a b c \" % & | < > ^ ( ) ! \\ ' ` $ 谁".split(" ").concat(" ", "\t", "\n", "\r");

const TEMPLATES: readonly (readonly [source: string, wanted: (value: string) => string[]])[] = [
  ["prog {v} end", (value) => ["prog", value, "end"]],
  ['prog "{v}" end', (value) => ["prog", value, "end"]],
  ["prog --x={v} end", (value) => ["prog", `--x=${value}`, "end"]],
  ['prog "a {v} b" end', (value) => ["prog", `a ${value} b`, "end"]],
  ['prog "c:\\{v}.txt" end', (value) => ["prog", `c:\\${value}.txt`, "end"]],
  ['prog "{v}\\" end', (value) => ["prog", `${value}" end`]],
  ['prog "{v}{w}" end', (value) => ["prog", `${value}W`, "end"]],
  ['prog "dir\\{v}" end', (value) => ["prog", `dir\\${value}`, "end"]],
];

describe("expandCmdTemplate()", () => {
  test.each(TEMPLATES)("%s: the program gets the value, and cmd runs nothing else", (source, wanted) => {
    let given = 0;
    for (const value of HOSTILE) {
      const text = expand(source, value);
      if (text === null) continue;
      given++;
      expect(cmdReads(text, {})).toEqual([text]);
      expect(argumentsOf(text)).toEqual(wanted(value));
    }
    expect(given).toBeGreaterThanOrEqual(HOSTILE.length - 3);
  });

  test.each(TEMPLATES)("%s: what cmd cannot be told is refused", (source) => {
    for (const value of UNSAFE) expect(expand(source, value)).toBeNull();
  });

  test("any value is given as it is, or refused", () => {
    const value = fc.string({ unit: fc.constantFrom(...CHARACTERS) });
    const template = fc.constantFrom(...TEMPLATES);
    const property = fc.property(template, value, ([source, wanted], text) => {
      const line = expand(source, text);
      if (line === null) return;
      expect(cmdReads(line, { a: '" & calc & "' })).toEqual([line]);
      expect(argumentsOf(line)).toEqual(wanted(text));
    });
    fc.assert(property, { seed: SEED, numRuns: 3000 });
  });

  test("a pipe of the text itself is a pipe", () => {
    expect(cmdReads(expand("echo {v} | findstr x", "a|b") ?? "", {})).toEqual(['echo "a|b" ', " findstr x"]);
  });

  test("a line longer than cmd takes is refused", () => {
    const parsed = parseCmdTemplate("echo {v}");
    if ("placeholder" in parsed) throw new Error("refused");
    const item = jsonItem(0, { v: "x".repeat(8191) });
    expect(expandCmdTemplate(parsed, item)).toEqual({ ok: false, length: 8191 + 7 });
    expect(expandCmdTemplate(parsed, jsonItem(0, {}))).toEqual({ ok: false, missing: ["v"] });
  });
});

test.each([
  ["echo %PATH% {v}", "after %"],
  ['echo "%x%" "{v}"', "after %"],
  ["for %i in (a b) do echo {v}", "reads parts again"],
  ['cmd /c "echo {v}"', "reads parts again"],
  ["C:\\Windows\\System32\\cmd.exe /c {v}", "reads parts again"],
  ["call x.bat {v}", "reads parts again"],
  ["echo a&call x.bat {v}", "reads parts again"],
  ["echo ^{v}", "after ^"],
  ["echo a\\{v}", "after a backslash"],
  ['echo "a"{v}', "beside a quote"],
  ['echo {v}"a"', "beside a quote"],
  ["echo {v}{w}", "another placeholder"],
  ["echo {v}\necho b", "line break (cmd reads one line)"],
  ["echo a\necho b", "line break (cmd reads one line)"],
])("parseCmdTemplate() refuses %j", (source, why) => {
  const parsed = parseCmdTemplate(source);
  expect("placeholder" in parsed ? `${parsed.placeholder} ${parsed.where}` : "taken").toContain(why);
});

test.each([
  "echo ^^{v}",
  "recall {v}",
  "cmdtool {v}",
  "echo {v} %PATH%",
  "echo hi",
  "echo 100% > a.txt",
  "force {v} & start2 {w}",
])("parseCmdTemplate() takes %j", (source) => {
  expect(parseCmdTemplate(source)).toContainKey("template");
});

test("cmdQuote() gives one word, or null", () => {
  for (const value of HOSTILE) expect(argumentsOf(`p ${cmdQuote(value)} end`)).toEqual(["p", value, "end"]);
  for (const value of UNSAFE) expect(cmdQuote(value)).toBeNull();
});

test("windowsWords() quotes what needs it and gives the same arguments back", () => {
  expect(windowsWords(["C:\\bin\\ckpt.exe", "run", "a b.txt", "--x=1"])).toBe(
    'C:\\bin\\ckpt.exe run "a b.txt" --x=1',
  );
  const values = ["p", ...HOSTILE, 'say "hi"', 'a\\"', '"', "end"];
  expect(argumentsOf(windowsWords(values))).toEqual(values);
});
