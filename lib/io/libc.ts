// Calls of the C library that Bun has no function for.

/** What is used of bun:ffi. */
type Foreign = {
  readonly dlopen: (
    library: string,
    symbols: { readonly [name: string]: { readonly args: readonly string[]; readonly returns: string } },
  ) => { readonly symbols: { readonly [name: string]: CFunction } };
  readonly ptr: (memory: BigUint64Array) => unknown;
};
type CFunction = (...args: readonly unknown[]) => number;

const LIBRARY = process.platform === "darwin" ? "libSystem.B.dylib" : "libc.so.6";

/**
 * Calls a function that takes numbers and pointers and returns an int. Null where there is no such library (Windows; musl answers to the same name) or no foreign function may
 * be called.
 * @param args numbers, null pointers, and memory that is read or filled
 */
export function callC(name: string, args: readonly (number | BigUint64Array | null)[]): number | null {
  try {
    const { dlopen, ptr } = process.getBuiltinModule("bun:ffi") as unknown as Foreign;
    const types = args.map((arg) => (typeof arg === "number" ? "i32" : "ptr"));
    const called = dlopen(LIBRARY, { [name]: { args: types, returns: "i32" } }).symbols[name];
    const values = args.map((arg) => (arg instanceof BigUint64Array ? ptr(arg) : arg));
    return called?.(...values) ?? null;
  } catch {
    return null; // whoever calls has another way, or does without
  }
}
