// The whole of a terminal: another screen that is redrawn in place, line by line where something has changed, and keys as they are pressed. The terminal is restored
// synchronously at every end that this process sees: close(), a signal, process.exit(), an error that nobody catches.
import type { ReadStream, WriteStream } from "node:tty";
import { realFileSystem } from "./fs.ts";
import { STDOUT, writePatiently } from "./stdout.ts";

export type FullScreenEvents = {
  /** A key, as the terminal sends it: a letter, or an escape sequence. */
  key(key: string): void;
  /** The terminal has another size, or shows this program again: everything is to be drawn. */
  changed(): void;
};

const ESC = "\u001b[";
/** Lines are not wrapped: a terminal that shows a character wider than it was counted cuts the line instead. */
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}?7l${ESC}2J`;
const LEAVE = `${ESC}?7h${ESC}?25h${ESC}?1049l`;
/** Terminals that know it show all that stands between the two at once. */
const [BEGIN, END] = [`${ESC}?2026h`, `${ESC}?2026l`];
/** ^Z, which does not stop a program by itself that reads single keys. */
const SUSPEND = "\u001a";

export class FullScreen {
  readonly #stdin: ReadStream | null;
  readonly #stdout: WriteStream;
  readonly #events: FullScreenEvents;
  #shown: readonly string[] = [];
  #isOpen = false;
  readonly #undo: (() => void)[] = [];

  /** @param stdin null where keys cannot be read: it is no terminal */
  constructor(stdin: ReadStream | null, stdout: WriteStream, events: FullScreenEvents) {
    this.#stdin = stdin;
    this.#stdout = stdout;
    this.#events = events;
    const leave = (): void => this.#leave();
    const resized = (): void => this.#again();
    const resumed = (): void => this.#enter();
    const pressed = (bytes: Buffer): void => this.#pressed(bytes.toString("utf8"));
    process.on("exit", leave);
    process.on("SIGCONT", resumed);
    stdout.on("resize", resized);
    stdin?.on("data", pressed);
    this.#undo.push(
      () => process.off("exit", leave),
      () => process.off("SIGCONT", resumed),
      () => stdout.off("resize", resized),
      () => stdin?.off("data", pressed),
    );
    this.#enter();
  }

  get columns(): number {
    return this.#stdout.columns > 0 ? this.#stdout.columns : 80;
  }

  get rows(): number {
    return this.#stdout.rows > 0 ? this.#stdout.rows : 24;
  }

  /** Shows these lines, each at most as wide as the screen. A terminal that is behind is left in peace until it has caught up. */
  draw(lines: readonly string[]): void {
    if (!this.#isOpen || this.#stdout.writableNeedDrain) return;
    const next = lines.slice(0, this.rows);
    const changes = Array.from({ length: this.rows }, (_, row) => {
      const line = next[row] ?? "";
      return line === (this.#shown[row] ?? "") ? "" : `${ESC}${row + 1};1H${line}${ESC}K`;
    }).join("");
    this.#shown = next;
    if (changes !== "") this.#stdout.write(`${BEGIN}${changes}${END}`);
  }

  /** Restores the terminal. */
  close(): void {
    for (const undo of this.#undo.splice(0)) undo();
    this.#leave();
    this.#stdin?.pause();
  }

  #pressed(keys: string): void {
    if (keys === SUSPEND) {
      this.#leave();
      process.kill(process.pid, "SIGSTOP"); // SIGCONT goes on
      return;
    }
    for (const key of keys.startsWith("\u001b") ? [keys] : keys) this.#events.key(key);
  }

  #enter(): void {
    if (!this.#isOpen) {
      this.#isOpen = true;
      this.#stdin?.setRawMode(true);
      this.#stdin?.resume();
      writePatiently(realFileSystem, STDOUT, Buffer.from(ENTER));
    }
    this.#again();
  }

  #again(): void {
    if (!this.#isOpen) return;
    this.#shown = [];
    this.#stdout.write(`${ESC}2J`);
    this.#events.changed();
  }

  #leave(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      this.#stdin?.setRawMode(false);
      writePatiently(realFileSystem, STDOUT, Buffer.from(LEAVE));
    } catch {
      // The terminal has gone: there is nothing to restore.
    }
  }
}
