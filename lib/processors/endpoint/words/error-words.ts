// Recognises an error by its codes and phrases. Codes and types are compared as a whole. Phrases are searched only in the message, and a phrase that
// also occurs in the request is ignored: endpoints quote requests.

type Words<T> = Readonly<Record<string, readonly T[]>>;

/** By provider; in lower case. A regular expression covers a family of codes and matches a whole code. */
export type ErrorWords = {
  readonly codes: Words<string | RegExp>;
  readonly phrases: Words<string>;
};

/** The contents of an error. */
export type SaidWords = {
  /** Codes and types, in lower case; a number has a prefix for its place if that is not `error` (`base_resp.1008`). */
  readonly codes: readonly string[];
  readonly message: string;
  /** The text of the request; called only when a phrase was found. */
  readonly asked: () => string;
};

/** Whether an error has one of these codes or phrases. */
export function says(said: SaidWords, { codes, phrases }: ErrorWords): boolean {
  const known = Object.values(codes).flat();
  if (
    said.codes.some((code) => known.some((one) => (typeof one === "string" ? one === code : one.test(code))))
  )
    return true;
  const message = plain(said.message);
  const found = Object.values(phrases)
    .flat()
    .filter((phrase) => message.includes(phrase));
  if (found.length === 0) return false;
  const asked = plain(said.asked());
  return found.some((phrase) => !asked.includes(phrase));
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll("’", "'").replaceAll(/\s+/g, " ");
}
