// Adds what browsers from before 2025 lack. It is imported before everything else.

/** Escapes what has a meaning in a regular expression; enough for the fixed phrases that the page compiles. */
function escapeRegex(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

const builtIn: { escape?: (text: string) => string } = RegExp;
builtIn.escape ??= escapeRegex;

const json = JSON as { isRawJSON?: (value: unknown) => boolean };
json.isRawJSON ??= () => false;
