// Remarks about how the input is read that the user should see.

export type InputRemark =
  /** The header shows a delimiter other than the default, and it is used. */
  | { readonly kind: "delimiter-found"; readonly used: string }
  /** The header shows a delimiter other than the one in use. */
  | { readonly kind: "delimiter-doubted"; readonly used: string; readonly shown: string }
  /** The checkpoint was made with another delimiter. */
  | { readonly kind: "delimiter-changed"; readonly used: string; readonly before: string }
  /** The first line of JSON lines is an array: perhaps the whole file is one. */
  | { readonly kind: "first-is-array" };
