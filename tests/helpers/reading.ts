// What a child writes, while it runs and afterwards.

export type Reading = {
  /** What has come so far. */
  readonly text: string;
  /** All of it, once the stream has ended. */
  readonly all: Promise<string>;
};

/** Reads a stream as it comes. */
export function reading(stream: ReadableStream<Uint8Array>): Reading {
  let text = "";
  const read = async (): Promise<string> => {
    const decoder = new TextDecoder();
    for await (const bytes of stream) text += decoder.decode(bytes, { stream: true });
    return text;
  };
  const all = read();
  return {
    get text() {
      return text;
    },
    all,
  };
}
