// Lines that are typed into real shells and completed there: what each shell makes of every answer, and that nothing on the line is run.
// Needs tmux.
import { beforeAll, describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { gzipSync } from "node:zlib";
import { sharedFiles } from "../../scripts/manual.ts";
import { ckpt, newFolder, writeLines } from "../helpers/ckpt.ts";
import { InteractiveShell, type ShellName } from "../helpers/interactive-shell.ts";
import { testUnless } from "../helpers/test-unless.ts";

const SHELLS: readonly ShellName[] = ["bash", "zsh", "fish"];
const missing = (shell: ShellName): string[] =>
  Bun.which(shell) === null ? [`${shell} is not installed`] : [];
const BASH_COMPLETION = "/usr/share/bash-completion/bash_completion";

let folder = "";
let scripts: { readonly [S in ShellName]: string };

/** Names that a shell could run, cut or expand. */
const NAMES = {
  substitution: "hostile$(touch x).jsonl",
  backquotes: "hash`touch x`.jsonl",
  lines: "line\nend 'q' \"d\".jsonl",
  signs: "bang!a&b;c|d*[e]{f,g}#h.jsonl",
  blanks: "my data.csv",
};

const ODD = ["odd $(touch x):y", "strange\\ `touch x`"];

beforeAll(async () => {
  folder = newFolder();
  writeLines(folder, "questions.jsonl", [
    '{"id":"q1","question":"a","meta":{"level":1},"it is $(touch x)":2,"back `touch x`":"b"}',
  ]);
  for (const name of Object.values(NAMES)) writeLines(folder, name, ["name;two words", "1;2"]);
  fs.writeFileSync(path.join(folder, "packed.jsonl.gz"), gzipSync('{"inside":1}\n'));
  for (const name of ["notes.md", "job.toml", "answer.ts", "quick.txt"])
    fs.writeFileSync(path.join(folder, name), "");
  fs.mkdirSync(path.join(folder, "sub dir"));
  writeLines(folder, "sub dir/deep.txt", ["a"]);
  expect((await ckpt(folder, ["run", "quick.txt", "--", "cat"])).code).toBe(2); // empty: nothing comes of it
  writeLines(folder, "quick.txt", ["a", "b"]);
  expect((await ckpt(folder, ["run", "quick.txt", "--limit", "1", "-q", "--", "cat"])).code).toBe(4);
  for (const name of ["before_prompt", "evening"])
    expect((await ckpt(folder, ["backup", name, "-q"])).code).toBe(0);
  // As nobody could name one by ckpt.
  const backups = path.join(folder, "checkpoints/backups");
  for (const name of ODD)
    fs.cpSync(path.join(backups, "evening"), path.join(backups, name), { recursive: true });
  fs.mkdirSync(path.join(backups, "bare `touch x`"));
  const printed = await Promise.all(SHELLS.map((shell) => ckpt(folder, ["completion", shell])));
  const files = printed.map(({ out, code }, at) => {
    expect(code).toBe(0);
    return writeLines(newFolder(), `ckpt.${SHELLS[at]}`, [out]);
  });
  scripts = { bash: `source '${files[0]}'`, zsh: `source '${files[1]}'`, fish: `source '${files[2]}'` };
});

/** A line, what it becomes, and what is typed behind in the shells that leave a quote open there. */
type Case = readonly [line: string, words: readonly string[], open?: { readonly [S in ShellName]?: string }];

const ZSH_OPEN = { zsh: "'" };
const CASES: readonly Case[] = [
  ["ckpt ver", ["ver"]], // verify and version
  ["ckpt veri", ["verify"]],
  ["ckpt help verif", ["help", "verify"]],
  ["ckpt completion fi", ["completion", "fish"]],
  ["ckpt run questions.jsonl --base", ["run", "questions.jsonl", "--base-url"]],
  ["ckpt run questions.jsonl --import quest", ["run", "questions.jsonl", "--import", "questions.jsonl"]],
  ["ckpt run questions.jsonl --import-o", ["run", "questions.jsonl", "--import-output"]],
  [
    "ckpt run questions.jsonl --import my\\ data.csv --import-id two",
    ["run", "questions.jsonl", "--import", NAMES.blanks, "--import-id", "two words"],
  ],
  [
    "ckpt run quick.txt --import questions.jsonl --import-output met",
    ["run", "quick.txt", "--import", "questions.jsonl", "--import-output", "meta"],
  ],
  ["ckpt run questions.jsonl --no-r", ["run", "questions.jsonl", "--no-resume"]],
  ["ckpt run questions.jsonl --parse js", ["run", "questions.jsonl", "--parse", "json"]],
  ["ckpt run questions.jsonl --parse=js", ["run", "questions.jsonl", "--parse=json"]],
  ["ckpt run questions.jsonl -j au", ["run", "questions.jsonl", "-j", "auto"]],
  ["ckpt run questions.jsonl -jau", ["run", "questions.jsonl", "-jauto"]],
  ["ckpt run questions.jsonl --delimiter semi", ["run", "questions.jsonl", "--delimiter", "semicolon"]],
  [
    "ckpt run questions.jsonl --fail-on length,ref",
    ["run", "questions.jsonl", "--fail-on", "length,refusal"],
  ],
  ["ckpt run questions.jsonl --config jo", ["run", "questions.jsonl", "--config", "job.toml"]],
  ["ckpt run questions.jsonl --module=ans", ["run", "questions.jsonl", "--module=answer.ts"]],
  ["ckpt run que", ["run", "questions.jsonl"]],
  ["ckpt run not", ["run", "notes.md"]], // where nothing else fits
  ["ckpt run my", ["run", NAMES.blanks]],
  ["ckpt run hos", ["run", NAMES.substitution]],
  ['ckpt run "hos', ["run", NAMES.substitution]],
  ["ckpt run has", ["run", NAMES.backquotes]],
  ["ckpt run lin", ["run", NAMES.lines]],
  ["ckpt run ban", ["run", NAMES.signs]],
  ["ckpt run 'ban", ["run", NAMES.signs]],
  ["ckpt run sub\\ dir/de", ["run", "sub dir/deep.txt"]],
  ["ckpt run --prompt @my", ["run", "--prompt", "@my data.csv"]],
  ["ckpt run --prompt=@my", ["run", "--prompt=@my data.csv"]],
  ["ckpt run my\\ data.csv --id two", ["run", NAMES.blanks, "--id", "two words"]],
  ["ckpt run packed.jsonl.gz --id in", ["run", "packed.jsonl.gz", "--id", "inside"]],
  ["ckpt run questions.jsonl --id que", ["run", "questions.jsonl", "--id", "question"]],
  ["ckpt run questions.jsonl --where met", ["run", "questions.jsonl", "--where", "meta.level"]],
  ["ckpt run questions.jsonl --sam", ["run", "questions.jsonl", "--sample"]],
  ["ckpt run questions.jsonl --id=met", ["run", "questions.jsonl", "--id=meta.level"]],
  ["ckpt run questions.jsonl --id it", ["run", "questions.jsonl", "--id", "it is $(touch x)"]],
  ["ckpt run questions.jsonl --id='it", ["run", "questions.jsonl", "--id=it is $(touch x)"]],
  ['ckpt run questions.jsonl --id="back', ["run", "questions.jsonl", "--id=back `touch x`"]],
  [
    "ckpt run questions.jsonl --model m --prompt 'Say: {que",
    ["run", "questions.jsonl", "--model", "m", "--prompt", "Say: {question}"],
    ZSH_OPEN,
  ],
  [
    "ckpt run questions.jsonl --shell 'echo {meta.",
    ["run", "questions.jsonl", "--shell", "echo {meta.level}"],
    ZSH_OPEN,
  ],
  [
    "ckpt run questions.jsonl -- echo '{que",
    ["run", "questions.jsonl", "--", "echo", "{question}"],
    ZSH_OPEN,
  ],
  ["ckpt run questions.jsonl -- mkfif", ["run", "questions.jsonl", "--", "mkfifo"]],
  ["ckpt run questions.jsonl -- ls my", ["run", "questions.jsonl", "--", "ls", NAMES.blanks]],
  ["ckpt backup --delete bef", ["backup", "--delete", "before_prompt"]],
  ["ckpt restore eve", ["restore", "evening"]],
  ["ckpt restore odd", ["restore", "odd $(touch x):y"]],
  ["ckpt restore str", ["restore", "strange\\ `touch x`"]],
  ["ckpt backup --delete x bef", ["backup", "--delete", "x", "before_prompt"]],
  ["ckpt backup --delete='odd", ["backup", "--delete=odd $(touch x):y"]],
  ["ckpt verify bare", ["verify", "bare `touch x`"]],
  ["ckpt restore late", ["restore", "latest"]],
  ["ckpt verify --dir sub\\ d", ["verify", "--dir", "sub dir/"]],
  ["ckpt diff eve", ["diff", "evening"]],
  ["ckpt diff evening quest", ["diff", "evening", "questions.jsonl"]],
  ["ckpt diff evening late", ["diff", "evening", "latest"]],
  ["ckpt export -o so.csv --la", ["export", "-o", "so.csv", "--lang"]],
];

describe.each(SHELLS)("%s", (shell) => {
  const open = (setUp: string = "", env: Readonly<Record<string, string>> = {}): Promise<InteractiveShell> =>
    new InteractiveShell(shell, folder, `${setUp}\n${scripts[shell]}`, env).ready();

  testUnless(missing(shell), "completes every kind of value, in its own quotes", async () => {
    await using terminal = await open();
    for (const [line, words, behind] of CASES) {
      const became = await terminal.completed(line, behind?.[shell]);
      // zsh takes the slash behind a folder back when the line is entered.
      const shown = became.map((word) => (word === "sub dir" ? "sub dir/" : word));
      expect({ line, words: shown }).toEqual({ line, words: [...words] });
    }
    expect(fs.existsSync(path.join(folder, "x"))).toBe(false);
  });

  testUnless(missing(shell), "a path may begin with ~", async () => {
    await using terminal = await open();
    writeLines(terminal.home, "at home.jsonl", ["{}"]);
    expect(await terminal.completed("ckpt run ~/at")).toEqual([
      "run",
      path.join(terminal.home, "at home.jsonl"),
    ]);
  });

  testUnless(missing(shell), "runs nothing that stands on the line", async () => {
    await using terminal = await open();
    const lines = [
      "ckpt run $(touch x) questions.jsonl --base",
      'ckpt run "$(touch x)" questions.jsonl --base',
      "ckpt run --dir $(touch x) questions.jsonl --base",
      ...(shell === "fish" ? ["ckpt run (touch x) questions.jsonl --base"] : []),
      ...(shell === "fish"
        ? []
        : ["ckpt run `touch x` questions.jsonl --base", "ckpt run ${y:=$(touch x)} ${P@P} --base"]),
      "ckpt run --config '$(touch x)' --base",
    ];
    for (const line of lines) await terminal.lists(line, line.replace("--base", "--base-url"));
    for (const line of [
      "ckpt run questions.jsonl --id='$(touch x)",
      "ckpt run '$(touch x)",
      "ckpt run q -- ls '`touch x`",
    ]) {
      // The shell has seen to the Tab when what is typed behind it is run.
      terminal.type(line);
      terminal.press("Tab", "C-u");
      expect(await terminal.completed("ckpt veri")).toEqual(["verify"]);
    }
    expect(fs.existsSync(path.join(folder, "x"))).toBe(false);
  });

  testUnless(
    missing(shell),
    "lists only options that may still be given, with what they are for in the person's language",
    async () => {
      await using terminal = await open("", { CKPT_LANG: "zh" });
      const screen = await terminal.lists(
        "ckpt run questions.jsonl --retries 3 --model m --re",
        "--retry-max-delay",
      );
      expect(screen).toContain("--retry-delay");
      expect(
        screen
          .split("\n")
          .filter((row) => !row.includes("ckpt run"))
          .join("\n"),
      ).not.toContain("--retries");
      if (shell !== "bash") expect(screen).toContain("重试前的等待时间");
      const others = await terminal.lists("ckpt run questions.jsonl --model m --s", /--system/);
      expect(others).not.toContain("--shell");
    },
  );

  testUnless(missing(shell), "hands the command behind -- to its own completion", async () => {
    const own = {
      bash: `source ${BASH_COMPLETION}; complete -W 'alpha beta' mine`,
      zsh: "autoload -Uz compinit; compinit -u -D; _mine() { compadd alpha beta }; compdef _mine mine",
      fish: "complete -c mine -f -a 'alpha beta'",
    };
    if (shell === "bash" && !fs.existsSync(BASH_COMPLETION))
      throw new Error("bash-completion is not installed");
    await using terminal = await open(own[shell]);
    expect(await terminal.completed("ckpt run questions.jsonl --id id -- mine al")).toEqual([
      "run",
      "questions.jsonl",
      "--id",
      "id",
      "--",
      "mine",
      "alpha",
    ]);
    expect(await terminal.completed("ckpt run questions.jsonl -- mkfif")).toEqual([
      "run",
      "questions.jsonl",
      "--",
      "mkfifo",
    ]);
    // A value that looks like the end of ckpt's own words is none.
    expect(await terminal.completed("ckpt run questions.jsonl --prompt=-- -- mine al")).toContain("alpha");
    await terminal.lists("ckpt run questions.jsonl -- mine $(touch x) al", "$(touch x) alpha");
    expect(fs.existsSync(path.join(folder, "x"))).toBe(false);
  });
});

test("an input that becomes huge when it is unpacked makes ckpt wait no longer than a moment", async () => {
  // A million bytes of this are hours of work.
  const frame = Bun.zstdCompressSync(Buffer.alloc(1 << 26, "\n"), { level: 19 });
  const file = path.join(newFolder(), "bomb.jsonl.zst");
  fs.writeFileSync(
    file,
    Buffer.concat(Array.from({ length: Math.ceil((1 << 20) / frame.length) }, () => frame)),
  );
  const { code, out } = await ckpt(newFolder(), ["__complete", "bash", "=", `ckpt run ${file} --id `]);
  expect({ code, out }).toEqual({ code: 0, out: "words\n" });
});

test("a shell that it does not know gets no answer, and no message", async () => {
  for (const words of [["__complete"], ["__complete", "csh", "ckpt "], ["__complete", "bash"]])
    expect(await ckpt(newFolder(), words)).toMatchObject({ code: 0, err: "" });
});

describe.each(SHELLS)("%s, where a package has put the script", (shell) => {
  testUnless(missing(shell), "finds it at the first Tab", async () => {
    const share = newFolder();
    for (const [name, content] of sharedFiles("2026-11-28")) {
      fs.mkdirSync(path.join(share, path.dirname(name)), { recursive: true });
      fs.writeFileSync(path.join(share, name), content);
    }
    const setUp = {
      bash: `BASH_COMPLETION_USER_DIR='${share}/bash-completion'; source ${BASH_COMPLETION}`,
      zsh: `fpath=('${share}/zsh/vendor-completions' $fpath); autoload -Uz compinit; compinit -u -D`,
      fish: `set fish_complete_path '${share}/fish/vendor_completions.d'`,
    };
    await using terminal = await new InteractiveShell(shell, folder, setUp[shell]).ready();
    expect(await terminal.completed("ckpt run que")).toEqual(["run", "questions.jsonl"]);
    expect(await terminal.completed("ckpt veri")).toEqual(["verify"]);
  });
});

test("ckpt completion refuses a shell that it does not know, and names those it knows", async () => {
  const ran = await ckpt(newFolder(), ["completion", "csh"]);
  expect(ran.code).toBe(2);
  expect(ran.err).toContain("bash, zsh, fish");
});

test("the script for bash needs nothing that bash 3.2 has not", () => {
  const script = fs.readFileSync(path.resolve(import.meta.dir, "../../lib/cli/completion/ckpt.bash"), "utf8");
  const code = script.replaceAll(/^\s*#.*$/gm, "");
  expect(code).not.toMatch(
    /declare -A|local -A|local -n|mapfile|readarray|\[-1\]|\$\{[^}]*(?:,,|\^\^|@Q)|\|&|&>>|printf -v/,
  );
  for (const line of code.split("\n").filter((each) => each.includes("compopt")))
    expect(line).toContain("2>/dev/null");
});
