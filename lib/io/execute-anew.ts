// Executes this program anew in the same process (execve(2)), for variables that count only in the environment with which a process begins. Process id,
// terminal, ignored and blocked signals, current folder and standard streams stay.
//
// Bun's own `process.execve` is not used: it empties the mask of blocked signals (seen with 1.4.5).
import { addressOf, callC } from "./libc.ts";

/** fcntl(2) on Linux and macOS. */
const F_SETFD = 2;

/** A path of an open file of this process, perhaps behind the `@` of an option. */
const DESCRIPTOR = /^@?\/(?:dev\/fd|proc\/self\/fd)\/(\d{1,6})$/;

/** Whether a word names an open file of this process, as a shell's `<(command)` does. */
export function namesDescriptor(word: string): boolean {
  return DESCRIPTOR.test(word);
}

/**
 * Begins the program anew with further variables. Returns only where that cannot be done (Windows, no C library, the executable is gone). Before it, nothing
 * may be locked, written, or read of an open file that the words name.
 * @param words of the new start, the program's name first
 */
export function executeAnew(words: readonly string[], variables: Readonly<Record<string, string>>): void {
  const named = words.flatMap((word) => DESCRIPTOR.exec(word)?.[1] ?? []);
  // At its start Bun makes all inherited files end with an execve.
  for (const fd of named) callC("fcntl", [Number(fd), F_SETFD, 0]);
  const environment = Object.entries({ ...process.env, ...variables });
  const program = Buffer.from(`${process.execPath}\0`);
  const [argv, envp] = [
    new TextList(words),
    new TextList(environment.map(([name, value]) => `${name}=${value}`)),
  ];
  callC("execve", [program, argv.addresses, envp.addresses]);
}

/** Texts as a C function takes them (`char *const []`). */
class TextList {
  readonly addresses: BigUint64Array;
  readonly #texts: readonly Buffer[];

  constructor(texts: readonly string[]) {
    this.#texts = texts.map((text) => Buffer.from(`${text}\0`));
    this.addresses = BigUint64Array.from([...this.#texts.map((text) => addressOf(text) ?? 0n), 0n]);
  }
}
