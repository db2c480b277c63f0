// `bun scripts/picture.ts`: makes docs/resume.svg, in which a run is killed and resumed, of what a real terminal (tmux) shows.
// Needs tmux, pgrep and dist/ckpt (`bun run build`). Nothing else needs this script.
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type Frame, terminalSvg } from "./terminal-svg.ts";

const ROOT = path.resolve(import.meta.dir, "..");
const PICTURE = path.join(ROOT, "docs/resume.svg");
/** ckpt is told of 80 columns; behind them is room for what the shell says of a killed command. */
const [COLUMNS, COLUMNS_TOLD, ROWS] = [86, 80, 24];
const COMMAND = "ckpt run questions.jsonl --id id --module answer.ts -j 4";

/** Between two looks at the screen: a moving line changes ten times a second, which nobody needs to see. */
const SAMPLE_MS = 350;
const PATIENCE_MS = 30_000;
/** For readers: a screen that they have to read is shown for so long. */
const READ_MS = 1500;
const LAST_MS = 5000;
const TYPED_AT_ONCE = 8;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "demo-"));
const environment = {
  PATH: `${path.join(ROOT, "dist")}:${process.env["PATH"] ?? ""}`,
  HOME: folder,
  LANG: "C.UTF-8",
  TERM: "xterm-256color",
  TZ: "UTC",
};

function tmux(...args: readonly string[]): string {
  const words = ["tmux", "-u", "-S", path.join(folder, "tmux"), ...args];
  return Bun.spawnSync(words, { env: environment }).stdout.toString();
}

const screenText = (): string => tmux("capture-pane", "-p");
const frames: Frame[] = [];
let caption = "";
const startMs = performance.now();

function sample(): void {
  const lines = tmux("capture-pane", "-e", "-p").split("\n").slice(0, ROWS);
  const last = frames.at(-1);
  if (last?.caption === caption && lines.join("\n") === last.lines.join("\n")) return;
  frames.push({ atMs: last === undefined ? 0 : Math.round(performance.now() - startMs), caption, lines });
}

/** Samples until the screen shows a text. */
async function until(text: RegExp): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!text.test(screenText())) {
    if (performance.now() > endMs) throw new Error(`${text} did not come:\n${screenText()}`);
    sample();
    await Bun.sleep(SAMPLE_MS);
  }
  sample();
}

async function type(text: string): Promise<void> {
  for (let at = 0; at < text.length; at += TYPED_AT_ONCE) {
    tmux("send-keys", "-l", text.slice(at, at + TYPED_AT_ONCE));
    await Bun.sleep(100);
    sample();
  }
  await Bun.sleep(300);
  tmux("send-keys", "Enter");
}

/** The process that the shell in the pane waits for. */
function runningPid(): string {
  const shell = tmux("list-panes", "-F", "#{pane_pid}").trim();
  return Bun.spawnSync(["pgrep", "-P", shell, "ckpt"]).stdout.toString().trim();
}

async function record(): Promise<void> {
  for (const name of ["questions.jsonl", "answer.ts"])
    fs.copyFileSync(path.join(ROOT, "examples", name), path.join(folder, name));
  const size = ["-x", String(COLUMNS), "-y", String(ROWS)];
  const bash = `stty columns ${COLUMNS_TOLD}; exec env -u TMUX PS1='$ ' bash --norc --noprofile`;
  const shell = ["sh", "-c", bash];
  tmux("-f", "/dev/null", "new-session", "-d", ...size, "-c", folder, ...shell);
  await until(/^\$/);
  caption = "200 items, each through a function that takes its time";
  await type(COMMAND);
  await until(/ (?:4\d|5\d)\.\d% /);
  caption = "Somebody ends it with kill -9";
  Bun.spawnSync(["kill", "-KILL", runningPid()]);
  await until(/Killed/);
  await Bun.sleep(READ_MS);
  caption = "The same command again: it resumes";
  await type(COMMAND);
  await until(/default y/);
  await Bun.sleep(READ_MS);
  tmux("send-keys", "Enter");
  await until(/All 200 items done[^]*\n\$/);
  if (!screenText().startsWith(`$ ${COMMAND}`))
    throw new Error("the last screen does not hold all of it: more ROWS are needed");
}

try {
  await record();
  const label =
    "A terminal: ckpt is killed while it runs 200 items. The same command is typed again, and it resumes.";
  fs.writeFileSync(PICTURE, terminalSvg(frames, { columns: COLUMNS, rows: ROWS, lastMs: LAST_MS, label }));
  const kb = Math.ceil(fs.statSync(PICTURE).size / 1000);
  console.log(`${path.relative(process.cwd(), PICTURE)}: ${frames.length} screens, ${kb} kB`);
  console.log(screenText());
} finally {
  tmux("kill-server");
  fs.rmSync(folder, { recursive: true, force: true });
}
