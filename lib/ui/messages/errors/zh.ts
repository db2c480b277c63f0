// Chinese: the texts of all errors, by area.
import { backups } from "./backups/zh.ts";
import { checkpoint } from "./checkpoint/zh.ts";
import type { ErrorTexts } from "./error-text.ts";
import { input } from "./input/zh.ts";
import { output } from "./output/zh.ts";
import { processors } from "./processors/zh.ts";
import { usage } from "./usage/zh.ts";

export const errors: ErrorTexts = { ...usage, ...input, ...processors, ...checkpoint, ...backups, ...output };
