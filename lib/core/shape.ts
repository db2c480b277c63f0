// Declares the shape of a file's content once: a table says what is checked when the file is read, and the TypeScript type is inferred from the table. A correct
// checksum shows that no byte changed by accident, not that ckpt wrote the file. Content with another shape is treated as damaged, so that readers can rely on the type.
//
// Keys are those of the file. `key?` may be left out, `key|null` may be null. In a file, each may stand for the other; the value that is read has the declared one.

import type { FormatVersion } from "./format-version.ts";

type Scalar = "string" | "number" | "boolean";

declare const WORDS: unique symbol;
/** A string: one of these words, or a word of a newer version of ckpt, which screens show as it is. */
export type Word<W extends string> = "string" & { readonly [WORDS]?: W };

/** A type's name, a list's element, or an object's keys. */
export type Shape = Scalar | readonly [Shape] | Fields;
export type Fields = { readonly [key: string]: Shape };

/** The type of the values that have a shape. */
export type Of<S> =
  S extends Word<infer W>
    ? string extends W
      ? string
      : W | (string & {})
    : S extends "number"
      ? number
      : S extends "boolean"
        ? boolean
        : S extends readonly [infer Element]
          ? readonly Of<Element>[]
          : OfFields<S>;

type OfFields<F> = Simplified<
  {
    readonly [
      K in keyof F as K extends `${string}?` ? never : K extends `${infer N}|null` ? N : K
    ]: K extends `${string}|null` ? Of<F[K]> | null : Of<F[K]>;
  } & { readonly [K in keyof F as K extends `${infer N}?` ? N : never]?: Of<F[K]> }
>;

/** A small file of one kind. */
export type Sealed<K extends string, S> = Simplified<{ readonly v: FormatVersion; readonly kind: K } & Of<S>>;

/** Joins an intersection into one object type, which is easier to read in error messages. */
type Simplified<T> = { [K in keyof T]: T[K] };

/**
 * Whether a value has a shape. Other keys are allowed; numbers must be finite. Makes the value fit the inferred type: sets a missing `key|null` to null, and deletes
 * a `key?` that is null.
 */
export function fitShape(value: unknown, shape: Shape): boolean {
  if (typeof shape === "string") return typeof value === shape && value !== Infinity && value !== -Infinity;
  if (isList(shape)) return Array.isArray(value) && value.every((each) => fitShape(each, shape[0]));
  return typeof value === "object" && value !== null && fitFields(value as Record<string, unknown>, shape);
}

/** Calls nothing for single values: a function that is called for each value of a status is compiled, and `ckpt info` waits for that. */
function fitFields(found: Record<string, unknown>, fields: Fields): boolean {
  for (const [key, shape] of Object.entries(fields)) {
    const mayBeAbsent = key.endsWith("?");
    const mayBeNull = !mayBeAbsent && key.endsWith("|null");
    const name = mayBeAbsent ? key.slice(0, -1) : mayBeNull ? key.slice(0, -5) : key;
    const value = Object.hasOwn(found, name) ? (found[name] ?? null) : null;
    if (value === null) {
      if (mayBeNull) found[name] = null;
      else if (mayBeAbsent) delete found[name];
      else return false;
    } else if (typeof value === shape) {
      if (value === Infinity || value === -Infinity) return false; // what JSON.parse makes of `1e999`
    } else if (!fitShape(value, shape)) {
      return false;
    }
  }
  return true;
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
