// Reads a result log from its beginning, and later what was added to it, for an index of its records. Of each line form and checksum are verified, not that no line is
// missing. It keeps no file open, and notices when another log has taken the place of the one that it read.
import { systemCode } from "../../core/errors.ts";
import { readFully } from "../../io/file.ts";
import { type FileSystem, O } from "../../io/fs.ts";
import { eventLoopTurn } from "../../io/turns.ts";
import { hasRightSum } from "../checksum.ts";
import { readFacts, RecordFacts } from "../record/record-facts.ts";
import { eachLine } from "./log-reader.ts";

/** After so many bytes the event loop gets a turn: some 20 ms of work. */
const SLICE_BYTES = 16 << 20;
/** So much of the end of what was read must still be there: the checksum of the last record. */
const PROOF_BYTES = 64;

/** Called for each record; `facts` and the line in it are valid only during the call. */
export type FactsVisitor = (facts: Readonly<RecordFacts>, place: number) => void;

/** `replaced`: it is not the log that was read before, and nothing was visited; begin anew with another follower. `missing`: there is none. */
export type Followed = "read" | "replaced" | "missing";

export class LogFollower {
  readonly #fs: FileSystem;
  readonly #facts = new RecordFacts();
  /** The end of the last whole line. */
  #end = 0;
  #proof: Buffer = Buffer.alloc(0);
  #unreadable = 0;

  constructor(fs: FileSystem) {
    this.#fs = fs;
  }

  /** Lines that are no records, or are damaged. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** Bytes of whole lines so far. */
  get bytes(): number {
    return this.#end;
  }

  /**
   * Visits the records that were added since the last call. A last line without its end is left for the next one.
   * @param file the log, which may have been moved
   * @throws errors of the system, but not that the log is missing
   */
  async catchUp(file: string, visit: FactsVisitor): Promise<Followed> {
    for (;;) {
      const fd = this.#open(file);
      if (fd === null) return "missing";
      try {
        const isSame = readFully(this.#fs, fd, this.#end - this.#proof.length, this.#proof.length).equals(
          this.#proof,
        );
        if (!isSame) return "replaced";
        const isAll = this.#slice(fd, visit);
        const proofFrom = Math.max(0, this.#end - PROOF_BYTES);
        this.#proof = readFully(this.#fs, fd, proofFrom, this.#end - proofFrom);
        if (isAll) return "read";
      } finally {
        this.#fs.closeSync(fd);
      }
      await eventLoopTurn();
    }
  }

  #open(file: string): number | null {
    try {
      return this.#fs.openSync(file, O.O_RDONLY | O.O_NOFOLLOW);
    } catch (error) {
      if (systemCode(error) === "ENOENT") return null;
      throw error;
    }
  }

  /** Returns whether that was all. */
  #slice(fd: number, visit: FactsVisitor): boolean {
    const until = this.#end + SLICE_BYTES;
    let isAll = true;
    eachLine(this.#fs, fd, this.#end, (line, offset, ended) => {
      if (!ended) return;
      if (offset >= until) {
        isAll = false;
        return false;
      }
      this.#end = offset + line.length + 1;
      if (hasRightSum(line) && readFacts(line, this.#facts)) visit(this.#facts, offset);
      else this.#unreadable++;
      return true;
    });
    return isAll;
  }
}
