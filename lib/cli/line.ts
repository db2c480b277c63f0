// A command line as it was read: options by name, arguments in order, and what stands behind `--`.

/** An option as it was given. `shown`: `--name` or `--no-name`. `values`: none for a flag, several for one that repeats. */
export type GivenOption = { readonly shown: string; readonly values: readonly string[] };

export type Line = {
  /** By the names of the options. */
  readonly options: ReadonlyMap<string, GivenOption>;
  readonly positional: readonly string[];
  /** Everything behind `--`; null when there is no `--`. */
  readonly rest: readonly string[] | null;
};

/** Options as words: `--name=value`, `--name`, `--no-name`. A value cannot be taken for an option so. */
export function spelledOptions(options: Line["options"]): string[] {
  return [...options.values()].flatMap(({ shown, values }) =>
    values.length === 0 ? [shown] : values.map((value) => `${shown}=${value}`),
  );
}
