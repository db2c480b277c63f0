// How an error is recognised by its own words. Codes and types are compared as a whole. Phrases are looked for in the message alone, and one that
// stands in the request proves nothing: endpoints quote what they were asked.

type Words<T> = Readonly<Record<string, readonly T[]>>;

/** By where they come from; in lower case. A regular expression stands for a family of codes and matches all of a code. */
export type ErrorWords = {
  readonly codes: Words<string | RegExp>;
  readonly phrases: Words<string>;
};

/** What an error says. */
export type SaidWords = {
  /** Codes and types, in lower case; a number with the name of its place before it where that is not `error` (`base_resp.1008`). */
  readonly codes: readonly string[];
  readonly message: string;
  /** The text of the request that it answers; asked for only when a phrase was found. */
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
