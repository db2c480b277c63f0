// Items, ids, fields, names of files and answers that hold line ends, escape sequences and what a shell would act on: commands get them to the byte,
// outputs give them back exactly, and nothing of them reaches a terminal raw.
// Needs python3, tmux.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import Papa from "papaparse";
import { ckpt, newFolder, read, type Ran, writeLines } from "../helpers/ckpt.ts";
import { Terminal } from "../helpers/terminal.ts";

setDefaultTimeout(60_000);

/** Clears the screen, hides what follows, sets the title, goes back in the line, turns the direction of writing. */
const SEQUENCES = "\x1b[2J\x1b[H\x1b[8m\x1b]0;taken\x07\r\u202eevil\u009b31m";
const HOSTILE: readonly string[] = [
  `one ${SEQUENCES}`,
  "two\nlines\r\n and\ttabs",
  "$(touch owned) `touch owned` ; touch owned & | > owned",
  "'quotes\" and \\ backslashes {id} {} {#} {{}} ${HOME}",
  "-rf --help -- *",
  "",
  "=1+1",
  "答案 🔢 \u{10ffff}",
];

function newInput(name: string): string {
  const folder = newFolder();
  writeLines(
    folder,
    name,
    HOSTILE.map((text) =>
      JSON.stringify({ [`f ${SEQUENCES}`]: 1, "$(touch owned)": 2, id: `${text}!`, text }),
    ),
  );
  return folder;
}

/** No control character but the line's end; with `\r` where a line is drawn anew there would be one too. */
function expectSafe({ out, err }: Ran): void {
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  expect(`${out}${err}`).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
}

const PYTHON = "import sys,json;json.dump(sys.argv[1:]+[json.loads(sys.stdin.read())['text']],sys.stdout)";

