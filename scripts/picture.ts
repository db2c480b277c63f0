// `bun scripts/picture.ts`: makes docs/resume.svg and docs/resume.zh.svg, in which a run is killed and resumed, of what a real terminal (tmux) shows.
// Needs tmux, pgrep and dist/ckpt (`bun run build`). Nothing else needs this script.
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type Frame, terminalSvg } from "./terminal-svg.ts";

const ROOT = path.resolve(import.meta.dir, "..");
/** ckpt is told of 80 columns; behind them is room for what the shell says of a killed command. */
const [COLUMNS, COLUMNS_TOLD, ROWS] = [86, 80, 24];
const COMMAND = "ckpt run questions.jsonl --id id --module answer.ts -j 4";

/** Between two looks at the screen: a moving line changes ten times a second, which nobody needs to see. */
const SAMPLE_MS = 350;
const PATIENCE_MS = 30_000;
/** A screen that has to be read is shown for so long. */
const READ_MS = 1500;
const LAST_MS = 5000;
const TYPED_AT_ONCE = 8;

const TEXTS = {
  en: {
    picture: "docs/resume.svg",
    label:
      "A terminal: ckpt is killed while it runs 200 items. The same command is typed again, and it resumes.",
    run: "200 items, each through a function that takes its time",
    kill: "Somebody ends it with kill -9",
    resume: "The same command again: it resumes",
  },
  zh: {
    picture: "docs/resume.zh.svg",
    label: "终端：ckpt 处理 200 个条目时被杀死；再次输入同一条命令，从断点继续。",
    run: "200 个条目，逐个交给一个较慢的函数",
    kill: "用 kill -9 强行终止",
    resume: "再次输入同一条命令：从断点继续",
  },
} as const;

type Language = keyof typeof TEXTS;

/** A shell in a terminal of its own, and what its screen has shown. */
class Recording {
  readonly frames: Frame[] = [];
  caption = "";
  readonly #folder: string = fs.mkdtempSync(path.join(os.tmpdir(), "demo-"));
  readonly #environment: Readonly<Record<string, string>>;
  readonly #startMs: number = performance.now();

  constructor(language: Language) {
    this.#environment = {
      PATH: `${path.join(ROOT, "dist")}:${process.env["PATH"] ?? ""}`,
      HOME: this.#folder,
      LANG: "C.UTF-8",
      CKPT_LANG: language,
      TERM: "xterm-256color",
      TZ: "UTC",
    };
    for (const name of ["questions.jsonl", "answer.ts"])
      fs.copyFileSync(path.join(ROOT, "examples", name), path.join(this.#folder, name));
    const bash = `stty columns ${COLUMNS_TOLD}; exec env -u TMUX PS1='$ ' bash --norc --noprofile`;
    const size = ["-x", String(COLUMNS), "-y", String(ROWS)];
    this.#tmux("-f", "/dev/null", "new-session", "-d", ...size, "-c", this.#folder, "sh", "-c", bash);
  }

  #tmux(...args: readonly string[]): string {
    const words = ["tmux", "-u", "-S", path.join(this.#folder, "tmux"), ...args];
    return Bun.spawnSync(words, { env: this.#environment }).stdout.toString();
  }

  get text(): string {
    return this.#tmux("capture-pane", "-p");
  }

  #sample(): void {
    const lines = this.#tmux("capture-pane", "-e", "-p").split("\n").slice(0, ROWS);
    const last = this.frames.at(-1);
    if (last?.caption === this.caption && lines.join("\n") === last.lines.join("\n")) return;
    const atMs = last === undefined ? 0 : Math.round(performance.now() - this.#startMs);
    this.frames.push({ atMs, caption: this.caption, lines });
  }

  /** Samples until the screen shows a text. */
  async until(text: RegExp): Promise<void> {
    const endMs = performance.now() + PATIENCE_MS;
    while (!text.test(this.text)) {
      if (performance.now() > endMs) throw new Error(`${text} did not come:\n${this.text}`);
      this.#sample();
      await Bun.sleep(SAMPLE_MS);
    }
    this.#sample();
  }

  async type(text: string): Promise<void> {
    for (let at = 0; at < text.length; at += TYPED_AT_ONCE) {
      this.#tmux("send-keys", "-l", text.slice(at, at + TYPED_AT_ONCE));
      await Bun.sleep(100);
      this.#sample();
    }
    await Bun.sleep(300);
    this.enter();
  }

  enter(): void {
    this.#tmux("send-keys", "Enter");
  }

  /** Ends the command that the shell waits for. */
  kill(): void {
    const shell = this.#tmux("list-panes", "-F", "#{pane_pid}").trim();
    const pid = Bun.spawnSync(["pgrep", "-P", shell, "ckpt"]).stdout.toString().trim();
    Bun.spawnSync(["kill", "-KILL", pid]);
  }

  close(): void {
    this.#tmux("kill-server");
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function perform(recording: Recording, texts: (typeof TEXTS)[Language]): Promise<void> {
  await recording.until(/^\$/);
  recording.caption = texts.run;
  await recording.type(COMMAND);
  await recording.until(/\b(?:4\d|5\d)\.\d%/);
  recording.caption = texts.kill;
  recording.kill();
  await recording.until(/Killed/);
  await Bun.sleep(READ_MS);
  recording.caption = texts.resume;
  await recording.type(COMMAND);
  await recording.until(/y\/n/);
  await Bun.sleep(READ_MS);
  recording.enter();
  await recording.until(/auto_completed_[^]*\n\$/);
  if (!recording.text.startsWith(`$ ${COMMAND}`))
    throw new Error("the last screen does not hold all of it: more ROWS are needed");
}

for (const language of ["en", "zh"] as const) {
  const texts = TEXTS[language];
  const recording = new Recording(language);
  try {
    await perform(recording, texts);
    const shape = { columns: COLUMNS, rows: ROWS, lastMs: LAST_MS, label: texts.label };
    const svg = terminalSvg(recording.frames, shape);
    fs.writeFileSync(path.join(ROOT, texts.picture), svg);
    console.log(
      `${texts.picture}: ${recording.frames.length} screens, ${Math.ceil(Buffer.byteLength(svg) / 1000)} kB`,
    );
    console.log(recording.text);
  } finally {
    recording.close();
  }
}
