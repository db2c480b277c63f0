// What can be wrong with a checkpoint or a backup, as data. `verify` lists these problems, errors name them, and the catalogues have the text in both
// languages.

/** A problem with one record. `record` is its number from 1 (null: unknown), `offset` its position in the log in bytes. */
export type RecordProblem = {
  readonly kind:
    /** Its checksum is wrong, or it is not a record. */
    | "record-sum"
    /** The line is not terminated. */
    | "record-cut"
    /** A record with another number, or of another log. */
    | "record-stray"
    /** A record of an item that already had a success with the same content. */
    | "record-double";
  readonly record: number | null;
  readonly offset: number;
  /** The item if it can be read: its id, or `#` and its number from 1; else null. */
  readonly item: string | null;
};

export type Problem =
  | RecordProblem
  /** Records are missing that were committed, or that come before existing ones. */
  | { readonly kind: "records-missing"; readonly from: number; readonly to: number }
  /** The last committed record is not the one that the status names. */
  | { readonly kind: "last-record"; readonly record: number }
  | { readonly kind: "log-bytes"; readonly found: number; readonly expected: number }
  /** Items with a result: the number in the log, and the number in the status. */
  | { readonly kind: "count"; readonly found: number; readonly expected: number }
  | { readonly kind: "log-missing"; readonly records: number }
  | { readonly kind: "status-missing" }
  | { readonly kind: "status-sum" }
  | { readonly kind: "manifest-missing" }
  | { readonly kind: "file-missing"; readonly file: string }
  | { readonly kind: "file-size"; readonly file: string; readonly found: number; readonly expected: number }
  | { readonly kind: "file-hash"; readonly file: string }
  /** It has a checksum of its own, which is wrong. */
  | { readonly kind: "file-sum"; readonly file: string }
  | { readonly kind: "unreadable"; readonly file: string; readonly cause: string };
