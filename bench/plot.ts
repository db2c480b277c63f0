// A small plot as SVG: one line a series over the number of items, both axes logarithmic, so that cost in proportion is a straight line of slope 1.

export type Series = { readonly name: string; readonly points: readonly (readonly [x: number, y: number])[] };

const WIDTH = 640;
const HEIGHT = 360;
const LEFT = 70;
const BOTTOM = 40;
const TOP = 30;
const RIGHT = 150;
const COLOURS = ["#0b6e99", "#c44536", "#2e7d32", "#7b4b94"];

/** The SVG text. Values that are not above 0 are left out: they have no place on such an axis. */
export function plot(title: string, unit: string, all: readonly Series[]): string {
  const series = all.map(({ name, points }) => ({ name, points: points.filter(([, y]) => y > 0) }));
  const points = series.flatMap((line) => line.points);
  const [minX, maxX] = decades(points.map(([x]) => x));
  const [minY, maxY] = decades(points.map(([, y]) => y));
  const at = (value: number, low: number, high: number, from: number, to: number): number =>
    from + ((Math.log10(value) - low) / Math.max(1, high - low)) * (to - from);
  const x = (value: number): number => at(value, minX, maxX, LEFT, WIDTH - RIGHT);
  const y = (value: number): number => at(value, minY, maxY, HEIGHT - BOTTOM, TOP);
  const grid = [
    ...range(minX, maxX).map((power) => {
      const place = x(10 ** power).toFixed(1);
      return `<path d="M${place} ${TOP}V${HEIGHT - BOTTOM}"/><text stroke="none" x="${place}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${label(power)}</text>`;
    }),
    ...range(minY, maxY).map((power) => {
      const place = y(10 ** power).toFixed(1);
      return `<path d="M${LEFT} ${place}H${WIDTH - RIGHT}"/><text stroke="none" x="${LEFT - 8}" y="${place}" text-anchor="end" dominant-baseline="middle">${label(power)}</text>`;
    }),
  ];
  const lines = series.map((line, i) => {
    const colour = COLOURS[i % COLOURS.length] ?? "#000";
    const path = line.points
      .map(([px, py], n) => `${n === 0 ? "M" : "L"}${x(px).toFixed(1)} ${y(py).toFixed(1)}`)
      .join("");
    const [lastX, lastY] = line.points.at(-1) ?? [1, 1];
    return `<path d="${path}" stroke="${colour}" stroke-width="2" fill="none"/><text x="${(x(lastX) + 8).toFixed(1)}" y="${y(lastY).toFixed(1)}" fill="${colour}" dominant-baseline="middle">${line.name}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="18" font-size="14">${title} (${unit})</text>`,
    `<g stroke="#ddd" fill="#555">${grid.join("")}</g>`,
    ...lines,
    "</svg>",
    "",
  ].join("\n");
}

function decades(values: readonly number[]): [number, number] {
  return [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function label(power: number): string {
  return power < 0 ? String(10 ** power) : (10 ** power).toLocaleString("en");
}
