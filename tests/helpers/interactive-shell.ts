// A real shell in a real terminal (tmux), in which lines are typed and completed. `ckpt` is a stand-in there: it answers Tabs as the executable does, and
// instead of running anything else it notes the words that the shell gives it. Needs tmux.
import * as fs from "node:fs";
import * as path from "node:path";
import { ENV, EXECUTABLE, newFolder } from "./ckpt.ts";
import { until } from "./until.ts";

const POLL_MS = 20;

export type ShellName = "bash" | "zsh" | "fish";

/** How each is started, without anybody's settings, and what it reads first. */
const START: { readonly [S in ShellName]: (file: string) => readonly string[] } = {
  bash: (file) => ["bash", "--noprofile", "--rcfile", file, "-i"],
  zsh: (file) => ["env", `ZDOTDIR=${path.dirname(file)}`, "zsh", "-d", "-i"],
  fish: (file) => ["fish", "--no-config", "--init-command", `source ${file}`],
};
const FIRST: { readonly [S in ShellName]: string } = {
  bash: "PS1='P> '; bind 'set bell-style none'; bind 'set show-all-if-ambiguous on'; bind 'set completion-query-items 0'; bind 'set page-completions off'; HISTFILE=",
  zsh: "PROMPT='P> '; setopt no_beep; LISTMAX=10000; fpath=(${fpath:#/usr/share/zsh/vendor-completions})",
  fish: "function fish_prompt; echo -n 'P> '; end; function fish_greeting; end; set -g fish_autosuggestion_enabled 0",
};

export class InteractiveShell implements AsyncDisposable {
  /** The folder in which it stands. */
  readonly folder: string;
  readonly home: string;
  readonly #socket: string;
  readonly #words: string;

  /** @param setUp lines that the shell reads at its start */
  constructor(shell: ShellName, folder: string, setUp: string, env: Readonly<Record<string, string>> = {}) {
    this.folder = folder;
    const own = newFolder();
    this.home = own;
    this.#socket = path.join(own, "tmux");
    this.#words = path.join(own, "words");
    const bin = path.join(own, "bin");
    fs.mkdirSync(bin);
    const standIn = [
      "#!/bin/sh",
      `[ "$1" = __complete ] && exec '${EXECUTABLE}' "$@"`,
      `printf '%s\\0' "$@" > '${this.#words}.new'`,
      `mv '${this.#words}.new' '${this.#words}'`,
    ];
    fs.writeFileSync(path.join(bin, "ckpt"), standIn.join("\n"), { mode: 0o755 });
    const first = path.join(own, shell === "zsh" ? ".zshrc" : "first");
    fs.writeFileSync(first, `${FIRST[shell]}\n${setUp}\n`);
    const settings = {
      PATH: `${bin}:${ENV["PATH"]}`,
      HOME: own,
      XDG_CONFIG_HOME: own,
      XDG_DATA_HOME: own,
      LANG: "C.UTF-8",
      TZ: "UTC",
      ...env,
    };
    const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    const program = ["env", "-u", "LC_ALL", "-u", "TMUX", "-u", "NO_COLOR", ...words, ...START[shell](first)];
    this.#tmux("-f", "/dev/null", "new-session", "-d", "-x", "200", "-y", "60", "-c", folder, ...program);
  }

  /** Waits for the first prompt. */
  async ready(): Promise<this> {
    await this.shows("P>");
    return this;
  }

  /** Types a text as it is. */
  type(text: string): void {
    this.#tmux("send-keys", "-l", "--", text);
  }

  /** Types keys by tmux's names (Tab, Enter, C-u). */
  press(...keys: readonly string[]): void {
    this.#tmux("send-keys", ...keys);
  }

  /** Types a line, completes it, and enters it: the words that `ckpt` is then called with. What is typed behind waits in the terminal. */
  async completed(line: string, behind: string = ""): Promise<readonly string[]> {
    fs.rmSync(this.#words, { force: true });
    this.type(line);
    this.press("Tab");
    if (behind !== "") this.type(behind);
    this.press("Enter");
    await this.#until(`the end of: ${line}`, () => fs.existsSync(this.#words));
    return fs.readFileSync(this.#words, "utf8").split("\0").slice(0, -1);
  }

  /** Types a line and completes it; waits until a text stands on the screen, and takes the line back. */
  async lists(line: string, text: string | RegExp): Promise<string> {
    this.press("C-l");
    this.type(line);
    this.press("Tab");
    const screen = await this.shows(text);
    // What is typed before the shell has seen to the ^C is lost.
    this.press("C-c");
    await this.shows(/(?:^|\n)P>$/);
    return screen;
  }

  async shows(text: string | RegExp): Promise<string> {
    let screen = "";
    await this.#until(`"${text}" on the screen`, () => {
      screen = this.screen();
      return typeof text === "string" ? screen.includes(text) : text.test(screen);
    });
    return screen;
  }

  screen(): string {
    return this.#tmux("capture-pane", "-p").trimEnd();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#tmux("kill-server");
    return Promise.resolve();
  }

  #until(what: string, holds: () => boolean): Promise<void> {
    return until(holds, () => `${what}; there is:\n${this.screen()}`, POLL_MS);
  }

  #tmux(...args: readonly string[]): string {
    const ran = Bun.spawnSync(["tmux", "-u", "-S", this.#socket, ...args], {
      env: { ...ENV, TERM: "xterm-256color" },
    });
    if (!ran.success) throw new Error(`tmux ${args[0]}: ${ran.stderr.toString()}`);
    return ran.stdout.toString();
  }
}
