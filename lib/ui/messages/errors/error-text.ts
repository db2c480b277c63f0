// What every error has in both languages. The codes are declared in lib/core/errors.ts, under the same areas.
import type { ErrorName, ErrorParams } from "../../../core/errors.ts";

/** What could not be done, a colon, what was found; what to do now. */
export type ErrorText = { readonly message: string; readonly hint: string };

export type ErrorTexts = { readonly [K in ErrorName]: (params: ErrorParams[K]) => ErrorText };

/** The texts of the errors whose codes begin with one of these words. */
export type ErrorTextsOf<Area extends string> = Pick<ErrorTexts, Extract<ErrorName, `${Area}.${string}`>>;
