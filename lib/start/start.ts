// Runs a command in the real process and exits with its exit code, or by its signal.
import { processHost } from "../cli/host.ts";
import { main } from "./main.ts";

/** Timers and connections that a user's module has left open keep the program at most this long: everything is saved and reported by then. */
const LEFT_OPEN_MS = 500;

export async function start(words: readonly string[]): Promise<void> {
  const host = processHost();
  const ending = await main(words, host);
  process.exitCode = ending.exitCode;
  setTimeout(() => process.exit(), LEFT_OPEN_MS).unref();
  if (ending.signal !== undefined) host.dieBy(ending.signal);
}
