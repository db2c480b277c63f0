// Values are filled into shell text as one quoted word, wherever the placeholder stands, or the template is refused. The shell itself
// judges: a value must come out as it went in, and none may be run.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { expandShellTemplate, parseShellTemplate } from "../../lib/core/shell-template.ts";
import { jsonItem } from "../helpers/attempts.ts";
import { newFolder } from "../helpers/ckpt.ts";

/** What a text redirects into a file is to land here. */
const cwd = newFolder();

const SHELLS = ["/bin/sh", "/bin/bash"].filter((shell) => Bun.which(shell) !== null);

const HOSTILE: readonly string[] = [
  "plain",
  "",
  "it's",
  `"; echo INJECTED; "`,
  "'; echo INJECTED; '",
  "$(echo INJECTED)",
  "`echo INJECTED`",
  "\\",
  "a\necho INJECTED\n",
  "$HOME ${HOME} * ~ # \\'",
  ") echo INJECTED; (",
  "谁？",
];

function expand(source: string, value: string): string {
  const parsed = parseShellTemplate(source);
  if ("placeholder" in parsed) return `refused: ${parsed.placeholder} ${parsed.where}`;
  const expansion = expandShellTemplate(parsed, jsonItem(6, { v: value }));
  return expansion.ok ? expansion.text : "lacks";
}

/** What a shell prints, without one line end. */
function run(shell: string, text: string): string {
  const { stdout } = Bun.spawnSync([shell, "-c", text], {
    cwd,
    env: { HOME: "/nowhere", PATH: process.env["PATH"] },
  });
  return stdout.toString().replace(/\n$/, "");
}

// Each prints "<value>".
const TEMPLATES: readonly string[] = [
  `printf '<%s>\\n' {v}`,
  `printf '<%s>\\n' "{v}"`,
  `printf '<%s>\\n' '{v}'`,
  `printf '%s\\n' \\<{v}">"`,
  `printf '%s\\n' "<"{v}'>'`,
  `printf '%s\\n' "<$(printf '%s.' {v})" | sed '$s/[.]$/>/'`,
  `printf '%s\\n' "<$(printf '%s.' "{v}")" | sed '$s/[.]$/>/'`,
  `# a comment, it's one\nprintf '<%s>\\n' {v}`,
  `x={v}; printf '<%s>\\n' "$x"`,
  `x="it's {v}"; printf '<%s>\\n' "\${x#it?s }"`,
  `(printf '<%s>\\n' {v})`,
  `for x in {v}; do printf '<%s>\\n' "$x"; done`,
  `case {v} in *) printf '<%s>\\n' {v};; esac`,
  `f() { printf '<%s>\\n' "$1"; }; f {v}`,
  `: "$((1 + {#}))" "\${HOME}"; printf '<%s>\\n' "{v}"`,
  `true && { printf "<%s>\\n" {v}; }`,
  `printf '<%s>\\n' \\\n  {v}`,
  `: \\\n# it's a comment\nprintf '<%s>\\n' {v}`,
  `printf '<%s>\\n' a#'b' {v} | sed 's/<a#b>//' | sed '/^$/d;1!b'`,
];

for (const shell of SHELLS) {
  test.each(TEMPLATES)(`${shell} gets any value whole in %j`, (template) => {
    for (const value of HOSTILE) expect(run(shell, expand(template, value))).toBe(`<${value}>`);
  });
}

test.each([
  ["echo \\{v}", "after a backslash"],
  ['echo "\\{v}"', "after a backslash"],
  ["echo `echo {v}`", "between backticks (write $(…))"],
  ["echo 1 # {v}", "in a comment"],
  ["cat <<EOF\n{v}\nEOF", "in or after a here-document"],
  ["cat <<-'EOF'\nx\nEOF\necho {v}", "in or after a here-document"],
  ["echo $((1 + {v}))", "in arithmetic"],
  ["((x = {v}))", "in arithmetic"],
  ["echo ${x:-{v}}", "in ${…}"],
  [`echo "\${x:-"a"}" {v}`, "after ${…} with quotes or expansions in it"],
  ["echo $(( $(id) )) {v}", "after $((…)) with quotes or expansions in it"],
  ["echo $'{v}'", "between $'…'"],
  ['echo "$(case x in x) echo "{v}";; esac)"', "after case in parentheses"],
  ["echo $(id)#{v}", "after )#, which may begin a comment"],
])("%j is refused: the placeholder stands %s", (template, where) => {
  expect(expand(template, "x")).toBe(`refused: {v} ${where}`);
});

