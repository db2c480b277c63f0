// A place in a JSON value as people write it: `$.items[2].price`, `$["two words"]`.

const PLAIN_NAME = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;

/** @param pointer the same as a JSON pointer (RFC 6901) @param value the whole value: it says which steps are positions in an array */
export function jsonPathOf(pointer: string, value: unknown): { readonly path: string; readonly at: unknown } {
  let path = "$";
  let at: unknown = value;
  for (const step of pointer.split("/").slice(1)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    path += Array.isArray(at) ? `[${name}]` : fieldStep(name);
    at = typeof at === "object" && at !== null ? (at as Readonly<Record<string, unknown>>)[name] : undefined;
  }
  return { path, at };
}

/** The step to a field of an object. */
export function fieldStep(name: string): string {
  return PLAIN_NAME.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}
