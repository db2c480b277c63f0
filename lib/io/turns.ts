// Long loops without an await starve timers and signals and accumulate garbage. These functions let the event loop run.

import { collectGarbage } from "./garbage.ts";

/** After so many bytes, a few milliseconds of work, the event loop gets a turn. */
export const TURN_BYTES: number = 4 << 20;

/** Collects garbage if needed; resolves after the event loop has handled timers, signals and finished calls once. */
export function eventLoopTurn(): Promise<void> {
  collectGarbage();
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Yields the blocks and lets the event loop run after each `everyBytes` (default TURN_BYTES). */
export async function* withTurns(
  blocks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  everyBytes: number = TURN_BYTES,
): AsyncGenerator<Uint8Array, void> {
  let bytes = 0;
  for await (const block of blocks) {
    yield block;
    bytes += block.length;
    if (bytes < everyBytes) continue;
    bytes = 0;
    await eventLoopTurn();
  }
}
