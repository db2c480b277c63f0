// One chart: lines over time. Pieces of time stand side by side; a dashed line shows where nothing ran in between. A single piece is a level line. Its legend shows the
// values below the pointer, else the last ones.
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { axisTime, dateAndTime } from "./clock-text.ts";
import { isDark } from "./preferences.ts";
import { words } from "./words.ts";

export type Series = {
  readonly label: string;
  /** A colour of style/theme.css, without its `--`. */
  readonly color: "ok" | "bad" | "accent" | "second" | "third";
  readonly values: readonly (number | null)[];
};

type ChartProps = {
  readonly title: string;
  readonly atMs: readonly number[];
  /** Numbers of the pieces of time before which a rest was left out. */
  readonly breaks: readonly number[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
};

export function Chart(props: ChartProps): VNode {
  const { title, atMs, series, format } = props;
  const { charts } = words();
  const [pointed, setPointed] = useState<number | null>(null);
  const at = pointed !== null && pointed < atMs.length ? pointed : null;
  const valueAt = (values: Series["values"]): number | null | undefined =>
    at === null ? values.findLast((value) => value !== null) : values[at];
  const shown = (value: number | null | undefined): string =>
    value === null || value === undefined ? "–" : format(value);
  return (
    <figure class="chart">
      <figcaption>
        <h3>{title}</h3>
        <p class="legend" aria-hidden="true">
          {series.map(({ label, color, values }) => (
            <span key={label} class={color}>
              {label} <b>{shown(valueAt(values))}</b>
            </span>
          ))}
        </p>
      </figcaption>
      <Plot {...props} onPoint={setPointed} />
      {at === null ? null : (
        <p class="when" aria-hidden="true">
          {charts.at(dateAndTime(new Date(atMs[at] ?? 0).toISOString()))}
        </p>
      )}
      <p class="unseen">
        {charts.described(
          title,
          series.map(({ label, values }) =>
            charts.part(label, shown(valueAt(values)), shown(Math.max(...values.map((value) => value ?? 0)))),
          ),
        )}
      </p>
    </figure>
  );
}

function Plot(props: ChartProps & { readonly onPoint: (at: number | null) => void }): VNode {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  // The plot's own functions read what is shown now, so that new values need no new plot.
  const now = useRef(props);
  now.current = props;
  const dark = isDark();
  const { language } = words();
  const labels = props.series.map(({ label }) => label).join();
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const made = new uPlot(optionsOf(element, now), dataOf(now.current), element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize(sizeOf(element)));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [dark, language, labels]);
  useEffect(() => plot.current?.setData(dataOf(props)), [props.atMs, props.series]);
  return <div class="plot" ref={place} aria-hidden="true" />;
}

function dataOf({ atMs, series }: ChartProps): uPlot.AlignedData {
  // One point makes no line: a single piece of time stands from its beginning to its end.
  if (atMs.length === 1) return [[0, 1], ...series.map(({ values: [only = null] }) => [only, only])];
  return [atMs.map((_, at) => at), ...series.map(({ values }) => [...values])];
}

const rem = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize);

function sizeOf(element: HTMLElement): { readonly width: number; readonly height: number } {
  return { width: Math.max(120, element.clientWidth), height: element.clientHeight };
}

type Now = { readonly current: ChartProps & { readonly onPoint: (at: number | null) => void } };

function optionsOf(element: HTMLElement, now: Now): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const unit = rem();
  const font = `${0.75 * unit}px ${style.fontFamily}`;
  const grid = { stroke: color("line"), width: 1 };
  const axis = { stroke: color("muted"), font, grid, ticks: { show: false } };
  return {
    ...sizeOf(element),
    padding: [0.5 * unit, 0.75 * unit, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 0.5 * unit } },
    scales: {
      x: { time: false },
      y: { range: (_u, _min, max) => [0, max > 0 ? max * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 1.75 * unit,
        splits: (u) => timeSplits(now.current.atMs.length, u.width / (6 * unit)),
        values: (_u, splits) => splits.map((at) => timeLabel(now.current.atMs, at)),
      },
      {
        ...axis,
        size: (_u, values) => unit * (1 + 0.48 * Math.max(3, ...(values ?? []).map(widthOf))),
        space: 2.4 * unit,
        values: (_u, splits) => splits.map((value) => axisText(now.current.format, value)),
      },
    ],
    series: [
      {},
      ...now.current.series.map(({ label, color: name }, at) => ({
        label,
        stroke: color(name),
        width: 1.75,
        // A filled area shows what the chart is about; several would cover each other.
        ...(at === 0 && now.current.series.length < 3 ? { fill: `${color(name)}1f` } : null),
        points: { show: true, size: 0.35 * unit, fill: color(name), filter: pointsAlone },
      })),
    ],
    hooks: {
      draw: [(u) => drawBreaks(u, now.current.breaks, color("muted"))],
      setCursor: [(u) => now.current.onPoint(u.cursor.idx ?? null)],
    },
  };
}

/** In digits: a Chinese character is as wide as one and a half. */
function widthOf(text: string): number {
  return text.length + 0.6 * (text.match(/\p{Script=Han}/gu)?.length ?? 0);
}

/** Where a value stands between two that are missing: no line shows it. */
function pointsAlone({ data }: uPlot, series: number): number[] {
  const values = Array.from(data[series] ?? []);
  const has = (at: number): boolean => typeof values[at] === "number";
  return values.flatMap((_, at) => (has(at) && !has(at - 1) && !has(at + 1) ? [at] : []));
}

/** A value on the axis, without zeros at its end. */
function axisText(format: (value: number) => string, value: number): string {
  if (value === 0) return "0";
  return format(value)
    .replace(/(\.\d*?)0+(?=\D*$)/, "$1")
    .replace(/\.(?=\D*$)/, "");
}

/** Numbers of pieces for the labels of the axis: evenly spaced, as many as there is room for. */
function timeSplits(pieces: number, room: number): number[] {
  const step = Math.max(1, Math.ceil(pieces / Math.max(1, room)));
  const splits = Array.from({ length: Math.ceil(pieces / step) }, (_, at) => at * step);
  // A label at the very end would be cut off.
  return splits.filter((at) => at === 0 || at < 0.95 * (pieces - 1));
}

function timeLabel(atMs: readonly number[], at: number): string {
  const time = atMs[at];
  return time === undefined ? "" : axisTime(time, (atMs.at(-1) ?? time) - (atMs[0] ?? time));
}

function drawBreaks(u: uPlot, breaks: readonly number[], color: string): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.setLineDash([4, 4]);
  for (const at of breaks) {
    const x = Math.round(u.valToPos(at - 0.5, "x", true));
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
