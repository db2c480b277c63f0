// Renders an expected failure, for people and for scripts. The error texts are loaded with this file, because most runs need none.
import type { CkptError, ErrorName } from "../core/errors.ts";
import { safeParams } from "./escape.ts";
import type { Language } from "./language.ts";
import type { Catalogue } from "./messages/en.ts";
import { errors as en } from "./messages/errors/en.ts";
import type { ErrorText, ErrorTexts } from "./messages/errors/error-text.ts";
import { errors as zh } from "./messages/errors/zh.ts";
import type { Call } from "./messages/phrases.ts";
import { paint, type Screen } from "./screen.ts";
import { wrapColumns } from "./width.ts";

const TEXTS: Readonly<Record<Language, ErrorTexts>> = { en, zh };

function textOf<K extends ErrorName>(texts: ErrorTexts, error: CkptError<K>, call: Call): ErrorText {
  return texts[error.code](safeParams(error.params), call);
}

/** Message and hint of an error; every value in them is safe to print. */
export function describeError(error: CkptError, catalogue: Catalogue): ErrorText {
  return textOf(TEXTS[catalogue.language], error, catalogue.call);
}

/** `ckpt: message`, and the hint on the lines below it; the message red where the screen has colours. */
export function renderError(
  error: CkptError,
  catalogue: Catalogue,
  screen: Pick<Screen, "colour" | "wrapsAt">,
): string {
  const { message, hint } = describeError(error, catalogue);
  const columns = screen.wrapsAt();
  // Both are indented by the width of the program's name.
  const shown = wrapColumns(`      ${message}`, columns).slice(6);
  return `${paint(`ckpt: ${shown}`, "red", screen.colour)}\n${wrapColumns(`      ${hint}`, columns)}`;
}

export type ErrorJson = {
  readonly error: {
    readonly code: ErrorName;
    readonly message: string;
    readonly hint: string;
    /** The file or folder concerned, unescaped; null without one. */
    readonly path: string | null;
  };
};

/** The same for `--json`. */
export function errorJson(error: CkptError, catalogue: Catalogue): ErrorJson {
  const { message, hint } = describeError(error, catalogue);
  return { error: { code: error.code, message, hint, path: pathOf(error.params) } };
}

function pathOf(params: object): string | null {
  if ("path" in params && typeof params.path === "string") return params.path;
  return "dir" in params && typeof params.dir === "string" ? params.dir : null;
}
