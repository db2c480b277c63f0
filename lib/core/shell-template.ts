// Templates for /bin/sh: each value is filled in as one quoted word. For this, ckpt must know how the shell reads that position (bare, or in double
// or single quotes). If it cannot be sure, it refuses the template: a wrong guess would run an item's text as a command.
import type { Item } from "./item.ts";
import { shellQuote } from "./shell-quote.ts";
import {
  expandTemplate,
  type Expansion,
  parseTemplate,
  placeholderSource,
  type Template,
} from "./template.ts";

/** How the shell reads the position of a placeholder. In arithmetic only `{#}` is allowed, which is a number. */
type Place = "bare" | "double" | "single" | "arithmetic";

export type ShellTemplate = {
  readonly template: Template;
  /** The place of each placeholder, by its position in the template. */
  readonly places: ReadonlyMap<number, Place>;
};

/** A placeholder is at a position where its value cannot be quoted safely. */
export type ShellTemplateProblem = { readonly placeholder: string; readonly where: string };

/** Parses the text of `--shell`. Returns a problem when a placeholder cannot be quoted safely. */
export function parseShellTemplate(source: string): ShellTemplate | ShellTemplateProblem {
  const template = parseTemplate(source);
  const places = new Map<number, Place>();
  const scanner = new ShellScanner();
  for (const [at, part] of template.entries()) {
    if (typeof part === "string") {
      scanner.read(part);
      continue;
    }
    const place = scanner.place();
    const refused = typeof place !== "string" || (place === "arithmetic" && part.kind !== "number");
    if (refused) {
      const where = typeof place === "string" ? "in arithmetic" : place.unsure;
      return { placeholder: placeholderSource(part), where };
    }
    places.set(at, place);
    scanner.afterPlaceholder();
  }
  return { template, places };
}

/** The shell text for an item. */
export function expandShellTemplate(shell: ShellTemplate, item: Item): Expansion {
  return expandTemplate(shell.template, item, (value, at) => {
    switch (shell.places.get(at)) {
      case "arithmetic":
        return value;
      case "double":
        return `"${shellQuote(value)}"`;
      case "single":
        return `'${shellQuote(value)}'`;
      case "bare":
      case undefined:
        return shellQuote(value);
    }
  });
}

/** The constructs that are open at a point of the text. The innermost decides how the next character is read. */
type Open = "commands" | "double" | "single" | "ansi" | "arithmetic" | "parameter" | "backticks" | "comment";

/** Positions where a value cannot be quoted safely; the words complete "a placeholder …". */
const UNSURE_PLACE: { readonly [open in Open]?: string } = {
  ansi: "between $'…'",
  parameter: "in ${…}",
  backticks: "between backticks (write $(…))",
  comment: "in a comment",
};

/** Follows the quoting of shell text (POSIX.1-2024, 2.2 Quoting, 2.3 Token Recognition) as far as placeholders need it. */
class ShellScanner {
  readonly #open: Open[] = ["commands"];
  /** The current word, as written; ")" right after a closing parenthesis. */
  #word = "";
  #escaped = false;
  /** A here-document begins on the next line. */
  #hereDocument = false;
  #parentheses = 0;
  /** Set permanently once the quoting state is uncertain. */
  #unsure: string | null = null;

  place(): Place | { readonly unsure: string } {
    const open = this.#open.at(-1) ?? "commands";
    const unsure = this.#unsure ?? (this.#escaped ? "after a backslash" : UNSURE_PLACE[open]);
    if (unsure !== undefined) return { unsure };
    if (open === "double" || open === "single" || open === "arithmetic") return open;
    return "bare";
  }

  afterPlaceholder(): void {
    this.#word += "x"; // whatever the value is, it is part of a word
  }

  read(text: string): void {
    for (let at = 0; at < text.length && this.#unsure === null; at += 1) {
      const character = text[at] ?? "";
      if (!this.#escaped) {
        at += this.#step(character, text.slice(at + 1, at + 3));
        continue;
      }
      this.#escaped = false;
      if (character === "\n") this.#word = this.#word.slice(0, -1); // a continued line: neither character is there
    }
  }

  /** Reads one character; returns how many of the next two it took as well. */
  #step(character: string, next: string): number {
    const open = this.#open.at(-1) ?? "commands";
    switch (open) {
      case "commands":
        return this.#inCommands(character, next);
      case "double":
        if (character === '"') this.#open.pop();
        return this.#expansion(character, next);
      case "single":
        if (character === "'") this.#open.pop();
        return 0;
      case "ansi":
      case "backticks":
        if (character === "\\") this.#escaped = true;
        else if (character === (open === "ansi" ? "'" : "`")) this.#open.pop();
        return 0;
      case "parameter":
        if (character === "}") this.#open.pop();
        else if (/['"`\\${]/.test(character)) this.#unsure = "after ${…} with quotes or expansions in it";
        return 0;
      case "arithmetic":
        return this.#inArithmetic(character, next);
      case "comment":
        if (character !== "\n") return 0;
        this.#open.pop();
        return this.#inCommands(character, next);
    }
  }

  #inCommands(character: string, next: string): number {
    const word = this.#word;
    this.#word = /[\s;&|()<>]/.test(character) ? "" : word + character;
    if (character === "#" && word === ")") this.#unsure = "after )#, which may begin a comment";
    else if (character === "#" && word === "") this.#open.push("comment");
    else if (character === "'") this.#open.push("single");
    else if (character === '"') this.#open.push("double");
    else if (character === "(" && next.startsWith("(")) return this.#openArithmetic(1); // a command of its own in bash
    else if (character === "(") this.#open.push("commands");
    else if (character === ")") {
      this.#word = ")";
      if (this.#open.length > 1) this.#open.pop();
    } else if (character === "<" && next.startsWith("<")) {
      this.#hereDocument ||= next !== "<<"; // "<<<" gives a string, in the shells that have it
      return next === "<<" ? 2 : 1;
    } else if (character === "\n" && this.#hereDocument) this.#unsure = "in or after a here-document";
    else if (this.#word === "case" && this.#open.length > 1) this.#unsure = "after case in parentheses";
    else if (character === "$" && next.startsWith("'")) {
      this.#open.push("ansi");
      return 1;
    } else return this.#expansion(character, next);
    return 0;
  }

  /** What means the same bare and between double quotes: backslash, backticks, and `$`. */
  #expansion(character: string, next: string): number {
    if (character === "\\") this.#escaped = true;
    if (character === "`") this.#open.push("backticks");
    if (character !== "$") return 0;
    if (next === "$(") this.#unsure = "after $$(, which shells read differently"; // bash 5.2 finds a command in it
    if (next.startsWith("$")) return 1; // the shell's pid: what follows belongs to no expansion
    if (next === "((") return this.#openArithmetic(2);
    if (next.startsWith("(")) {
      this.#open.push("commands");
      this.#word = "";
      return 1;
    }
    if (!next.startsWith("{")) return 0;
    this.#open.push("parameter");
    return 1;
  }

  #openArithmetic(length: number): number {
    this.#open.push("arithmetic");
    this.#parentheses = 0;
    return length;
  }

  #inArithmetic(character: string, next: string): number {
    if (character === "(") this.#parentheses += 1;
    else if (character === ")" && this.#parentheses > 0) this.#parentheses -= 1;
    else if (character === ")" && next.startsWith(")")) {
      this.#open.pop();
      return 1;
    } else if (/[)'"`\\]/.test(character) || (character === "$" && /^[({]/.test(next))) {
      this.#unsure = "after $((…)) with quotes or expansions in it";
    }
    return 0;
  }
}
