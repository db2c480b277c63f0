// What a command says of the error that ended it: in words, or as an event where its progress is JSON.

export type ReportedError = {
  readonly message: string;
  /** What to do. */
  readonly hint: string;
};

/** @param errors its standard error. Returns empty texts where it says nothing of an error. */
export function reportedError(errors: string): ReportedError {
  const event = errors.split("\n").find((line) => line.startsWith('{"event":"error"'));
  if (event !== undefined) {
    const { error } = JSON.parse(event) as { readonly error: Partial<ReportedError> };
    return { message: error.message ?? "", hint: error.hint ?? "" };
  }
  const [, message = "", hint = ""] = /^ckpt: (.*)\n {6}(\S.*)/m.exec(errors) ?? [];
  return { message, hint };
}
