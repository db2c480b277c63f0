// What a person may want to know of how an input is read.

export type InputRemark =
  /** The header shows another delimiter than the usual one, and it is used. */
  | { readonly kind: "delimiter-found"; readonly used: string }
  /** The header shows another delimiter than the one that is used. */
  | { readonly kind: "delimiter-doubted"; readonly used: string; readonly shown: string }
  /** The checkpoint was made with another delimiter. */
  | { readonly kind: "delimiter-changed"; readonly used: string; readonly before: string }
  /** The first line of JSON lines is an array: perhaps the whole file is one. */
  | { readonly kind: "first-is-array" };
