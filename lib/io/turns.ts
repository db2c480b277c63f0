// Long loops that never wait for anything starve timers and signals, and leave garbage behind; these give the event loop its turn.

import { collectGarbage } from "./garbage.ts";

/** Collects garbage where that is due; resolves after the event loop has seen to timers, signals and finished calls once. */
export function eventLoopTurn(): Promise<void> {
  collectGarbage();
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Hands the blocks on and gives the event loop a turn after each `everyBytes` (default 4 MiB, a few milliseconds of work). */
export async function* withTurns(
  blocks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  everyBytes: number = 4 << 20,
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
