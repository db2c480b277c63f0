// What can be wrong with a checkpoint or a backup, as data: `verify` lists it, errors name it, the catalogues say it in both languages.

/** Something wrong with one record. `record` is its number from 1 (null: not known), `offset` its place in the log in bytes. */
export type RecordProblem = {
  readonly kind:
    /** Its checksum is wrong, or it is no record at all. */
    | "record-sum"
    /** The line has no end. */
    | "record-cut"
    /** A record of another number, or of another log, stands here. */
    | "record-stray"
    /** A further record of an item that had a success of the same content. */
    | "record-double";
  readonly record: number | null;
  readonly offset: number;
  /** The item, as far as it can be read: its id, or its number from 1 behind `#`; null when it cannot. */
  readonly item: string | null;
};

export type Problem =
  | RecordProblem
  /** Records that were committed, or that later ones presuppose, are not there. */
  | { readonly kind: "records-missing"; readonly from: number; readonly to: number }
  /** The last committed record is another one than the status names. */
  | { readonly kind: "last-record"; readonly record: number }
  | { readonly kind: "log-bytes"; readonly found: number; readonly expected: number }
  /** Items with a result: what the log holds, and what the status says. */
  | { readonly kind: "count"; readonly found: number; readonly expected: number }
  | { readonly kind: "log-missing"; readonly records: number }
  | { readonly kind: "status-missing" }
  | { readonly kind: "status-sum" }
  | { readonly kind: "manifest-missing" }
  | { readonly kind: "file-missing"; readonly file: string }
  | { readonly kind: "file-size"; readonly file: string; readonly found: number; readonly expected: number }
  | { readonly kind: "file-hash"; readonly file: string }
  | { readonly kind: "unreadable"; readonly file: string; readonly cause: string };
