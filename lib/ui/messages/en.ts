// English: everything together.
import type { Catalogue } from "./catalogue.ts";
import { problem } from "./en-problems.ts";
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
} from "./en-screens.ts";

export const en: Catalogue = {
  language: "en",
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
