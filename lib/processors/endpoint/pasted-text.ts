// Keys and URLs as they are copied from a page, or as they stand in an `.env` file, whose quotes some programs (docker --env-file) pass on.

/** White space, and invisible characters that are copied from web pages. */
const BLANKS = /^[\s\u200b-\u200d\u2060\uFEFF]+|[\s\u200b-\u200d\u2060\uFEFF]+$/g;

/** Without blanks and quotes around it. */
export function pastedText(text: string): string {
  const bare = text.replace(BLANKS, "");
  const [, , inner = bare] = /^(["'])(.*)\1$/s.exec(bare) ?? [];
  return inner.replace(BLANKS, "");
}

/** A key; from a line `OPENAI_API_KEY="…"`, or a header's `Bearer …`, too. */
export function pastedKey(text: string): string {
  const value = text.replace(BLANKS, "").replace(/^(?:export\s+)?[A-Z][A-Z0-9_]*_(?:KEY|TOKEN)=(?=.)/s, "");
  return pastedText(pastedText(value).replace(/^bearer\s+/i, ""));
}
