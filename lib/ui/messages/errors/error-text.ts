// What every error has in both languages. The codes are declared in lib/core/errors.ts, under the same areas.
import type { Call } from "../phrases.ts";
import type { ErrorName, ErrorParams } from "../../../core/errors.ts";

/** What could not be done, a colon, what was found; what to do now. */
export type ErrorText = { readonly message: string; readonly hint: string };

/** @param call how a command on the same checkpoint is typed */
export type ErrorTexts = { readonly [K in ErrorName]: (params: ErrorParams[K], call: Call) => ErrorText };

/** The texts of the errors whose codes begin with one of these words. */
export type ErrorTextsOf<Area extends string> = Pick<ErrorTexts, Extract<ErrorName, `${Area}.${string}`>>;
