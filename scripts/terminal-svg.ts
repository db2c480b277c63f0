// Makes an SVG of the screens of a terminal: an animation in CSS, without scripts. A line that stays on the screen is drawn once, however many screens show it.
// Where animations are switched off, the last screen is shown.

/** A screen as `tmux capture-pane -e` gives it, one text a row, colours as escape sequences. */
export type Frame = {
  readonly atMs: number;
  /** What is going on, shown above the screen. */
  readonly caption: string;
  readonly lines: readonly string[];
};

export type Picture = {
  readonly columns: number;
  readonly rows: number;
  /** Time for which the last screen is shown before the animation begins again. */
  readonly lastMs: number;
  /** For people who do not see the picture. */
  readonly label: string;
};

/** A line in its row, shown from the first frame that has it to the last. */
type Shown = { readonly row: number; readonly text: string; readonly fromMs: number; readonly toMs: number };
/** Characters of one colour, and the column of the first. */
type Piece = {
  readonly column: number;
  readonly columns: number;
  readonly text: string;
  readonly class: string;
};

const [FONT_PX, LINE_PX, COLUMN_PX, MARGIN_PX, HEAD_PX] = [14, 19, 8.4, 14, 32];
const CAPTION_ROW = -1;
const [BACKGROUND, FOREGROUND, CAPTION, BORDER] = ["#1a1b26", "#c0caf5", "#e0af68", "#565f89"];
/** By the number of an SGR colour, 30 to 37. */
const COLOURS = ["#7f87a8", "#f7768e", "#9ece6a", "#e0af68", "#7aa2f7", "#bb9af7", "#7dcfff", "#c0caf5"];

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const round = (value: number): string => String(Number(value.toFixed(2)));

/** SVG joins spaces that follow each other, and drops those at the ends: they become no-break spaces. */
const kept = (text: string): string => text.replaceAll(/^ | (?= |$)/g, "\u00a0");

/** What is drawn, row by row, in the order of time. The caption is the row above the first. */
function shownLines(frames: readonly Frame[], endMs: number): Shown[] {
  const shown: Shown[] = [];
  const rows = Math.max(...frames.map(({ lines }) => lines.length));
  for (let row = CAPTION_ROW; row < rows; row++) {
    const textAt = (at: number): string => {
      const frame = frames[at];
      return (row === CAPTION_ROW ? frame?.caption : frame?.lines[row]) ?? "";
    };
    let at = 0;
    while (at < frames.length) {
      const text = textAt(at);
      const fromMs = frames[at]?.atMs ?? 0;
      while (at < frames.length && textAt(at) === text) at++;
      if (text !== "") shown.push({ row, text, fromMs, toMs: frames[at]?.atMs ?? endMs });
    }
  }
  return shown;
}

/** The class after an SGR sequence: `c1` a colour, `b` bold, `d` dim. */
function classAfter(before: string, codes: string): string {
  let classes = new Set(before.split(" ").filter((name) => name !== ""));
  for (const code of codes.split(";").map(Number)) {
    if (code === 0) classes = new Set();
    else if (code === 1) classes.add("b");
    else if (code === 2) classes.add("d");
    else if (code === 22) classes = new Set([...classes].filter((name) => name.startsWith("c")));
    else if ((code >= 30 && code <= 39) || (code >= 90 && code <= 97)) {
      classes = new Set([...classes].filter((name) => !name.startsWith("c")));
      if (code !== 39) classes.add(`c${code % 10}`);
    }
  }
  return [...classes].join(" ");
}

