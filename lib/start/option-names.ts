// The names of the options of all commands, made from the declarations when the executable is built.
import { renderOptionNames } from "./render-declarations.ts" with { type: "macro" };

export const OPTION_NAMES: readonly string[] = renderOptionNames();
