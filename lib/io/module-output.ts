// What code inside this process (a user's module) prints: by console, by the streams of the process, as a warning of the runtime. Caught line by line, it gets
// in nobody's way: not in results on standard output, and not in a moving line or in JSON on standard error.
import { Console } from "node:console";
import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** Longer lines are cut. */
const LINE_LENGTH_MAX = 1 << 16;

type Print = (line: string) => void;

/** Hands what is printed from now on to `print`, a line at a time, without its end. Returns what takes that back. */
export function catchOutput(print: Print): () => void {
  const lines = new Lines(print);
  const write = writerInto(lines);
  const undo = [
    replaced(globalThis, "console", consoleInto(lines, write)),
    replaced(process.stdout, "write", write),
    replaced(process.stderr, "write", write),
    warningsInto(print),
  ];
  return () => {
    lines.end();
    for (const restore of undo) restore();
  };
}

/** Gives a property another value. Returns what takes that back. */
function replaced<T extends object, K extends keyof T>(owner: T, name: K, value: T[K]): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  return () => {
    if (before === undefined) Reflect.deleteProperty(owner, name);
    else Object.defineProperty(owner, name, before);
  };
}

/** The runtime prints its warnings by a listener of its own. */
function warningsInto(print: Print): () => void {
  const before = process.listeners("warning");
  const heed = ({ name, message }: Error): void => print(`${name}: ${message}`);
  process.removeAllListeners("warning").on("warning", heed);
  return () => {
    process.off("warning", heed);
    for (const listener of before) process.on("warning", listener);
  };
}

type Write = typeof process.stdout.write;

/** A console, with the one method that Bun's has besides. */
function consoleInto(lines: Lines, write: Write): typeof console {
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      lines.take(chunk);
      done();
    },
  });
  const made = new Console({ stdout: stream, stderr: stream, colorMode: false });
  return Object.assign(made, {
    write: (...chunks: (string | ArrayBufferView | ArrayBuffer)[]): number => {
      const pieces = chunks.map((chunk) => Buffer.from(chunk as Uint8Array));
      for (const piece of pieces) write(piece);
      return pieces.reduce((sum, { length }) => sum + length, 0);
    },
  });
}

/** `write` of a stream, whatever it is given. */
function writerInto(lines: Lines): Write {
  return (chunk: string | Uint8Array, ...more: unknown[]): boolean => {
    lines.take(chunk);
    const done = more.find((one) => typeof one === "function");
    if (done !== undefined) process.nextTick(done);
    return true;
  };
}

class Lines {
  readonly #print: Print;
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  constructor(print: Print) {
    this.#print = print;
  }

  take(chunk: string | Uint8Array): void {
    const text = typeof chunk === "string" ? chunk : this.#decoder.write(Buffer.from(chunk));
    const lines = `${this.#rest}${text}`.split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#print(line);
    if (this.#rest.length > LINE_LENGTH_MAX) this.end();
  }

  /** What has not been ended by a line's end is a line, too. */
  end(): void {
    if (this.#rest !== "") this.#print(this.#rest);
    this.#rest = "";
  }
}
