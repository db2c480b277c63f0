// Chinese: everything together.
import type { Catalogue } from "./catalogue.ts";
import { errors } from "./zh-errors.ts";
import { problem } from "./zh-problems.ts";
import {
  common,
  confirm,
  info,
  list,
  plan,
  progress,
  prompts,
  states,
  summary,
  verify,
} from "./zh-screens.ts";

export const zh: Catalogue = {
  language: "zh",
  errors,
  common,
  info,
  plan,
  prompts,
  progress,
  summary,
  states,
  confirm,
  list,
  verify,
  problem,
};
