// The contract of assemblers, one for each API: an assembler makes of the events of a stream the answer that the API would have sent without streaming. The rest of the
// program then reads that answer as any other. tests/contract/streams.test.ts runs one suite over all of them.
import type { JsonValue } from "../../../core/item.ts";

export type StreamEvent = {
  /** What its `event:` line says. */
  readonly name: string | undefined;
  readonly value: JsonValue;
  /** Whether the value holds an error. */
  readonly isError: () => boolean;
};

export type Assembler = {
  /** Takes a piece of the answer. False: the event is none, or it is an error. */
  take(event: StreamEvent): boolean;
  /** Whether something that the model generated has come. */
  readonly hasToken: boolean;
  /** Size of what is kept, in UTF-16 units at least. */
  readonly size: number;
  /** Whether no further piece can come. */
  readonly isDone: boolean;
  /** JSON text of the complete answer; null as long as the stream has not said how the answer ended. */
  answer(): string | null;
};
