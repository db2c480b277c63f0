// What is simulated for docs/scale-out.md, and how it stands there: a table, and a plot.
import { seededRandom } from "../../tests/helpers/seed.ts";
import { type Cluster, idealSeconds, type Job, simulate } from "./simulate.ts";

/** Without preemptions and starts: five hours. */
const JOB = { items: 1e9, attemptSeconds: 0.288, inFlight: 16 } as const;
const CLUSTER: Cluster = { nodes: 1000, lifeSeconds: 2 * 3600, absenceSeconds: 600, spread: 0.5 };
/** How long a start takes: about a second for a million items of the input. */
const STARTS = [2, 20, 120] as const;
const TABLE_STARTS = [2, 20] as const;
const TABLE_SHARDS = [1000, 4096, 16_384, 65_536] as const;
const PLOT_SHARDS = [1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000] as const;
/** Of each figure: their mean counts. */
const COURSES = 10;

type Figures = { readonly factor: number; readonly preemptions: number; readonly doubled: number };

/** Means over some courses; always the same. */
function figuresOf(shards: number, startSeconds: number): Figures {
  const job: Job = { ...JOB, startSeconds };
  const courses = Array.from({ length: COURSES }, (_, at) =>
    simulate(job, CLUSTER, shards, seededRandom(at + 1)),
  );
  const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / COURSES;
  return {
    factor: mean(courses.map(({ seconds }) => seconds)) / idealSeconds(job, CLUSTER),
    preemptions: mean(courses.map((course) => course.preemptions)),
    doubled: mean(courses.map((course) => course.doubled)),
  };
}

const count = (value: number): string => value.toLocaleString("en").replaceAll(",", " ");
const hundreds = (value: number): string => count(Math.round(value / 100) * 100);

/** Lines of the table, without its head: shards; factors; preemptions and attempts begun twice, with the longer start. */
export function tableLines(): readonly string[] {
  return TABLE_SHARDS.map((shards) => {
    const [short, long] = TABLE_STARTS.map((start) => figuresOf(shards, start));
    if (short === undefined || long === undefined) throw new Error("two starts are compared");
    const cells = [
      count(shards),
      `${short.factor.toFixed(2)} ×`,
      `${long.factor.toFixed(2)} ×`,
      hundreds(long.preemptions),
      hundreds(long.doubled),
    ];
    return `| ${cells.join(" | ")} |`;
  });
}

/** The factor over the number of shards, a line for each length of a start. */
export function plotText(): string {
  const lines = STARTS.map((start) => ({
    name: `${start} s`,
    points: PLOT_SHARDS.map((shards) => [shards, figuresOf(shards, start).factor] as const),
  }));
  return drawn(lines);
}

type Line = {
  readonly name: string;
  readonly points: readonly (readonly [shards: number, factor: number])[];
};

const WIDTH = 640;
const HEIGHT = 300;
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 60, 14, 36];
const TICKS = [1, 1.25, 1.5, 1.75, 2, 2.25];
const COLOURS = ["#2a8fbd", "#d9822b", "#c44569"];
/** Readable on a light page and on a dark one: nothing is filled. */
const STYLE =
  "text{font:12px sans-serif;fill:#57606a}.grid{stroke:#888;stroke-opacity:.4;stroke-width:.5}@media (prefers-color-scheme:dark){text{fill:#adbac7}}";

/** The SVG text: shards to the right, logarithmically; the factor up. */
function drawn(lines: readonly Line[]): string {
  const [low, high] = [Math.min(...PLOT_SHARDS), Math.max(...PLOT_SHARDS)];
  const [bottom, top] = [Math.min(...TICKS), Math.max(...TICKS)];
  const x = (shards: number): string =>
    (LEFT + (Math.log2(shards / low) / Math.log2(high / low)) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (factor: number): string =>
    (HEIGHT - BOTTOM - ((factor - bottom) / (top - bottom)) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const text = (at: readonly [string, string], anchor: string, words: string): string =>
    `<text x="${at[0]}" y="${at[1]}" text-anchor="${anchor}" dominant-baseline="middle">${words}</text>`;
  const right = String(WIDTH - RIGHT);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}"><style>${STYLE}</style>`,
    ...TICKS.flatMap((tick) => [
      `<path class="grid" d="M${LEFT} ${y(tick)}H${right}"/>`,
      text([String(LEFT - 8), y(tick)], "end", `${tick} ×`),
    ]),
    ...PLOT_SHARDS.map((shards) => text([x(shards), String(HEIGHT - BOTTOM + 18)], "middle", count(shards))),
    ...lines.flatMap(({ name, points }, at) => {
      const colour = COLOURS[at] ?? "#888";
      const path = points.map(([shards, factor]) => `${x(shards)} ${y(factor)}`).join("L");
      const [, last = bottom] = points.at(-1) ?? [];
      return [
        `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        text([String(WIDTH - RIGHT + 8), y(last)], "start", name),
      ];
    }),
    "</svg>\n",
  ].join("\n");
}