/** Cut where the colour or the width of a character changes: fonts do not agree on how wide Chinese and emoji are. */
export function pieces(line: string): Piece[] {
  const found: Piece[] = [];
  let [column, className] = [0, ""];
  for (const [at, part] of line.split("\u001b").entries()) {
    const [sequence = "", codes = ""] = (at > 0 && /^\[([\d;]*)m/.exec(part)) || [];
    if (sequence !== "") className = classAfter(className, codes);
    const token = part.slice(sequence.length);
    for (const { segment } of new Intl.Segmenter().segment(token)) {
      const columns = Bun.stringWidth(segment);
      const last = found.at(-1);
      // Of one width each: an emoji in the font's own colours and width stands alone.
      const isAlike = last !== undefined && last.columns === columns * Array.from(last.text).length;
      const joins = isAlike && !/\p{Emoji_Presentation}/u.test(last.text + segment);
      if (joins && last.class === className) {
        found[found.length - 1] = { ...last, columns: last.columns + columns, text: last.text + segment };
      } else {
        found.push({ column, columns, text: segment, class: className });
      }
      column += columns;
    }
  }
  return found.filter(({ text }) => text.trim() !== "");
}

function drawn({ row, text }: Shown): string {
  const y = round(HEAD_PX + MARGIN_PX + (row + 1) * LINE_PX - 5);
  if (row === CAPTION_ROW) return `<text class="caption" x="${MARGIN_PX}" y="21">${escaped(text)}</text>`;
  return pieces(text)
    .map((piece) => {
      const x = round(MARGIN_PX + piece.column * COLUMN_PX);
      // Every font then has the columns of the terminal.
      const length = piece.columns > 2 ? ` textLength="${round(piece.columns * COLUMN_PX)}"` : "";
      const className = piece.class === "" ? "" : ` class="${piece.class}"`;
      return `<text x="${x}" y="${y}"${length}${className}>${escaped(kept(piece.text))}</text>`;
    })
    .join("");
}

/** @param frames in the order of time, the first at 0 */
export function terminalSvg(frames: readonly Frame[], picture: Picture): string {
  const endMs = (frames.at(-1)?.atMs ?? 0) + picture.lastMs;
  const groups = Map.groupBy(shownLines(frames, endMs), ({ fromMs, toMs }) => `${fromMs} ${toMs}`);
  const [styles, texts]: [string[], string[]] = [[], []];
  for (const [at, shown] of [...groups.values()].entries()) {
    const [fromMs, toMs] = [shown[0]?.fromMs ?? 0, shown[0]?.toMs ?? endMs];
    const percent = (ms: number): string => `${round((ms * 100) / endMs)}%`;
    const isLast = toMs === endMs;
    const before = fromMs === 0 ? "" : "0%{visibility:hidden}";
    const after = isLast ? "" : `${percent(toMs)}{visibility:hidden}`;
    const isAlways = before === "" && after === "";
    if (!isAlways)
      styles.push(
        `@keyframes k${at}{${before}${percent(fromMs)}{visibility:visible}${after}}#k${at}{animation-name:k${at}}`,
      );
    const attributes = `${isAlways ? "" : ` id="k${at}"`}${isLast ? "" : ' class="past"'}`;
    texts.push(`<g${attributes}>${shown.map(drawn).join("")}</g>`);
  }
  const width = Math.ceil(picture.columns * COLUMN_PX + 2 * MARGIN_PX);
  const height = HEAD_PX + picture.rows * LINE_PX + 2 * MARGIN_PX;
  const style = [
    `text{font:${FONT_PX}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:${FOREGROUND}}`,
    ...COLOURS.map((colour, at) => `.c${at}{fill:${colour}}`),
    `.caption{font:600 14px system-ui,sans-serif;fill:${CAPTION}}.b{font-weight:bold}.d{opacity:.6}.past{visibility:hidden}`,
    `@media(prefers-reduced-motion:no-preference){g{animation:${round(endMs / 1000)}s step-end infinite}${styles.join("")}}`,
  ].join("");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(picture.label)}</title>`,
    `<style>${style}</style>`,
    `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8" fill="${BACKGROUND}" stroke="${BORDER}"/>`,
    `<path d="M0 ${HEAD_PX}H${width}" stroke="${BORDER}"/>`,
    ...texts,
    "</svg>",
    "",
  ].join("\n");
}
