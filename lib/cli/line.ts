// A parsed command line: options by name, arguments in order, and the words after `--`.

/** An option as given. `shown`: `--name` or `--no-name`. `values`: none for a flag, several for a repeated option. */
export type GivenOption = { readonly shown: string; readonly values: readonly string[] };

export type Line = {
  /** By option name. */
  readonly options: ReadonlyMap<string, GivenOption>;
  readonly positional: readonly string[];
  /** Everything after `--`; null without `--`. */
  readonly rest: readonly string[] | null;
};

/** Options as words: `--name=value`, `--name`, `--no-name`. In this form a value cannot be mistaken for an option. */
export function spelledOptions(options: Line["options"]): string[] {
  return [...options.values()].flatMap(({ shown, values }) =>
    values.length === 0 ? [shown] : values.map((value) => `${shown}=${value}`),
  );
}
