// `bun scripts/picture.ts`: records in a real terminal (tmux) how a run is killed and resumed, and makes docs/resume.svg of it: an animation of the screens
// as they were, without scripts. Needs tmux and dist/ckpt (`bun run build`).
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const ROOT = path.resolve(import.meta.dir, "..");
const [COLUMNS, ROWS] = [80, 15];
const SAMPLE_MS = 80;
const PATIENCE_MS = 30_000;
/** The last screen stands for so long before the animation begins again. */
const LAST_MS = 4000;

const COMMAND = "ckpt run questions.jsonl --id id --module answer.ts -j 4 -o answers.jsonl";

type Frame = { readonly atMs: number; readonly lines: readonly string[] };

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ckpt-picture-"));
const socket = path.join(folder, "tmux");
for (const name of ["questions.jsonl", "answer.ts"])
  fs.copyFileSync(path.join(ROOT, "examples", name), path.join(folder, name));

function tmux(...args: readonly string[]): string {
  return Bun.spawnSync(["tmux", "-S", socket, ...args]).stdout.toString();
}

function screen(): string[] {
  const lines = tmux("capture-pane", "-p").split("\n").slice(0, ROWS);
  return lines.map((line) => line.trimEnd());
}

const frames: Frame[] = [];
const startMs = performance.now();

function sample(): void {
  const lines = screen();
  if (lines.join("\n") === frames.at(-1)?.lines.join("\n")) return;
  frames.push({ atMs: performance.now() - startMs, lines });
}

/** Samples until a condition holds. */
async function until(what: string, holds: () => boolean): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`${what} did not come:\n${screen().join("\n")}`);
    sample();
    await Bun.sleep(SAMPLE_MS);
  }
  sample();
}

async function type(text: string): Promise<void> {
  for (const character of text) {
    tmux("send-keys", "-l", character);
    await Bun.sleep(15);
    sample();
  }
  tmux("send-keys", "Enter");
}

const shows = (text: RegExp) => (): boolean => text.test(screen().join("\n"));

/** The process that the shell in the pane waits for. */
function runningPid(): string {
  const shell = tmux("list-panes", "-F", "#{pane_pid}").trim();
  return Bun.spawnSync(["pgrep", "-P", shell, "ckpt"]).stdout.toString().trim();
}

function record(): Promise<void> {
  const env = [
    `PATH=${path.join(ROOT, "dist")}:${process.env["PATH"] ?? ""}`,
    "LANG=C.UTF-8",
    "TZ=UTC",
    "PS1=$ ",
  ];
  const shell = ["env", "-u", "TMUX", ...env, "bash", "--norc", "--noprofile"];
  tmux(
    "-f",
    "/dev/null",
    "new-session",
    "-d",
    "-x",
    String(COLUMNS),
    "-y",
    String(ROWS),
    "-c",
    folder,
    ...shell,
  );
  return perform();
}

async function perform(): Promise<void> {
  await until("the prompt", shows(/^\$/));
  await type(COMMAND);
  await until("half of the work", shows(/ (?:4\d|5\d)\.\d% /));
  Bun.spawnSync(["kill", "-KILL", runningPid()]);
  await until("the kill", shows(/Killed/));
  tmux("send-keys", "Up", "Enter");
  await until("the question", shows(/default y/));
  await Bun.sleep(1200);
  tmux("send-keys", "Enter");
  await until("the end", shows(/All 200 items done[\s\S]*\n\$/));
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** What is said by whom: the shell, a question, the moving line. */
function colourOf(line: string): string {
  if (line.startsWith("$")) return "#9ece6a";
  if (/Killed/.test(line)) return "#f7768e";
  if (/^\d+\/200/.test(line)) return "#7aa2f7";
  return "#c0caf5";
}

const [FONT_PX, LINE_PX, CHARACTER_PX, MARGIN_PX] = [14, 19, 8.43, 14];

function svg(): string {
  const endMs = (frames.at(-1)?.atMs ?? 0) + LAST_MS;
  const percent = (atMs: number): string => ((atMs * 100) / endMs).toFixed(3);
  const [width, height] = [COLUMNS * CHARACTER_PX + 2 * MARGIN_PX, ROWS * LINE_PX + 2 * MARGIN_PX];
  const styles = frames.map(({ atMs }, at) => {
    const [from, to] = [percent(atMs), percent(frames[at + 1]?.atMs ?? endMs)];
    const before = at === 0 ? "" : `0%{visibility:hidden}`;
    const after = at === frames.length - 1 ? "" : `${to}%{visibility:hidden}`;
    return `@keyframes f${at}{${before}${from}%{visibility:visible}${after}}#f${at}{animation:f${at} ${(endMs / 1000).toFixed(2)}s step-end infinite}`;
  });
  const groups = frames.map(({ lines }, at) => {
    const texts = lines.flatMap((line, row) => {
      if (line === "") return [];
      const y = MARGIN_PX + (row + 1) * LINE_PX - 5;
      return [
        `<text x="${MARGIN_PX}" y="${y}" fill="${colourOf(line)}" xml:space="preserve">${escaped(line)}</text>`,
      ];
    });
    // Where animations are switched off, the last screen stands.
    const still = at === frames.length - 1 ? "visible" : "hidden";
    return `<g id="f${at}" visibility="${still}">${texts.join("")}</g>`;
  });
  const size = `width="${Math.round(width)}" height="${height}" viewBox="0 0 ${Math.round(width)} ${height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="A run is killed, and the same command resumes it">`,
    `<style>text{font:${FONT_PX}px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}${styles.join("")}</style>`,
    `<rect width="100%" height="100%" rx="8" fill="#1a1b26"/>`,
    ...groups,
    "</svg>",
    "",
  ].join("\n");
}

try {
  await record();
} finally {
  tmux("kill-server");
}
fs.writeFileSync(path.join(ROOT, "docs/resume.svg"), svg());
console.log(`docs/resume.svg: ${frames.length} screens, ${Math.round((frames.at(-1)?.atMs ?? 0) / 1000)} s`);
fs.rmSync(folder, { recursive: true, force: true });
