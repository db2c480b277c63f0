// Reads a line that is still being typed as its shell would, and runs nothing of it: what takes running, or knowing more than the environment, to be read
// (`$(…)`, backquotes, `${x@P}`) has no value here.

export type Shell = "bash" | "zsh" | "fish";

export const SHELLS: readonly Shell[] = ["bash", "zsh", "fish"];

/** A word of the line: what the shell makes of it, or null where only running something would tell. */
export type TypedWord = string | null;

/** The word at the cursor. */
export type OpenWord = {
  readonly value: TypedWord;
  /** As it was typed. */
  readonly raw: string;
  /** The quote that is open at the cursor; empty where none is. */
  readonly quote: "" | "'" | '"';
  /** What readline (bash) puts a completion in the place of: the end of `raw` from here on. */
  readonly replacedFrom: number;
};

export type TypedLine = {
  /** The finished words, the first one being the program. */
  readonly words: readonly TypedWord[];
  readonly open: OpenWord;
  /** The word at the cursor is the file of a redirection (`> `). */
  readonly isRedirected: boolean;
  /** Where each finished word, and at last the open one, begins in the line. */
  readonly starts: readonly number[];
};

export type Environment = { readonly [name: string]: string | undefined };

export type ReadOptions = {
  readonly shell: Shell;
  /** For `~` and `$NAME`. */
  readonly env: Environment;
  /** Characters at which readline lets a new word begin (COMP_WORDBREAKS). */
  readonly breaks?: string;
};

const BLANK = /[ \t\n\r]/;
const SEPARATOR = /[;|&]/;
/** A redirection with its operator; the file stands behind it. */
const REDIRECTION = /(?:\d*|&)(?:<<<|<<-?|<>|<&|>>|>\||>&|<|>)/y;

/** Reads a line up to the cursor. Words before the last `;`, `|` or `&` belong to another command, and are left out. */
export function readTypedLine(line: string, options: ReadOptions): TypedLine {
  let words: TypedWord[] = [];
  let starts: number[] = [];
  let at = 0;
  let isRedirected = false;
  for (;;) {
    while (at < line.length && BLANK.test(line[at] ?? "")) at++;
    REDIRECTION.lastIndex = at;
    const operator =
      options.shell === "fish" || line.startsWith("<(", at) || line.startsWith(">(", at)
        ? null
        : REDIRECTION.exec(line);
    if (operator !== null) {
      at += operator[0].length;
      isRedirected = true;
      continue;
    }
    if (SEPARATOR.test(line[at] ?? "")) {
      [words, starts] = [[], []];
      at++;
      continue;
    }
    const word = new WordReader(line, at, options).read();
    if (word.end >= line.length) return { words, open: word.open(), isRedirected, starts: [...starts, at] };
    if (!isRedirected) {
      words.push(word.value);
      starts.push(at);
    }
    isRedirected = false;
    at = word.end;
  }
}

/** Reads words that the shell has cut out of the line already, as they were typed; the last one is at the cursor. */
export function readTypedWords(raw: readonly string[], options: ReadOptions): TypedLine {
  const read = raw.map((word) => new WordReader(word, 0, options).read());
  const last = read.at(-1) ?? new WordReader("", 0, options).read();
  return {
    words: read.slice(0, -1).map(({ value }) => value),
    open: last.open(),
    isRedirected: false,
    starts: raw.map(() => 0),
  };
}

const SIMPLE_ESCAPES: { readonly [letter: string]: string | undefined } = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  e: "\x1b",
  f: "\f",
  v: "\v",
};

/** Reads one word from its first character on. */
class WordReader {
  readonly #text: string;
  readonly #start: number;
  readonly #options: ReadOptions;
  readonly #isFish: boolean;
  #at: number;
  #value = "";
  #isKnown = true;
  #quote: "" | "'" | '"' = "";
  #breakAt: number;
  #quoteAt = 0;

  constructor(text: string, start: number, options: ReadOptions) {
    this.#text = text;
    this.#start = start;
    this.#at = start;
    this.#breakAt = start;
    this.#options = options;
    this.#isFish = options.shell === "fish";
  }

  get end(): number {
    return this.#at;
  }

  get value(): TypedWord {
    return this.#isKnown ? this.#value : null;
  }

  open(): OpenWord {
    const from = this.#quote === "" ? this.#breakAt : this.#quoteAt;
    return {
      value: this.value,
      raw: this.#text.slice(this.#start),
      quote: this.#quote,
      replacedFrom: from - this.#start,
    };
  }

