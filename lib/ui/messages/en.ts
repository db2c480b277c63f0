// English: everything together.
import type { Catalogue } from "./catalogue.ts";
import { problem } from "./en-problems.ts";
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
} from "./en-screens.ts";

export const en: Catalogue = {
  language: "en",
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
