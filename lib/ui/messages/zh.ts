// Chinese: all areas but the errors.
import { backups } from "./backups/zh.ts";
import { causes } from "./causes/zh.ts";
import { common } from "./common/zh.ts";
import { diff } from "./diff/zh.ts";
import { endpoint } from "./endpoint/zh.ts";
import { failures } from "./failures/zh.ts";
import { imports } from "./imports/zh.ts";
import { info } from "./info/zh.ts";
import { live } from "./live/zh.ts";
import { output } from "./output/zh.ts";
import { plan } from "./plan/zh.ts";
import { progress } from "./progress/zh.ts";
import { questions } from "./questions/zh.ts";
import { sharding } from "./sharding/zh.ts";
import { run } from "./run/zh.ts";
import { show } from "./show/zh.ts";
import { summary } from "./summary/zh.ts";
import { verify } from "./verify/zh.ts";
import { viewer } from "./viewer/zh.ts";
import { watch } from "./watch/zh.ts";
import type { Catalogue } from "./en.ts";
import { plainCall } from "./phrases.ts";

export const zh: Catalogue = {
  language: "zh",
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
