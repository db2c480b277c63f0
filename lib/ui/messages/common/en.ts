// English: words and phrases that all areas share.
import type { Kept, Maker } from "../../../core/job.ts";
import type { ShownLine } from "../../../core/file-line.ts";
import { formatDuration, formatNumber } from "../../format.ts";
import { formatTime } from "../../format-time.ts";
import { TIME_UNITS } from "../time-units.ts";
import { firstFew, nameOf, nearest, shownLine } from "../phrases.ts";

const duration = (ms: number): string => formatDuration(ms, TIME_UNITS.en);

/** `1 item`, `1,319 items`. */
export const counted = (count: number, one: string, many: string): string =>
  `${formatNumber(count)} ${count === 1 ? one : many}`;

export const items = (count: number): string => counted(count, "item", "items");

/** What a plan counts: items, or answers where several are wanted of each. */
export const units = (count: number, repeat: number = 1): string =>
  repeat === 1 ? items(count) : counted(count, "answer", "answers");

export const few = (values: readonly string[], count: number = values.length): string =>
  firstFew(values, count, ", ", (more) => ` and ${formatNumber(more)} more`);

/** Lines by their numbers; `FILE:LINE` stands for itself. */
export const lines = (places: readonly ShownLine[], count: number = places.length): string => {
  const shown = few(places.map(shownLine), count);
  return typeof places[0] === "string" ? shown : `${count === 1 ? "line" : "lines"} ${shown}`;
};

/** An input as a sentence names it. */
export const inputName = (path: string): string => (path === "-" ? "standard input" : path);

/** A process, the machine it runs on, and since when, as far as they are known. */
export const holder = (
  pid: number | null,
  host: string | null,
  since: string | null,
  task: string | null,
): string =>
  [
    pid === null ? "another process" : `process ${pid}`,
    task === null ? [] : `(${task})`,
    host === null ? [] : `on ${host}`,
    since === null ? [] : `since ${formatTime(since)}`,
  ]
    .flat()
    .join(" ");

/** Names of fingerprint parts as people say them; others are shown as they are. */
const PARTS: { readonly [name: string]: string } = {
  kind: "kind of processor",
  endpoint: "endpoint",
  command: "command",
  shell: "shell command",
  module: "module file",
  endpoint_name: "name of the endpoint",
  base_url: "base URL",
  messages: "messages",
  body: "request body",
  requests: "requests",
  image: "pictures",
  system: "system prompt",
  parse: "parsing",
  api: "API",
  validate: "schema of --validate",
  match: "pattern of --match",
  answer: "kind of answer",
  "fail-on": "marks that fail",
};

/** `file:solve.py` and `depends:prompt.txt` name a file whose content counts, `param:max_tokens` a parameter, `header:x-title` a header. */
export const partName = (name: string): string =>
  nameOf(PARTS, name)
    .replace(/^(?:file|depends):/, "content of ")
    .replace(/^param:/, "parameter ")
    .replace(/^header:/, "header ");

/** An input beside other facts, without an article. */
export const namedInput = (path: string): string => (path === "-" ? inputName(path) : `input ${path}`);

const madeBy = ({ kind, shown, input, at, own, changed }: Maker): string =>
  own
    ? `results of ${changed ? "this job" : "an earlier session of this job"}, ${formatTime(at)}`
    : `the results of another job: ${partName(kind)} ${shown}, ${namedInput(input)}, ${formatTime(at)}`;

/** What is known of a file that stands where an output is to go, behind "it". */
export const holds = (maker: Maker | null): string => {
  if (maker === null) return "is a file unknown to ckpt";
  return maker.changed ? `held ${madeBy(maker)}, and has been changed since` : `holds ${madeBy(maker)}`;
};

/** Where results are kept, behind "stay". */
export const keptIn = ({ backup }: Kept): string =>
  backup === null ? "with their checkpoint" : `in backup ${backup}`;

export const didYouMean = (name: string | null): string => nearest(name, (it) => ` (did you mean ${it}?)`);

/** What fields the items have; where they have none, what to do then. */
export const fields = (known: readonly string[], none: string): string =>
  known.length === 0 ? `The items have no fields: ${none}.` : `The items have: ${few(known)}.`;

export const common = {
  /** Milliseconds as people say them. */
  duration: (ms: number): string => duration(ms),
  /** A duration that may be much less than a second. */
  latency: (ms: number): string => (ms < 1000 ? `${ms}ms` : duration(ms)),
  time: (time: number | string): string => formatTime(time),
  allItems: "all items",
  /** Conditions that must all hold, as they were typed. */
  allOf: (conditions: readonly string[]): string => conditions.join(" and "),
  sample: (count: number, seed: string): string => `a sample of ${formatNumber(count)}, seed ${seed}`,
  joined: (parts: readonly string[]): string => parts.join(", "),
};
