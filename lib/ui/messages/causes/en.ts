// English: sentences and kinds of errors that the rooms below make, the system's own among them. Records and JSON hold them in English.

export const causes = {
  /** A sentence from below, as people are to read it; one that is not known (of a program, of an endpoint) stays as it is. */
  text: (english: string): string => english,
  /** The kind of an item's error, as records have it. */
  kind: (kind: string): string => kind,
};
