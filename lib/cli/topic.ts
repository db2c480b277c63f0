// A topic beside the commands: rows of a term and what it means, in both languages. Help, the manual page and the tables of the docs are made of them.
import type { Language } from "../ui/language.ts";

export type Both = { readonly [L in Language]: string };

export type TopicRow = {
  readonly term: string;
  /** What the term is called in code and docs, where it has a name. */
  readonly name?: string;
  readonly text: Both;
};

export type Topic = {
  /** As `ckpt help` takes it. */
  readonly name: string;
  readonly title: Both;
  readonly rows: readonly TopicRow[];
  /** What the rows do not say. */
  readonly note?: Both;
};
