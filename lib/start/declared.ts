// What completion knows of all commands: made of the declarations when the executable is built, so that a Tab loads none of them.
import type { Declared } from "../cli/completion/wanted.ts";
import { renderDeclared } from "./render-declarations.ts" with { type: "macro" };

export const DECLARED: Declared = renderDeclared();
