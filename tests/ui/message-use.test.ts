// Every message is used, and no English word stands in a Chinese one by accident.
import { describe, expect, test } from "bun:test";
import { en } from "../../lib/ui/messages/en.ts";
import { sources, sourceTexts } from "../helpers/source-texts.ts";
import { ERROR_SAMPLES } from "./error-samples.ts";

const MESSAGES = "lib/ui/messages/";
const USERS = sources("lib").filter(({ file }) => !file.startsWith(MESSAGES));

/** What a file calls an area of the catalogue: `catalogue.run`, and the names of variables that hold it. */
function namesOf(area: string, code: string): string[] {
  const held = [
    ...code.matchAll(new RegExp(`(\\w+) = [\\w.]*\\bcatalogue\\.${area};`, "g")),
    ...code.matchAll(new RegExp(`(\\w+): Catalogue\\["${area}"\\]`, "g")),
  ].map(([, name = ""]) => name);
  const taken = [...code.matchAll(/\{([^{}]*)\}(?: = [\w.]*\bcatalogue;|: Catalogue\b)/g)]
    .flatMap(([, names = ""]) => names.split(","))
    .map((name) => name.trim().split(": "))
    .filter(([of]) => of === area)
    .map(([of = "", name = of]) => name);
  return [`catalogue.${area}`, ...held, ...taken];
}

/** Whether a file takes the message out of the area: `texts.message`, or `const { message } = texts`. */
function isUsed(area: string, message: string): boolean {
  return USERS.some(({ code }) => {
    if (!code.includes(message)) return false;
    const names = namesOf(area, code)
      .map((name) => name.replaceAll(".", String.raw`\.`))
      .join("|");
    const takes = String.raw`\b(?:${names})\s*\.${message}\b`;
    const taken = String.raw`[{,]\s*${message}\s*(?:[,:][^{}]*)?\} = [\w.]*\b(?:${names});`;
    return new RegExp(`${takes}|${taken}`).test(code);
  });
}

/** Whether a file that names an object of messages takes a part of it. */
function isPartUsed(name: string, part: string): boolean {
  const names = new RegExp(`\\b${name}\\b`);
  const takes = new RegExp(`\\.${part}\\b|[{,]\\s*${part}\\s*[,:}]`);
  return USERS.some(({ code }) => names.test(code) && takes.test(code));
}

/** Objects of which a message is chosen by a value, not by its name. */
const CHOSEN: ReadonlySet<string> = new Set([
  "info.state",
  "diff.comparisons",
  "progress.waiting",
  "watch.state",
  "endpoint.remarks",
  "endpoint.trouble",
  "summary.causeAdvice",
  "plan.wouldAsk",
  "sharding.states",
  "viewer.faults",
]);

describe("a message", () => {
  test("is used by somebody", () => {
    const { language: _, call: _call, ...areas } = en;
    const unused: string[] = [];
    for (const [area, messages] of Object.entries(areas)) {
      for (const [name, message] of Object.entries<unknown>(messages)) {
        const at = `${area}.${name}`;
        if (!isUsed(area, name)) unused.push(at);
        if (typeof message !== "object" || message === null || CHOSEN.has(at)) continue;
        for (const part of Object.keys(message)) if (!isPartUsed(name, part)) unused.push(`${at}.${part}`);
      }
    }
    expect(unused).toEqual([]);
  });

  test("of an error is thrown by somebody", () => {
    const code = USERS.filter(({ file }) => file !== "lib/core/errors.ts").map((it) => it.code);
    const unused = Object.keys(ERROR_SAMPLES).filter((name) => !code.some((it) => it.includes(`"${name}"`)));
    expect(unused).toEqual([]);
  });
});

/** What Chinese engineers write in English: commands, formats, names of things that people type or see elsewhere. */
const ENGLISH =
  /^(?:ckpt|run|retry|info|set|list|clear|backup|restore|verify|export|latest|id|token|shell|worker|key|finish_reason|index|output|error|message|choices|content|process|exit|setup|teardown|item|context|function|async|keep|jobs|iconv|gzip|zstd|jsonl?|csv|tsv|txt|nul|data|items|sqlite|integrity_check|gz|zst|toml|utf|gb|big|shift_jis|windows|manifest|http|https|comma|auto|python|here-document|case|semicolon|tab|bar|space|default|max_tokens|y|n|t|f|p|q|r|le|be|x|chat|completions|none|o|here|document|question|ulimit|cmd|call|for|start|env|bun|volatile|nobarrier|draft|anyOf|oneOf|srun|sbatch|owner|merge|view|from|count|answer|sorry|kill|fg)$/;

describe.each([MESSAGES, "lib/view/page/messages/"])("a Chinese message in %s", (folder) => {
  test("has no English words but names", () => {
    const found = sourceTexts(folder)
      .filter(({ file, text }) => file.includes("zh") && /\p{Script=Han}/u.test(text))
      .flatMap(({ file, text }) =>
        [
          ...text
            .replaceAll(/--?[a-z][a-z-]*|\$\{?[^}]*\}?|\.[a-z]+/g, " ")
            .matchAll(/[A-Za-z_]*[a-z][A-Za-z_]*/g),
        ]
          .map(([word]) => word)
          .filter((word) => !ENGLISH.test(word) && !/^[A-Z][A-Za-z]*$/.test(word))
          .map((word) => ({ file, word, text })),
      );
    expect(found).toEqual([]);
  });

  test("has full-width punctuation behind Chinese", () => {
    // The question and the block of the user guide stand to the letter.
    const guide = /^(?:🕒|🔖|📈|📦|📝|是否继续)/u;
    const found = sourceTexts(folder).filter(
      ({ file, text }) => file.includes("zh") && !guide.test(text) && /\p{Script=Han}[,;:?!]/u.test(text),
    );
    expect(found.map(({ text }) => text)).toEqual([]);
  });
});
