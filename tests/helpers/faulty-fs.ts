// A file system that keeps a list of the calls that matter for a crash, and fails or shortens those that a test names.
import * as path from "node:path";
import { type FileSystem, realFileSystem } from "../../lib/io/fs.ts";

/** Calls that are listed, and can be made to fail. */
export type Call =
  | "open"
  | "write"
  | "truncate"
  | "fsync"
  | "fdatasync"
  | "rename"
  | "unlink"
  | "mkdir"
  | "rmdir";

export type Fault = {
  readonly call: Call;
  /** Only calls on a file or folder of this name count; default: all. Of a rename it is the old name. */
  readonly name?: string;
  /** The first of these calls that fails, from 1; default 1. */
  readonly nth?: number;
  /** How many fail; default: all from `nth` on. */
  readonly times?: number;
  /** The system's error code; for a write, null means that it writes `bytes` only and says so. */
  readonly code: string | null;
  /** Bytes that a write still takes before it fails, or instead of all; default 0. */
  readonly bytes?: number;
};

export class FaultyFileSystem {
  /** `call name`, in order; a rename is `rename old new`. */
  readonly calls: string[] = [];
  readonly #faults: { readonly fault: Fault; seen: number }[] = [];
  readonly #names = new Map<number, string>();
  readonly fs: FileSystem;

  constructor() {
    const real = realFileSystem;
    this.fs = {
      ...real,
      openSync: (file, flags, mode) => {
        this.#enter("open", path.basename(String(file)));
        const fd = real.openSync(file, flags, mode);
        this.#names.set(fd, path.basename(String(file)));
        return fd;
      },
      writeSync: (fd: number, ...rest: readonly unknown[]) => this.#write(fd, rest),
      ftruncateSync: (fd, bytes) => {
        this.#enter("truncate", this.#nameOf(fd));
        real.ftruncateSync(fd, bytes);
      },
      fsyncSync: (fd) => {
        this.#enter("fsync", this.#nameOf(fd));
        real.fsyncSync(fd);
      },
      fdatasyncSync: (fd) => {
        this.#enter("fdatasync", this.#nameOf(fd));
        real.fdatasyncSync(fd);
      },
      renameSync: (from, to) => {
        this.#enter("rename", path.basename(String(from)), path.basename(String(to)));
        real.renameSync(from, to);
      },
      unlinkSync: (file) => {
        this.#enter("unlink", path.basename(String(file)));
        real.unlinkSync(file);
      },
      mkdirSync: ((folder: string, options: { readonly mode: number }) => {
        this.#enter("mkdir", path.basename(folder));
        return real.mkdirSync(folder, options);
      }) as FileSystem["mkdirSync"],
      rmdirSync: (folder) => {
        this.#enter("rmdir", path.basename(String(folder)));
        real.rmdirSync(folder);
      },
    };
  }

  /** From now on, calls that fit fail. */
  fail(fault: Fault): void {
    this.#faults.push({ fault, seen: 0 });
  }

  /** Takes all faults back. */
  heal(): void {
    this.#faults.length = 0;
  }

  #nameOf(fd: number): string {
    return this.#names.get(fd) ?? `fd ${fd}`;
  }

  #enter(call: Call, name: string, to?: string): void {
    const fault = this.#due(call, name);
    this.calls.push([call, name, ...(to === undefined ? [] : [to])].join(" "));
    if (fault !== null) throw systemError(fault.code ?? "EIO", call);
  }

  #due(call: Call, name: string): Fault | null {
    for (const entry of this.#faults) {
      const { fault } = entry;
      if (fault.call !== call || (fault.name !== undefined && fault.name !== name)) continue;
      entry.seen++;
      const nth = fault.nth ?? 1;
      if (entry.seen >= nth && entry.seen < nth + (fault.times ?? Number.POSITIVE_INFINITY)) return fault;
    }
    return null;
  }

  #write(fd: number, rest: readonly unknown[]): number {
    const [bytes, offset = 0, length, position] = rest as [Uint8Array, number?, number?, number?];
    const name = this.#nameOf(fd);
    const fault = this.#due("write", name);
    this.calls.push(`write ${name}`);
    const all = length ?? bytes.length - offset;
    const taken = fault === null ? all : Math.min(all, fault.bytes ?? 0);
    const written = taken > 0 ? realFileSystem.writeSync(fd, bytes, offset, taken, position ?? null) : 0;
    if (fault !== null && fault.code !== null) throw systemError(fault.code, "write");
    return written;
  }
}

function systemError(code: string, call: string): Error {
  return Object.assign(new Error(`${code}: ${call} (made by the test)`), { code });
}
