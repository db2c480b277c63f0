// English: the texts of all errors, by area.
import { backups } from "./backups/en.ts";
import { checkpoint } from "./checkpoint/en.ts";
import type { ErrorTexts } from "./error-text.ts";
import { input } from "./input/en.ts";
import { output } from "./output/en.ts";
import { processors } from "./processors/en.ts";
import { usage } from "./usage/en.ts";

export const errors: ErrorTexts = { ...usage, ...input, ...processors, ...checkpoint, ...backups, ...output };
