// C library calls that Bun has no function for.
import { type Platform, PLATFORM } from "./platform.ts";

/** The used part of bun:ffi. */
type Foreign = {
  readonly dlopen: (
    library: string,
    symbols: { readonly [name: string]: { readonly args: readonly string[]; readonly returns: string } },
  ) => { readonly symbols: { readonly [name: string]: CFunction } };
  readonly ptr: (memory: Memory) => unknown;
  readonly read: { readonly i32: (address: unknown) => number };
};
type CFunction = (...args: readonly unknown[]) => number;
type Memory = BigUint64Array | Uint8Array;

/** By library, name and types: making one takes longer than a sync. */
const functions = new Map<string, CFunction | null>();

/**
 * Calls a function that takes numbers and pointers and returns an int. Null where there is no such library (Windows), no such function in it, or no foreign
 * function may be called.
 * @param args numbers, null pointers, and memory that is read or filled
 */
export function callC(
  name: string,
  args: readonly (number | Memory | null)[],
  libraries: readonly string[] = PLATFORM.libc,
): number | null {
  try {
    const types = args.map((arg) => (typeof arg === "number" ? "i32" : "ptr"));
    const values = args.map((arg) => (arg !== null && typeof arg === "object" ? foreign().ptr(arg) : arg));
    return cFunction(libraries, name, types, "i32")?.(...values) ?? null;
  } catch {
    return null; // the caller has an alternative or does without
  }
}

/** The address of memory, to stand in other memory. The caller keeps it from being freed. Null where no foreign function may be called. */
export function addressOf(memory: Memory): bigint | null {
  try {
    return BigInt(foreign().ptr(memory) as number);
  } catch {
    return null;
  }
}

/** What errno is after a call that failed; 0 where that cannot be told. */
export function errnoOfC({ libc, errno }: Platform = PLATFORM): number {
  try {
    const address = cFunction(libc, errno, [], "ptr")?.();
    return address === undefined || address === null ? 0 : foreign().read.i32(address);
  } catch {
    return 0;
  }
}

/** Which C library this is; null where it has none, or none of the two. */
export function libcName({ libc }: Platform = PLATFORM): "glibc" | "musl" | null {
  if (process.platform !== "linux" || cFunction(libc, "getpid", [], "i32") === null) return null;
  return cFunction(libc, "gnu_get_libc_version", [], "ptr") === null ? "musl" : "glibc";
}

function foreign(): Foreign {
  return process.getBuiltinModule("bun:ffi") as unknown as Foreign;
}

function cFunction(
  libraries: readonly string[],
  name: string,
  args: readonly string[],
  returns: string,
): CFunction | null {
  const key = [libraries.join(":"), name, ...args].join(" ");
  let found = functions.get(key);
  if (found === undefined) functions.set(key, (found = firstOf(libraries, name, args, returns)));
  return found;
}

/** The function in the first library that there is. */
function firstOf(
  libraries: readonly string[],
  name: string,
  args: readonly string[],
  returns: string,
): CFunction | null {
  for (const library of libraries) {
    try {
      return foreign().dlopen(library, { [name]: { args, returns } }).symbols[name] ?? null;
    } catch {
      // The next name may be the one that this system has.
    }
  }
  return null;
}
