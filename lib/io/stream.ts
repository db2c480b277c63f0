// Reads what is no regular file (standard input, a FIFO), block by block, without holding up the event loop.

/** @param from a path, or a descriptor */
export async function* readStream(from: string | number): AsyncGenerator<Uint8Array, void> {
  const file = typeof from === "number" ? Bun.file(from) : Bun.file(from);
  for await (const block of file.stream()) yield block;
}
