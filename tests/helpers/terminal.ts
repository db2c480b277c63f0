// Drives the compiled executable in a real terminal: a tmux server of its own, keys typed into it, the screen read from it. Needs tmux.
import * as fs from "node:fs";
import * as path from "node:path";
import { ENV, EXECUTABLE, newFolder } from "./ckpt.ts";
import { until } from "./until.ts";

const POLL_MS = 30;

export type TerminalOptions = {
  readonly columns?: number;
  readonly rows?: number;
  /** Words of a shell in front of `ckpt`, as `nohup`. */
  readonly through?: string;
  /** Of the program; the rest of its environment is fixed. */
  readonly env?: Readonly<Record<string, string>>;
};

/** A terminal in which `ckpt ARGS` runs. Close it with `await using`. */
export class Terminal implements AsyncDisposable {
  /** In a folder of the test: tmux leaves it behind. */
  readonly #socket: string;
  readonly #exitFile: string;

  constructor(cwd: string, args: readonly string[], options: TerminalOptions = {}) {
    const folder = newFolder();
    this.#socket = path.join(folder, "tmux");
    this.#exitFile = path.join(folder, "exit");
    const script = path.join(folder, "script");
    const words = args.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(" ");
    // The shell outlives a ^C, and stays afterwards so that the screen can still be read.
    const lines = [
      "trap : INT",
      // By its name alone, as somebody calls it who has installed it.
      `PATH='${path.dirname(EXECUTABLE)}':"$PATH" ${options.through ?? ""} ckpt ${words}`,
      `echo $? > '${this.#exitFile}.new'`,
      `mv '${this.#exitFile}.new' '${this.#exitFile}'`,
      "exec cat",
    ];
    fs.writeFileSync(script, lines.join("\n"));
    const settings = { LANG: "C.UTF-8", TZ: "UTC", NO_COLOR: "1", ...options.env };
    const env = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    const size = ["-x", String(options.columns ?? 80), "-y", String(options.rows ?? 30)];
    const program = ["env", "-u", "LC_ALL", "-u", "TMUX", ...env, "sh", script];
    this.#tmux("-f", "/dev/null", "new-session", "-d", ...size, "-c", cwd, ...program);
  }

  /** Types keys by tmux's names (Enter, Escape, C-c, Down), or a character. */
  press(...keys: readonly string[]): void {
    this.#tmux("send-keys", ...keys);
  }

  cursorIsShown(): boolean {
    return this.#tmux("display-message", "-p", "#{cursor_flag}").trim() === "1";
  }

  /** Whether the usual screen is shown as programs find it: lines are wrapped, the cursor is there. */
  isRestored(): boolean {
    const flags = "#{cursor_flag} #{wrap_flag} #{alternate_on}";
    return this.#tmux("display-message", "-p", flags).trim() === "1 1 0";
  }

  resize(columns: number, rows: number): void {
    this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** What is on the screen, spaces at the ends of lines and empty lines at the end left out. */
  screen(): string {
    return this.#tmux("capture-pane", "-p")
      .split("\n")
      .map((line) => line.trimEnd())
      .join("\n")
      .trimEnd();
  }

  /** Waits until the text stands on the screen; gives back the screen. */
  async shows(text: string | RegExp): Promise<string> {
    let screen = "";
    await this.#until(`"${text}" on the screen`, () => {
      screen = this.screen();
      return typeof text === "string" ? screen.includes(text) : text.test(screen);
    });
    return screen;
  }

  /** Waits for the program to end. */
  async exitCode(): Promise<number> {
    await this.#until("the end of the program", () => fs.existsSync(this.#exitFile));
    return Number(fs.readFileSync(this.#exitFile, "utf8"));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#tmux("kill-server");
    return Promise.resolve();
  }

  #until(what: string, holds: () => boolean): Promise<void> {
    return until(holds, () => `${what}; there is:\n${this.screen()}`, POLL_MS);
  }

  #tmux(...args: readonly string[]): string {
    const env = { ...ENV, TERM: "xterm-256color" };
    const ran = Bun.spawnSync(["tmux", "-u", "-S", this.#socket, ...args], { env });
    if (!ran.success) throw new Error(`tmux ${args[0]}: ${ran.stderr.toString()}`);
    return ran.stdout.toString();
  }
}