test("a placeholder on the line of a here-document's start is bare", () => {
  expect(run("/bin/sh", expand("cat - <<EOF | sed s/x/{v}/\nx\nEOF", "y"))).toBe("y");
});

test("{#} may stand in arithmetic", () => {
  expect(run("/bin/sh", expand('echo $(({#} * 2)) "$(( ({#} + 1) ))"', "x"))).toBe("14 8");
});

test("what is no placeholder is left alone", () => {
  const awk = `printf 'a b\\n' | awk '{print $2}' | sed "s/b/\${HOME}{v}/;s,/,_,g"`;
  expect(run("/bin/sh", "x=1; " + expand(awk.replace("${HOME}", "$x"), "c"))).toBe("1c");
  expect(expand("echo ${v} {{v}}", "x")).toBe("echo ${v} {v}");
});

const grammar = fc.letrec<{ cmds: string; cmd: string; word: string; quoted: string }>((tie) => {
  const joined = (piece: fc.Arbitrary<string>, by: string): fc.Arbitrary<string> =>
    fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join(by));
  const fill = (template: string, arbitrary: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    arbitrary.map((text) => template.replace("@", () => text));
  const plain = [
    "{v}",
    "{v}",
    "a",
    "\\a",
    "$x",
    "${x}",
    "a#b",
    "$((1 + 2))",
    "$((1 + {v}))",
    "`echo {v}`",
    "\\{v}",
    "$'\\'{v}'",
  ];
  const inSingle = ["{v}", "a", '"', "$(", "`", "#", "\\", "<<E", ")", "\n"];
  const inDouble = ["{v}", "a", "it's", '\\"', "#", "`echo '`", ")", "${x}", "<<E", "\\\n", "$"];
  return {
    word: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom(...plain),
      fill("'@'", joined(fc.constantFrom(...inSingle), "")),
      fill('"@"', tie("quoted")),
      fill("$(@)", tie("cmds")),
      fill("$(@)#{v}", tie("cmd")),
      fill("${x:-@}", tie("word")),
      joined(tie("word"), ""),
    ),
    quoted: joined(
      fc.oneof({ depthSize: "small" }, fc.constantFrom(...inDouble), fill("$(@)", tie("cmds"))),
      "",
    ),
    cmd: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fill("echo @", joined(tie("word"), " ")),
      fc.constantFrom("# it's {v}\n:", 'echo a # "{v}\n:', "echo \\\n# '{v}\n:", "echo {v} {v}"),
      fc.constant('while read -r x; do echo "$x"; done <<E\n{v}\nE\n:'),
      fill("x=@", tie("word")),
      fill("(@)", tie("cmds")),
      fill("if :; then @; fi", tie("cmds")),
      fill("case a in b) :;; *) @;; esac", tie("cmd")),
    ),
    cmds: fc.oneof(joined(tie("cmd"), "; "), joined(tie("cmd"), "\n")),
  };
});

// Each tries to break out of one kind of quoting; all that they would do is print.
const ATTACKS: readonly string[] = [
  "'; echo INJ''ECTED; '",
  '"; echo INJ""ECTED; "',
  "$(echo INJ''ECTED >&2)",
  "`echo INJ''ECTED >&2`",
  "\necho INJ''ECTED\n",
  ") ; echo INJ''ECTED",
  "E\necho INJ''ECTED\n",
  "'\necho INJ''ECTED\n'",
  "a[$(echo INJ''ECTED >&2)]",
];

test("no value is ever run, in whatever text it is filled into", () => {
  fc.assert(
    fc.property(grammar.cmds, fc.constantFrom(...SHELLS), (source, shell) => {
      fc.pre(source.includes("{v}") && !("placeholder" in parseShellTemplate(source)));
      for (const value of ATTACKS) {
        const env = { PATH: "/nowhere" };
        const { stdout, stderr } = Bun.spawnSync([shell, "-c", expand(source, value)], {
          cwd,
          env,
          timeout: 5000,
        });
        const lines = `${stdout.toString()}\n${stderr.toString()}`.split("\n");
        expect(lines.filter((line) => line.trim() === "INJECTED")).toEqual([]);
      }
    }),
    { numRuns: Number(process.env["RUNS"] ?? 200) },
  );
});

test("a placeholder behind $$( is refused: bash 5.2 reads a command substitution there, POSIX does not", () => {
  expect(parseShellTemplate('echo "$$(<{v}>)"')).toMatchObject({
    placeholder: "{v}",
    where: "after $$(, which shells read differently",
  });
});
