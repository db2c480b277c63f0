// Takes secrets (keys, values of headers) out of texts that come from outside, however they are written there: as they are, with the escapes of
// JSON (`\/`, `\u002f`, also JSON within JSON), of URLs (`%2F`) or of HTML (`&#x2F;`). Nothing else in a text changes, to the byte.

/** What stands in the place of a secret. */
const PLACE = "[key]";

/** Lengths from which a text is no word or placeholder, but a secret: with a digit, of several parts or cases, of one word. */
const LENGTH_MIN = { digits: 12, mixed: 20, word: 24 } as const;
/** A run of one or two characters (`xxxxxxxx`) stands for a key and is none. */
const DIFFERENT_MIN = 6;

/**
 * Whether a key is one that answers could hold only by repeating it. What people write where no key is needed (`EMPTY`, `lm-studio`, `token-abc`,
 * any word) is none: answers hold such words by themselves. Keys that providers give out have 20 characters or more, nearly all with digits.
 */
export function looksSecret(value: string): boolean {
  const lengthMin = /\d/.test(value)
    ? LENGTH_MIN.digits
    : /[a-z][A-Z]|[^A-Za-z]/.test(value)
      ? LENGTH_MIN.mixed
      : LENGTH_MIN.word;
  return value.length >= lengthMin && new Set(value).size >= DIFFERENT_MIN;
}

/** The secrets in the value of a header: the words of it that are some (`Bearer TOKEN`, `a=TOKEN; b=TOKEN`), else all of it, if that is one. */
export function secretsIn(value: string): readonly string[] {
  const words = value.split(/[\s,;]+/).flatMap((word) => {
    const behindName = word.slice(word.indexOf("=") + 1);
    return [behindName, word].find(looksSecret) ?? [];
  });
  return words.length > 0 ? words : [value].filter(looksSecret);
}

export type Redactor = {
  /** Of a text for people. */
  readonly text: (text: string) => string;
  /** Of JSON, or of what may be JSON: it stays JSON. */
  readonly json: (text: string) => string;
};

/** Strings and numbers of JSON. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gsu;
/** Where none of these stands, nothing is escaped but line ends and tabs. */
const ESCAPE = /\\[^nrt]|[%&]/;

/** @param secrets texts to take out; those that do not look secret are left in */
export function redactorOf(secrets: readonly string[]): Redactor {
  const known = [...new Set(secrets.filter(looksSecret))].toSorted((a, b) => b.length - a.length);
  if (known.length === 0) return { text: (text) => text, json: (text) => text };
  const any = new RegExp(known.map(writtenAnyhow).join("|"), "gu");
  const holds = (text: string): boolean =>
    known.some((secret) => text.includes(secret)) || (ESCAPE.test(text) && text.search(any) >= 0);
  const text = (given: string): string => (holds(given) ? given.replaceAll(any, PLACE) : given);
  const inToken = (token: string): string => {
    if (!holds(token)) return token;
    if (!token.startsWith('"')) return JSON.stringify(PLACE);
    return JSON.stringify(text(decoded(token)));
  };
  return {
    text,
    // What is left outside of the strings is in no JSON: a page, a line of text.
    json: (given) => (holds(given) ? text(given.replaceAll(TOKEN, inToken)) : given),
  };
}

/** The text of a string of JSON; what only looks like one is its own. */
function decoded(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    return token;
  }
}

/** JSON in a string of JSON doubles the backslashes before an escaped character: enough for four levels. */
const BACKSLASHES_MAX = 16;
const NAMED: Readonly<Record<string, string>> = {
  "&": "amp",
  "<": "lt",
  ">": "gt",
  '"': "quot",
  "'": "apos",
};

/** A pattern for a text in which any character may be escaped in any of the known ways. */
function writtenAnyhow(secret: string): string {
  return Array.from(secret, (character, at) => characterAnyhow(character, at === 0)).join("");
}

function characterAnyhow(character: string, isFirst: boolean): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = anyCase(code.toString(16).padStart(2, "0"));
  const plain = `\\u{${code.toString(16)}}`;
  const escaped = `u${"0".repeat(4 - code.toString(16).padStart(2, "0").length)}${hex}`;
  const others = /[A-Za-z0-9]/.test(character) ? [] : [`%(?:25)*${hex}`, `&#0*${code};`, `&#[xX]0*${hex};`];
  const named = NAMED[character];
  if (named !== undefined) others.push(`&${named};`);
  // Before the first character, backslashes belong to what stands there, unless they are its own.
  const backslashed = isFirst
    ? [plain, `\\\\{1,${BACKSLASHES_MAX}}${escaped}`]
    : [`\\\\{0,${BACKSLASHES_MAX}}(?:${plain}|${escaped})`];
  return `(?:${[...backslashed, ...others].join("|")})`;
}

function anyCase(hex: string): string {
  return hex.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}
