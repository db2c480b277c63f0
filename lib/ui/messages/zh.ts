// Chinese: everything together.
import type { Catalogue } from "./catalogue.ts";
import { problem } from "./zh-problems.ts";
import {
  common,
  confirm,
  failures,
  info,
  list,
  plan,
  progress,
  prompts,
  states,
  summary,
  trouble,
  verify,
} from "./zh-screens.ts";

export const zh: Catalogue = {
  language: "zh",
  common,
  info,
  plan,
  prompts,
  progress,
  failures,
  trouble,
  summary,
  states,
  confirm,
  list,
  verify,
  problem,
};
