// `bun scripts/manual.ts FOLDER` (`bun run manual`: into dist/share): writes what a package installs beside the executable: manual pages and completion scripts, in the folders of /usr/share.
// The same commit gives the same bytes: the date is SOURCE_DATE_EPOCH, else that of the newest version in CHANGELOG.md, else that of the commit.
import * as fs from "node:fs";
import * as path from "node:path";
import { COMMON_ARGUMENTS } from "../lib/cli/common-arguments.ts";
import { COMPLETION_SCRIPTS } from "../lib/cli/completion/scripts.ts";
import { manualPage } from "../lib/cli/manual.ts";
import { VERSION } from "../lib/core/version.ts";
import { ALL_COMMANDS } from "../lib/start/all-commands.ts";
import { TOPICS } from "../lib/start/topics.ts";
import type { Language } from "../lib/ui/language.ts";
import { REPOSITORY_URL } from "./release/repository.ts";

const ROOT = path.resolve(import.meta.dir, "..");

/** The manual page in a language. @param date `2026-11-28` */
export function manual(language: Language, date: string): string {
  return manualPage(
    {
      version: VERSION,
      date,
      commands: ALL_COMMANDS,
      common: COMMON_ARGUMENTS,
      topics: TOPICS,
      homepage: REPOSITORY_URL,
    },
    language,
  );
}

/** Every file by its path below /usr/share. */
export function sharedFiles(date: string): ReadonlyMap<string, string> {
  return new Map([
    ["man/man1/ckpt.1", manual("en", date)],
    ["man/zh_CN/man1/ckpt.1", manual("zh", date)],
    ["bash-completion/completions/ckpt", COMPLETION_SCRIPTS.bash],
    ["zsh/vendor-completions/_ckpt", COMPLETION_SCRIPTS.zsh],
    ["fish/vendor_completions.d/ckpt.fish", COMPLETION_SCRIPTS.fish],
  ]);
}

/** The date of the manual, `2026-11-28`. @throws where there is neither SOURCE_DATE_EPOCH, nor a version with a date, nor a commit */
export function manualDate(): string {
  const epoch = process.env["SOURCE_DATE_EPOCH"];
  if (epoch !== undefined && /^\d+$/.test(epoch)) return dateOf(Number(epoch));
  const released = /^## .*?(\d{4}-\d\d-\d\d)/m.exec(
    fs.readFileSync(path.join(ROOT, "CHANGELOG.md"), "utf8"),
  )?.[1];
  if (released !== undefined) return released;
  const commit = Bun.spawnSync(["git", "log", "-1", "--format=%ct"], { cwd: ROOT }).stdout.toString().trim();
  if (!/^\d+$/.test(commit)) throw new Error("the manual needs a date: set SOURCE_DATE_EPOCH");
  return dateOf(Number(commit));
}

const dateOf = (epochS: number): string => new Date(epochS * 1000).toISOString().slice(0, 10);

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error("usage: bun scripts/manual.ts FOLDER");
  for (const [name, content] of sharedFiles(manualDate())) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
    console.log(file);
  }
}
