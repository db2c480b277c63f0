// Captures what code inside this process (a user's module) prints: by console, by the process's streams, or as a runtime warning. It is captured line
// by line, so that it mixes neither with results on standard output nor with the progress line or JSON on standard error.
import { Console } from "node:console";
import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** Longer lines are cut. */
const LINE_LENGTH_MAX = 1 << 16;

type Print = (line: string) => void;

/** Passes everything printed from now on to `print`, line by line, without line ends. Returns a function that undoes this. */
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

/** Replaces the value of a property. Returns a function that undoes this. */
function replaced<T extends object, K extends keyof T>(owner: T, name: K, value: T[K]): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  return () => {
    if (before === undefined) Reflect.deleteProperty(owner, name);
    else Object.defineProperty(owner, name, before);
  };
}

/** The runtime prints its warnings with a listener of its own. */
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

/** A console with the extra method of Bun's console. */
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

/** `write` of a stream, for all kinds of arguments. */
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

  /** The rest without a line end is a line, too. */
  end(): void {
    if (this.#rest !== "") this.#print(this.#rest);
    this.#rest = "";
  }
}
