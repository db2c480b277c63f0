// What a command says of the error that ended it: in words, or as an event where its progress is JSON.

export type ToldError = {
  readonly message: string;
  /** What to do. */
  readonly hint: string;
};

/** @param errors its standard error. Returns empty texts where it says nothing of an error. */
export function toldError(errors: string): ToldError {
  const event = errors.split("\n").find((line) => line.startsWith('{"event":"error"'));
  if (event !== undefined) {
    const { error } = JSON.parse(event) as { readonly error: Partial<ToldError> };
    return { message: error.message ?? "", hint: error.hint ?? "" };
  }
  const [, message = "", hint = ""] = /^ckpt: (.*)\n {6}(\S.*)/m.exec(errors) ?? [];
  return { message, hint };
}
