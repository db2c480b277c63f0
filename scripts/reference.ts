// `bun scripts/reference.ts`: writes what is made of the declarations: docs/options.md, docs/options.zh.md, and the tables between marks in the READMEs and in
// docs/scripting.md. With `--check` it writes nothing, and ends with 1 where a file is not what it would write.
import * as fs from "node:fs";
import * as path from "node:path";
import { COMMON_ARGUMENTS } from "../lib/cli/common-arguments.ts";
import { commandTable, optionReference, topicTable } from "../lib/cli/reference.ts";
import { ALL_COMMANDS } from "../lib/start/all-commands.ts";
import { ENVIRONMENT, EXIT_CODES } from "../lib/start/topics.ts";
import type { Language } from "../lib/ui/language.ts";

const ROOT = path.resolve(import.meta.dir, "..");
const HEADS: Readonly<Record<Language, string>> = {
  en: "# Commands and options\n\nMade of the declarations by `bun scripts/reference.ts`; `ckpt COMMAND --help` says the same.",
  zh: "# 命令与选项\n\n由 `bun scripts/reference.ts` 根据声明生成；`ckpt COMMAND --help` 显示相同内容。",
};

/** What each file has to hold. */
export function referenceFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [language, suffix] of [
    ["en", ""],
    ["zh", ".zh"],
  ] as const) {
    const reference = optionReference(ALL_COMMANDS, COMMON_ARGUMENTS, language);
    files.set(`docs/options${suffix}.md`, `${HEADS[language]}\n\n${reference}\n`);
    const readme = `README${suffix}.md`;
    files.set(readme, withTables(readme, { commands: commandTable(ALL_COMMANDS, language) }));
  }
  const tables = {
    "exit-codes": topicTable(EXIT_CODES, ["code", "name", "meaning"]),
    environment: topicTable(ENVIRONMENT, ["variable", "meaning"]),
  };
  files.set("docs/scripting.md", withTables("docs/scripting.md", tables));
  return files;
}

/** A page with each table between the marks of its name. */
function withTables(page: string, tables: Readonly<Record<string, string>>): string {
  let text = fs.readFileSync(path.join(ROOT, page), "utf8");
  for (const [name, table] of Object.entries(tables)) {
    const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${page}: the marks round the table "${name}" are missing`);
    text = `${text.slice(0, from)}${begin}\n${table}\n${text.slice(to)}`;
  }
  return text;
}

if (import.meta.main) {
  const isCheck = process.argv.includes("--check");
  for (const [name, content] of referenceFiles()) {
    const file = path.join(ROOT, name);
    if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === content) continue;
    if (isCheck) {
      console.error(`${name} is not what the declarations say: run "bun scripts/reference.ts"`);
      process.exitCode = 1;
    } else {
      fs.writeFileSync(file, content);
      console.log(`wrote ${name}`);
    }
  }
}
