// English: all areas but the errors, whose texts are loaded with the first one.
import { backups } from "./backups/en.ts";
import { causes } from "./causes/en.ts";
import { common } from "./common/en.ts";
import { diff } from "./diff/en.ts";
import { endpoint } from "./endpoint/en.ts";
import { failures } from "./failures/en.ts";
import { imports } from "./imports/en.ts";
import { info } from "./info/en.ts";
import { live } from "./live/en.ts";
import { output } from "./output/en.ts";
import { plan } from "./plan/en.ts";
import { progress } from "./progress/en.ts";
import { questions } from "./questions/en.ts";
import { sharding } from "./sharding/en.ts";
import { run } from "./run/en.ts";
import { show } from "./show/en.ts";
import { summary } from "./summary/en.ts";
import { verify } from "./verify/en.ts";
import { viewer } from "./viewer/en.ts";
import { watch } from "./watch/en.ts";
import { type Call, plainCall } from "./phrases.ts";
import type { Language } from "../language.ts";

/** Everything ckpt says, but for errors. The English texts declare it: a message that the Chinese lack does not compile. */
export type Catalogue = {
  readonly language: Language;
  readonly call: Call;
  readonly common: typeof common;
  readonly causes: typeof causes;
  readonly diff: typeof diff;
  readonly imports: typeof imports;
  readonly info: typeof info;
  readonly plan: typeof plan;
  readonly questions: typeof questions;
  readonly progress: typeof progress;
  readonly endpoint: typeof endpoint;
  readonly failures: typeof failures;
  readonly show: typeof show;
  readonly summary: typeof summary;
  readonly run: typeof run;
  readonly sharding: typeof sharding;
  readonly live: typeof live;
  readonly output: typeof output;
  readonly backups: typeof backups;
  readonly verify: typeof verify;
  readonly viewer: typeof viewer;
  readonly watch: typeof watch;
};

export const en: Catalogue = {
  language: "en",
  call: plainCall,
  common,
  causes,
  diff,
  imports,
  info,
  plan,
  questions,
  progress,
  endpoint,
  failures,
  show,
  summary,
  run,
  sharding,
  live,
  output,
  backups,
  verify,
  viewer,
  watch,
};
