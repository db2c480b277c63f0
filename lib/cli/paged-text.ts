// `ckpt help` on a terminal goes through a pager where it is longer than the terminal is high, as a manual page does.
import { showThroughPager } from "../io/pager.ts";
import { writeStdout } from "../io/stdout.ts";
import type { Environment } from "../ui/language.ts";
import type { Host } from "./host.ts";

/** What takes a shell to be understood is not handed to a pager as its arguments. */
const PLAIN_WORDS = /^[\w./:=@%+,~ -]+$/;

/** Writes a text to standard output, through the pager if that is called for. @throws system.failed */
export async function writePaged(text: string, host: Host): Promise<void> {
  const words = isTall(text, host) ? pagerWords(host.env) : null;
  if (words !== null) {
    // less ends by `q`, and takes ^C for something else: ckpt must not end before it does.
    const release = host.onSignal(() => undefined);
    try {
      if (await showThroughPager(words, text, { LESS: "FRX", ...host.env })) return;
    } finally {
      release();
    }
  }
  writeStdout(host.fs, Buffer.from(text));
}

/** CKPT_PAGER, else PAGER, else less; null where none is wanted (empty, `cat`, TERM=dumb) or the words are not plain. */
export function pagerWords(env: Environment): readonly string[] | null {
  const { CKPT_PAGER: own, PAGER: usual, TERM: terminal = "" } = env;
  const said = (own ?? usual ?? "less").trim();
  if (terminal === "" || terminal === "dumb" || said === "cat" || !PLAIN_WORDS.test(said)) return null;
  return said.split(/ +/);
}

/** Whether a text has more rows than the terminal shows with the next prompt. False where standard output is none. */
function isTall(text: string, host: Host): boolean {
  if (!host.isTerminal(1)) return false;
  const { columns, rows } = host.stdout;
  const needed = text
    .split("\n")
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(Bun.stringWidth(line) / columns)), 0);
  return needed > rows;
}
