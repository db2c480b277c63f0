// The data of the page, without HTTP: for the server, and for a saved page. It reads the files of a folder and asks the runs there. It writes nothing and takes no lock, and
// keeps an index of the results of each source that is looked at.
import type { Language } from "../../ui/language.ts";
import type { Catalogue } from "../../ui/messages/en.ts";
import { listingOf } from "../listing.ts";
import type { InputParts } from "./uncounted-rows.ts";
import type { Source, SourceParts } from "./source.ts";
import { NoSource, type Snapshot, SourceIndex } from "./source-index.ts";

export type ViewParts = SourceParts &
  InputParts & {
    /** What can be looked at now; the first one is shown first. Called for every answer. */
    readonly sources: () => readonly Source[];
    /** Whether words of commands and paths of the machine are shown, too. */
    readonly full: boolean;
    readonly catalogues: Readonly<Record<Language, Catalogue>>;
  };

/** How many sources keep their index. */
const INDEXES_MAX = 3;

export class ViewData {
  readonly parts: ViewParts;
  /** By the id of the source; the one that was looked at last is the last one. */
  readonly #indexes = new Map<string, SourceIndex>();

  constructor(parts: ViewParts) {
    this.parts = parts;
  }

  /** Differs for other lists of sources. */
  get listing(): string {
    return listingOf(this.parts.sources());
  }

  /** @throws NoSource */
  source(id: string): Source {
    const found = this.parts.sources().find((source) => source.id === id);
    if (found === undefined) throw new NoSource(id);
    return found;
  }

  /**
   * A source as it is now; null when there is nothing.
   * @param waitMs how long to wait for its logs to be read. After that, what has been read is returned
   * @throws NoSource, CkptError, errors of the system
   */
  snapshot(id: string, waitMs: number): Promise<Snapshot | null> {
    const source = this.source(id);
    const index = this.#indexes.get(id) ?? new SourceIndex();
    this.#indexes.delete(id);
    this.#indexes.set(id, index);
    const [oldest] = this.#indexes.keys();
    if (this.#indexes.size > INDEXES_MAX && oldest !== undefined) this.#indexes.delete(oldest);
    return index.snapshot(source, this.parts, waitMs);
  }
}
