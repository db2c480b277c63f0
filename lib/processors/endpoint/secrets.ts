// Removes secrets (keys, header values) from external texts in any form: plain, in base64 or hex (alone or within a longer text), and each of these
// escaped for JSON (`\/`, `\u002f`, also JSON within JSON), URLs (`%2F`) or HTML (`&#x2F;`). All other bytes of the text stay unchanged.

/** The replacement of a secret. */
const PLACE = "[key]";

/** Minimum lengths at which a text counts as a secret and not as a word or placeholder: with a digit, with several parts or cases, as one word. */
const LENGTH_MIN = { digits: 12, mixed: 20, word: 24 } as const;
/** A text of one or two repeated characters (`xxxxxxxx`) is a placeholder, not a key. */
const DIFFERENT_MIN = 6;

/**
 * Whether an answer can contain this key only by echoing it. Values that users give where no key is needed (`EMPTY`, `lm-studio`, `token-abc`, any
 * word) do not count, because answers contain such words by themselves. Real keys have 20 characters or more, nearly all with digits.
 */
export function looksSecret(value: string): boolean {
  const lengthMin = /\d/.test(value)
    ? LENGTH_MIN.digits
    : /[a-z][A-Z]|[^A-Za-z]/.test(value)
      ? LENGTH_MIN.mixed
      : LENGTH_MIN.word;
  return value.length >= lengthMin && new Set(value).size >= DIFFERENT_MIN;
}

/** The secrets in a header value: its secret words (`Bearer TOKEN`, `a=TOKEN; b=TOKEN`), else the whole value if that is one. */
export function secretsIn(value: string): readonly string[] {
  const words = [...value.split(/[\s,;]+/), passwordIn(value)].flatMap((word) => {
    const behindName = word.slice(word.indexOf("=") + 1);
    return [behindName, word].find(looksSecret) ?? [];
  });
  return words.length > 0 ? words : [value].filter(looksSecret);
}

/** The password of `Basic …`, which a server may know in clear; empty without one. */
function passwordIn(value: string): string {
  const [, encoded = ""] = /^basic\s+([\w+/=-]+)$/i.exec(value.trim()) ?? [];
  return Buffer.from(encoded, "base64")
    .toString()
    .replace(/^[^:]*:?/, "");
}

/** A secret in base64, by where it begins in a group of three bytes (the characters at its ends also depend on what stands beside it), and in hex. */
function encodings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const inBase64 = [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]);
    const from = Math.ceil((offset * 8) / 6);
    const to = Math.floor((encoded.length * 8) / 6);
    return [encoded.toString("base64"), encoded.toString("base64url")].map((text) => text.slice(from, to));
  });
  const hex = bytes.toString("hex");
  return [...inBase64, hex, hex.toUpperCase()];
}

export type Redactor = {
  /** Redacts a text for people. */
  readonly text: (text: string) => string;
  /** Redacts JSON or possible JSON; it stays JSON. */
  readonly json: (text: string) => string;
};

/** Strings and numbers of JSON. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gsu;
/** A text without these has no escapes but line ends and tabs. */
const ESCAPE = /\\[^nrt]|[%&]/;

/** @param secrets texts to remove; those that do not look secret are kept */
export function redactorOf(secrets: readonly string[]): Redactor {
  const found = secrets.filter(looksSecret);
  const known = [...new Set([...found, ...found.flatMap(encodings)])].toSorted((a, b) => b.length - a.length);
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
    // Occurrences outside of strings are not in JSON: a page, a line of text.
    json: (given) => (holds(given) ? text(given.replaceAll(TOKEN, inToken)) : given),
  };
}

/** The text of a JSON string; the token itself if it is not valid JSON. */
function decoded(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    return token;
  }
}

/** Each level of JSON within JSON doubles the backslashes before an escaped character: enough for four levels. */
const BACKSLASHES_MAX = 16;
const NAMED: Readonly<Record<string, string>> = {
  "&": "amp",
  "<": "lt",
  ">": "gt",
  '"': "quot",
  "'": "apos",
};

/** A pattern for a text whose characters may be escaped in any known way. */
function writtenAnyhow(secret: string): string {
  return Array.from(secret, (character, at) => characterAnyhow(character, at === 0)).join("");
}

function characterAnyhow(character: string, isFirst: boolean): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = anyCase(code.toString(16).padStart(2, "0"));
  const plain = `\\u{${code.toString(16)}}`;
  const escaped = `u${"0".repeat(4 - code.toString(16).padStart(2, "0").length)}${hex}`;
  const others = [`%(?:25)*${hex}`, `&#0*${code};`, `&#[xX]0*${hex};`];
  const named = NAMED[character];
  if (named !== undefined) others.push(`&${named};`);
  // Backslashes before the first character belong to the preceding text, unless they escape that character.
  const backslashed = isFirst
    ? [plain, `\\\\{1,${BACKSLASHES_MAX}}${escaped}`]
    : [`\\\\{0,${BACKSLASHES_MAX}}(?:${plain}|${escaped})`];
  return `(?:${[...backslashed, ...others].join("|")})`;
}

function anyCase(hex: string): string {
  return hex.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}