describe("a hostile item", () => {
  test("is given to a command literally, as an argument and on standard input, and comes back exactly", async () => {
    const folder = newInput("q.jsonl");
    const ran = await ckpt(folder, [
      "run",
      "q.jsonl",
      "--id",
      "id",
      "--parse",
      "json",
      "--",
      "python3",
      "-c",
      PYTHON,
      "{text}",
      "{id}",
      "<{text}>",
    ]);
    expect(ran.code).toBe(0);
    expectSafe({ ...ran, out: "" });
    const outputs = read(folder, "q.results.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(outputs.map(({ id, output }) => [id, output])).toEqual(
      HOSTILE.map((text) => [`${text}!`, [text, `${text}!`, `<${text}>`, text]]),
    );
    expect(fs.existsSync(path.join(folder, "owned"))).toBe(false);
  });

  test("is filled into a shell's text quoted, and nothing of it is run", async () => {
    const folder = newInput("q.jsonl");
    const ran = await ckpt(folder, [
      "run",
      "q.jsonl",
      "--shell",
      "printf %s {text}; printf %s {id} > /dev/null",
    ]);
    expect(ran.code).toBe(0);
    const outputs = read(folder, "q.results.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).output);
    expect(outputs).toEqual(HOSTILE.map((text) => text.replace(/\r?\n$/, "")));
    expect(fs.existsSync(path.join(folder, "owned"))).toBe(false);
  });

  test("is shown escaped wherever it is shown: plan, first command, failures, dry run, info, list, verify, errors", async () => {
    const name = `q ${SEQUENCES.replaceAll("/", "")}.jsonl`;
    const folder = newInput(name);
    const fail = ["run", name, "--id", "id", "--", "sh", "-c", 'printf %s "$1" >&2; exit 3', "sh", "{text}"];
    const calls: readonly (readonly string[])[] = [
      [...fail, "--dry-run"],
      fail,
      ["info"],
      ["backup", "mine"],
      ["list"],
      ["verify"],
      ["clear", "--dry-run"],
      ["run", `missing ${SEQUENCES}`, "--", "true"],
      ["run", name, "--", "echo", `{no ${SEQUENCES}}`],
      ["run", name, "--id", `no ${SEQUENCES}`, "--", "true"],
      [`no ${SEQUENCES}`],
      ["restore", `no ${SEQUENCES}`],
      ["run", name, `--no${SEQUENCES}`],
      ["info", "--dir", `no ${SEQUENCES}`],
      ["run", name, "--module", `no ${SEQUENCES}`],
      ["run", name, "-o", `no ${SEQUENCES}/x.jsonl`, "--dir", "other", "--", "true"],
    ];
    for (const args of calls) {
      const ran = await ckpt(folder, args);
      expectSafe(ran);
      expect(ran.err).not.toContain("internal error");
    }
  });

  test("cannot act on a terminal: nothing is cleared, hidden or renamed", async () => {
    const folder = newInput("q.jsonl");
    await using terminal = new Terminal(
      folder,
      ["run", "q.jsonl", "--id", "id", "--", "sh", "-c", 'printf %s "$1" >&2; exit 3', "sh", "{text}"],
      { columns: 120 },
    );
    expect(await terminal.exitCode()).toBe(3);
    const screen = terminal.screen();
    expect(screen).toContain("First item:");
    expect(screen).toContain(String.raw`\x1b[2J\x1b[H`);
    expect(screen).toContain("Finished: 0 of 8 items done");
  });
});

test("what a worker or a module answers is shown escaped too", async () => {
  const folder = newFolder();
  writeLines(folder, "q.txt", ["a", "b"]);
  writeLines(folder, "m.ts", [
    `export function process() { throw new Error(${JSON.stringify(SEQUENCES)}); }`,
  ]);
  writeLines(folder, "w.py", [
    "import sys,json",
    "for line in sys.stdin:",
    `  print(json.dumps({"index":json.loads(line)["index"],"error":${JSON.stringify(SEQUENCES)}}),flush=True)`,
  ]);
  for (const [dir, ...processor] of [
    ["m", "--module", "m.ts"],
    ["w", "--worker", "--", "python3", "w.py"],
  ] as const) {
    const ran = await ckpt(folder, ["run", "q.txt", "--dir", dir, "-o", `${dir}.jsonl`, ...processor]);
    expect(ran.code).toBe(3);
    expectSafe(ran);
    expectSafe(await ckpt(folder, ["info", "--dir", dir]));
  }
});

describe("cells that a spreadsheet would take for a formula", () => {
  const cells = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "\t=1",
    '="a,b"',
    "=1\n=2",
    "|x",
    "%x",
    "＝1",
  ];

  test.each(["csv", "tsv"])(
    "are kept to the byte in %s, read as items and written as results",
    async (format) => {
      const folder = newFolder();
      const delimiter = format === "csv" ? "," : "\t";
      fs.writeFileSync(
        path.join(folder, `q.${format}`),
        Papa.unparse([["=id", "cell"], ...cells.map((cell, at) => [`=${at}`, cell])], { delimiter }),
      );
      const out = `out.${format}`;
      const ran = await ckpt(folder, [
        "run",
        `q.${format}`,
        "--id",
        "=id",
        "--include-input",
        "-o",
        out,
        "--shell",
        "printf %s {cell}; printf .",
        "--parse",
        "text",
      ]);
      expect({ code: ran.code, err: ran.code === 0 ? "" : ran.err }).toEqual({ code: 0, err: "" });
      const { data } = Papa.parse<{ readonly [name: string]: string }>(read(folder, out), {
        header: true,
        delimiter,
        skipEmptyLines: true,
      });
      expect(data.map((row) => [row["id"], row["output"], row["cell"]])).toEqual(
        cells.map((cell, at) => [`=${at}`, `${cell}.`, cell]),
      );
      // What was written is an input again, with the same cells.
      const again = await ckpt(folder, [
        "run",
        out,
        "--dir",
        "again",
        "-o",
        "again.jsonl",
        "--shell",
        "printf %s {cell}; printf .",
      ]);
      expect(again.code).toBe(0);
      const outputs = read(folder, "again.jsonl")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).output);
      expect(outputs).toEqual(cells.map((cell) => `${cell}.`));
    },
  );
});
