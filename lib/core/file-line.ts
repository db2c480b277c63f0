// Lines of an input as errors name them: by their numbers where it is one file, with the file's name where it is several.

export type FileLine = { readonly file: string; readonly line: number };

/** A line's number, or `FILE:LINE`. */
export type ShownLine = number | string;

export function placesOf(lines: readonly FileLine[], ofSeveral: boolean): readonly ShownLine[] {
  return lines.map(({ file, line }) => (ofSeveral ? `${file}:${line}` : line));
}
