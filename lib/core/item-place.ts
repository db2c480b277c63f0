// Fields that every item has, whatever it is: where it stands. A field of the item's own that has the same name goes before them.

export type ItemPlace = { readonly file?: string; readonly line: number };

/** What `{_file}` and `{_line}` stand for; undefined for any other name. */
export function placeField(name: string, { file, line }: ItemPlace): string | undefined {
  if (name === "_file") return file;
  return name === "_line" ? String(line) : undefined;
}

/** Whether a path of names is a field that every item has. */
export function isPlaceField(path: readonly string[]): boolean {
  return path.length === 1 && (path[0] === "_file" || path[0] === "_line");
}
