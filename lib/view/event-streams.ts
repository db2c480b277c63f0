// Server-sent events for many readers. An event is made once for all of them, and a reader that does not read is sent nothing, so that it costs no memory.

/** How many readers there are at once. */
export const READERS_MAX = 24;

export class EventStreams {
  readonly #streams = new Set<ReadableStreamDefaultController<Uint8Array>>();

  get size(): number {
    return this.#streams.size;
  }

  /** A response that begins with these bytes; null when there are too many readers. */
  open(first: Uint8Array): Response | null {
    if (this.#streams.size >= READERS_MAX) return null;
    let own: ReadableStreamDefaultController<Uint8Array> | null = null;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        own = controller;
        this.#streams.add(controller);
        controller.enqueue(first);
      },
      cancel: () => {
        if (own !== null) this.#streams.delete(own);
      },
    });
    return new Response(stream, {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    });
  }

  /** Sends the same bytes to all who have read what they were sent before. */
  send(make: () => Uint8Array): void {
    const ready = [...this.#streams].filter(({ desiredSize }) => (desiredSize ?? 0) > 0);
    if (ready.length === 0) return;
    const bytes = make();
    for (const controller of ready) {
      try {
        controller.enqueue(bytes);
      } catch {
        this.#streams.delete(controller); // the reader has gone
      }
    }
  }

  /** Ends all streams. */
  close(): void {
    for (const controller of this.#streams) {
      try {
        controller.close();
      } catch {
        // the reader has gone
      }
    }
    this.#streams.clear();
  }
}

const encoder = new TextEncoder();

export function event(name: string, data: unknown): Uint8Array {
  return encoder.encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** A comment, which readers skip: it shows that the server is alive. */
export const HEARTBEAT: Uint8Array = encoder.encode(": \n\n");
