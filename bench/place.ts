// Where a benchmark works: a temporary folder, the executable, and the data it makes there.
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const ROOT: string = resolve(import.meta.dir, "..");
export const CKPT: string = join(ROOT, "dist/ckpt");

export type Place = {
  readonly folder: string;
  /** Absolute path of a file in the folder. */
  file(name: string): string;
  /** Removes files and folders of these names. */
  clean(...names: readonly string[]): void;
  /** A JSONL file of `count` items of about 200 bytes, made once. `changed`: its first line is another one. */
  items(count: number, changed?: boolean): string;
  /** A text file of `count` short lines, made once. */
  lines(count: number): string;
  /** A JSONL file of `count` short questions, made once. */
  questions(count: number): string;
  remove(): void;
};

const FILLER =
  "What is the sum of the first numbers that a person would count while waiting for an answer? ".repeat(2);
const BLOCK = 4096;

export function openPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), "ckpt-bench-"));
  const file = (name: string): string => join(folder, name);
  const once = (name: string, count: number, line: (index: number) => string): string => {
    if (!existsSync(file(name))) writeLines(file(name), count, line);
    return file(name);
  };
  return {
    folder,
    file,
    clean: (...names) => {
      for (const name of names) rmSync(file(name), { recursive: true, force: true });
    },
    items: (count, changed = false) =>
      once(`items-${count}${changed ? "-changed" : ""}.jsonl`, count, (index) => {
        const id = changed && index === 0 ? "new" : `q${index}`;
        return JSON.stringify({ id, question: FILLER.slice(0, 165) + index });
      }),
    lines: (count) => once(`lines-${count}.txt`, count, (index) => `item-${index}`),
    questions: (count) =>
      once(`questions-${count}.jsonl`, count, (index) =>
        JSON.stringify({ question: `What is ${index} and why?` }),
      ),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function writeLines(file: string, count: number, line: (index: number) => string): void {
  const fd = openSync(file, "w");
  for (let from = 0; from < count; from += BLOCK) {
    const length = Math.min(BLOCK, count - from);
    writeSync(fd, `${Array.from({ length }, (_, i) => line(from + i)).join("\n")}\n`);
  }
  closeSync(fd);
}
