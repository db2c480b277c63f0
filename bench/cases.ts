// All cases, in the order of the table. The full form is for the page of figures; the quick one, where there is one, for the guard: small, but with
// enough pairs that their median is steady on a busy machine.
import { commandRows, parallelRows } from "./cases/commands.ts";
import {
  endpointRows,
  inFlightRows,
  manyRows,
  slotsRows,
  slowingRows,
  streamRows,
} from "./cases/endpoint.ts";
import { exportRows } from "./cases/export.ts";
import { inputRows } from "./cases/inputs.ts";
import { liveRows } from "./cases/live.ts";
import { moduleRows, wholeRows } from "./cases/module.ts";
import { outputRows } from "./cases/outputs.ts";
import { pageRows } from "./cases/page.ts";
import { promptfooRows } from "./cases/promptfoo.ts";
import { rateRows } from "./cases/rate.ts";
import { dryRows, infoRows, parallelResumeRows, planRows, resumeRows } from "./cases/resume.ts";
import { mergeRows, shardPlanRows } from "./cases/shards.ts";
import { startRows } from "./cases/start.ts";
import { viewRows } from "./cases/view.ts";
import { windowRows } from "./cases/window.ts";
import { workerRows } from "./cases/worker.ts";
import type { Place } from "./place.ts";
import type { Row } from "./row.ts";

export type Case = {
  readonly name: string;
  readonly full: (place: Place) => Promise<Row[]>;
  /** Null: not in the quick form. */
  readonly quick: ((place: Place) => Promise<Row[]>) | null;
  /** Run only when it is named. */
  readonly onlyNamed?: true;
};

/** Pairs of the full form. */
const PAIRS = 5;
const QUICK_PAIRS = 5;
const MILLION = 1_000_000;
const QUICK_DONE = 50_000;

export const CASES: readonly Case[] = [
  {
    name: "start",
    full: (place) => startRows(place, PAIRS),
    quick: (place) => startRows(place, QUICK_PAIRS),
  },
  {
    name: "commands",
    full: (place) => commandRows(place, PAIRS, 8000, [10, 50]),
    quick: (place) => commandRows(place, QUICK_PAIRS, 300, [10]),
  },
  {
    name: "live",
    full: (place) => liveRows(place, PAIRS, { modules: MILLION, commands: 4000 }),
    quick: null,
  },
  { name: "parallel", full: (place) => parallelRows(place, PAIRS, 500), quick: null },
  { name: "window", full: (place) => windowRows(place, PAIRS), quick: null },
  {
    name: "worker",
    full: (place) => workerRows(place, PAIRS, 100_000),
    quick: (place) => workerRows(place, QUICK_PAIRS, 10_000),
  },
  {
    name: "module",
    full: (place) => moduleRows(place, PAIRS, 200_000),
    quick: (place) => moduleRows(place, QUICK_PAIRS, 50_000),
  },
  {
    name: "whole",
    full: (place) => wholeRows(place, PAIRS, MILLION),
    quick: (place) => wholeRows(place, QUICK_PAIRS, 50_000),
  },
  {
    name: "resume",
    full: (place) => resumeRows(place, PAIRS, MILLION),
    quick: (place) => resumeRows(place, QUICK_PAIRS, QUICK_DONE),
  },
  {
    name: "info",
    full: (place) => infoRows(place, PAIRS, MILLION),
    quick: (place) => infoRows(place, QUICK_PAIRS, QUICK_DONE),
  },
  {
    name: "plan",
    full: (place) => planRows(place, PAIRS, MILLION),
    quick: (place) => dryRows(place, QUICK_PAIRS, QUICK_DONE),
  },
  {
    name: "export",
    full: (place) => exportRows(place, PAIRS, MILLION),
    quick: (place) => exportRows(place, QUICK_PAIRS, QUICK_DONE),
  },
  {
    name: "shards",
    full: async (place) => [
      ...(await shardPlanRows(place, PAIRS, 4 * MILLION)),
      ...(await mergeRows(place, PAIRS, MILLION)),
    ],
    quick: async (place) => [
      ...(await shardPlanRows(place, QUICK_PAIRS, 4 * QUICK_DONE)),
      ...(await mergeRows(place, QUICK_PAIRS, QUICK_DONE)),
    ],
  },
  { name: "page", full: (place) => pageRows(place, PAIRS, 200_000), quick: null },
  { name: "view", full: (place) => viewRows(place, PAIRS, MILLION), quick: null },
  { name: "outputs", full: (place) => outputRows(place, PAIRS, 200_000), quick: null },
  { name: "inputs", full: (place) => inputRows(place, PAIRS, 200_000), quick: null },
  { name: "parallel-resume", full: (place) => parallelResumeRows(place, PAIRS), quick: null },
  {
    name: "endpoint",
    full: (place) => endpointRows(place, 3, 20_000),
    quick: (place) => endpointRows(place, QUICK_PAIRS, 1600),
  },
  { name: "streams", full: (place) => streamRows(place, 3, 20_000), quick: null },
  { name: "slots", full: (place) => slotsRows(place, PAIRS, 6400), quick: null },
  { name: "slowing", full: (place) => slowingRows(place, 9600), quick: null },
  { name: "many", full: (place) => manyRows(place, 3), quick: null },
  { name: "in-flight", full: (place) => inFlightRows(place), quick: null },
  { name: "rate", full: () => rateRows(), quick: null, onlyNamed: true },
];

/** promptfoo from `folder`, where it is installed when it is missing. */
export function promptfooCase(folder: string): Case {
  return { name: "promptfoo", full: (place) => promptfooRows(place, PAIRS, folder), quick: null };
}