  read(): this {
    this.#readTilde();
    while (this.#at < this.#text.length && this.#step());
    return this;
  }

  /** Takes what begins at the present place; false at the end of the word. */
  #step(): boolean {
    const character = this.#text[this.#at] ?? "";
    if (this.#quote === "") {
      if (BLANK.test(character) || SEPARATOR.test(character)) return false;
      if (/[<>]/.test(character) && this.#text[this.#at + 1] !== "(")
        return this.#isFish && this.#take(character);
      return this.#inBare(character);
    }
    return this.#quote === "'" ? this.#inSingle(character) : this.#inDouble(character);
  }

  #inBare(character: string): true {
    const next = this.#text[this.#at + 1] ?? "";
    if (character === "\\") return this.#escape(next);
    if (character === "'" || character === '"') return this.#openQuote(character);
    if (character === "`" && !this.#isFish) return this.#skipOpaque(this.#at + 1, "`");
    if (character === "(" || ((character === "<" || character === ">") && next === "("))
      return this.#skipOpaque(this.#at + (character === "(" ? 1 : 2), ")");
    if (character === "$") return this.#dollar();
    this.#take(character);
    // Readline keeps an "@" with what follows it, since that may be the name of a host.
    if (this.#options.breaks?.includes(character) === true)
      this.#breakAt = this.#at - (character === "@" ? 1 : 0);
    return true;
  }

  #inSingle(character: string): true {
    const next = this.#text[this.#at + 1] ?? "";
    if (character === "'") return this.#closeQuote();
    if (this.#isFish && character === "\\" && (next === "\\" || next === "'")) return this.#take(next, 2);
    return this.#take(character);
  }

  #inDouble(character: string): true {
    const next = this.#text[this.#at + 1] ?? "";
    if (character === '"') return this.#closeQuote();
    if (character === "\\") {
      if (next === "\n") return this.#take("", 2);
      return (this.#isFish ? /[\\$"]/ : /[\\$"`]/).test(next) ? this.#take(next, 2) : this.#take(character);
    }
    if (character === "`" && !this.#isFish) return this.#skipOpaque(this.#at + 1, "`");
    return character === "$" ? this.#dollar() : this.#take(character);
  }

  /** @param length characters of the text that it takes up */
  #take(value: string, length: number = 1): true {
    this.#value += value;
    this.#at += length;
    return true;
  }

  #openQuote(quote: "'" | '"'): true {
    this.#quote = quote;
    this.#quoteAt = ++this.#at;
    return true;
  }

  #closeQuote(): true {
    this.#quote = "";
    this.#at++;
    return true;
  }

  #escape(next: string): true {
    if (next === "") return this.#giveUp(1); // what comes next would be escaped
    if (next === "\n") return this.#take("", 2);
    if (!this.#isFish || !/[a-zA-Z0-7]/.test(next)) return this.#take(next, 2);
    const simple = SIMPLE_ESCAPES[next];
    return simple === undefined ? this.#giveUp(2) : this.#take(simple, 2);
  }

  /** `$NAME` and `${NAME}` are known where the environment has them; everything else behind a `$` is not. */
  #dollar(): true {
    const rest = this.#text.slice(this.#at + 1);
    if (this.#quote === "" && !this.#isFish && (rest.startsWith("'") || rest.startsWith('"')))
      return this.#dollarQuote(rest);
    if (rest.startsWith("(")) return this.#skipOpaque(this.#at + 2, ")");
    if (rest.startsWith("[")) return this.#skipOpaque(this.#at + 2, "]");
    const named = this.#isFish
      ? /^([A-Za-z_]\w*)(?!\[)/.exec(rest)
      : /^(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/.exec(rest);
    const name = named?.[1] ?? named?.[2];
    if (name !== undefined) {
      const value = this.#options.env[name];
      if (value === undefined) this.#isKnown = false;
      return this.#take(value ?? "", 1 + (named?.[0].length ?? 0));
    }
    if (rest.startsWith("{")) return this.#skipOpaque(this.#at + 2, "}");
    if (/^[\w@*#?$!-]/.test(rest)) return this.#giveUp(2);
    return this.#take("$");
  }

  /** `$"…"` is what it is without the dollar; of the escapes of `$'…'` those are read that completion itself writes. */
  #dollarQuote(rest: string): true {
    this.#at++;
    if (rest.startsWith('"')) return this.#openQuote('"');
    const quoted = /^'((?:[^\\']|\\.)*)'/s.exec(rest);
    if (quoted === null) return this.#giveUp(rest.length);
    const value = (quoted[1] ?? "").replaceAll(
      /\\(?:x([0-7][\da-fA-F])|(.))/gs,
      (_, hex?: string, letter = "") => {
        if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
        if (/[\dcuUx]/.test(letter)) this.#isKnown = false;
        return SIMPLE_ESCAPES[letter] ?? letter;
      },
    );
    return this.#take(value, quoted[0].length);
  }

  #giveUp(length: number): true {
    this.#isKnown = false;
    this.#at += length;
    return true;
  }

  /** Passes over a substitution, other ones and quotes in it included, up to what closes it. */
  #skipOpaque(from: number, close: string): true {
    this.#isKnown = false;
    this.#at = endOfSubstitution(this.#text, from, close);
    return true;
  }

  #readTilde(): void {
    const home = this.#options.env["HOME"];
    if (home === undefined || !/^~(?:\/|$)/.test(this.#text.slice(this.#start))) return;
    this.#take(home);
  }
}

/** The place behind what closes a substitution; the end of the text where nothing does. */
function endOfSubstitution(text: string, from: number, close: string): number {
  for (let at = from; at < text.length; at++) {
    const character = text[at] ?? "";
    if (character === close) return at + 1;
    if (character === "\\") at++;
    else if (close === "`") continue;
    else if (character === "'" || character === '"') at = endOfQuote(text, at + 1, character) - 1;
    else if (character === "(") at = endOfSubstitution(text, at + 1, ")") - 1;
    else if (character === "{") at = endOfSubstitution(text, at + 1, "}") - 1;
    else if (character === "`") at = endOfSubstitution(text, at + 1, "`") - 1;
  }
  return text.length;
}

function endOfQuote(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === quote) return at + 1;
    if (text[at] === "\\" && quote === '"') at++;
  }
  return text.length;
}
