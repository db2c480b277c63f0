// A file system that dies before its Nth call (as a process does that is killed there), that fails just that one call, or before which something else
// happens. What is written to standard output is gathered and not counted.
import { closeSync } from "node:fs";
import { type FileSystem, realFileSystem } from "../../lib/io/fs.ts";

/** Thrown by every call of a file system that has died; no program may understand it. */
class KilledError extends Error {
  override readonly name = "KilledError";
}

export type WatchedFileSystem = {
  readonly fs: FileSystem;
  /** Whether the Nth call was reached. */
  readonly struck: () => boolean;
  readonly stdout: () => string;
};

/** @param at number of the call, from 1, before which it dies */
export function crashingFileSystem(at: number): WatchedFileSystem {
  return watched((call) => {
    if (call >= at) throw new KilledError(`killed before call ${at}`);
  });
}

/** @param at number of the one call, from 1, that fails with `code` */
export function failingFileSystem(at: number, code: string): WatchedFileSystem {
  return watched((call, name) => {
    if (call === at) throw Object.assign(new Error(`${code}: simulated, ${name}`), { code, syscall: name });
  });
}

/** @param at number of the call, from 1, before which `action` happens */
export function interruptedFileSystem(at: number, action: () => void): WatchedFileSystem {
  let reached = false;
  const { fs, stdout } = watched((call) => {
    if (call !== at) return;
    reached = true;
    action();
  });
  return { fs, struck: () => reached, stdout };
}

/** The real one, with its standard output gathered. */
export function quietFileSystem(): WatchedFileSystem {
  return watched(() => undefined);
}

function watched(before: (call: number, name: string) => void): WatchedFileSystem {
  let calls = 0;
  let struck = false;
  const out: Uint8Array[] = [];
  const check = (name: string): void => {
    calls++;
    try {
      before(calls, name);
    } catch (error) {
      struck = true;
      throw error;
    }
  };
  const fs = new Proxy(realFileSystem, {
    get(target, name: string) {
      const call = Reflect.get(target, name) as (...args: readonly unknown[]) => unknown;
      if (typeof call !== "function") return call;
      return (...args: readonly unknown[]): unknown => {
        if (name === "writeSync" && args[0] === 1) {
          const [, bytes, from = 0, length] = args as [number, Uint8Array, number?, number?];
          const piece = bytes.subarray(from, from + (length ?? bytes.length - from));
          out.push(Uint8Array.from(piece));
          return piece.length;
        }
        // The system closes what a killed process had open.
        if (name === "closeSync") closeSync(args[0] as number);
        check(name);
        return name === "closeSync" ? undefined : call(...args);
      };
    },
  });
  return { fs, struck: () => struck, stdout: () => Buffer.concat(out).toString("utf8") };
}
