// System calls of a process and its threads, as strace records them. A call takes effect at its end; a sync covers what had ended when it began.
// Programs that the process starts are left out.
import * as fs from "node:fs";
import { ENV, EXECUTABLE } from "../helpers/ckpt.ts";
import { expectWholeTrace } from "../helpers/strace.ts";

const CALLS =
  "openat,write,pwrite64,writev,pwritev,ftruncate,truncate,fallocate,fsync,fdatasync,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir";

export type TracedCall = {
  readonly name: string;
  /** As strace writes them, texts and paths in hexadecimal digits. */
  readonly args: string;
  /** What it gave back; NaN when the process died in it. */
  readonly result: number;
};

/** A call begins, and takes effect: two events, since threads call at the same time. */
export type TraceEvent = { readonly at: "begin" | "end"; readonly call: TracedCall };

export type Trace = {
  readonly events: readonly TraceEvent[];
  readonly exitCode: number | null;
  readonly errors: string;
};

/**
 * Runs ckpt under strace.
 * @param inject as in strace(1), for instance `fdatasync:signal=KILL:when=2`; of each thread the calls are counted apart
 * @throws StraceFailed
 */
export async function recordTrace(
  cwd: string,
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  inject: string | null,
): Promise<Trace> {
  const meddling = inject === null ? [] : ["-e", `inject=${inject}`];
  const options = [
    "-f",
    "-y",
    "-xx",
    "-qq",
    "-s",
    "4000000",
    "-b",
    "execve",
    "-o",
    file,
    "-e",
    `trace=${CALLS}`,
  ];
  const child = Bun.spawn(["strace", ...options, ...meddling, EXECUTABLE, ...args], {
    cwd,
    env: { ...ENV, ...env },
    stdin: "ignore",
    // Into files, by write(2): into the sockets that Bun makes for pipes it would be other calls.
    stdout: Bun.file(`${file}.out`),
    stderr: Bun.file(`${file}.err`),
  });
  await child.exited;
  const errors = fs.readFileSync(`${file}.err`, "utf8");
  expectWholeTrace(errors);
  const events = parseTrace(fs.readFileSync(file, "utf8"));
  return {
    events,
    exitCode: child.signalCode === "SIGKILL" || child.exitCode === 137 ? null : child.exitCode,
    errors,
  };
}

const WHOLE = /^(\d+) +(\w+)\((.*)\) += (-?\d+|\?)/s;
const BEGUN = /^(\d+) +(\w+)\((.*?),? <unfinished \.\.\.>$/s;
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+|\?)/s;

/** Signals, ends, and a thread that was killed at the entry of a call before strace could see of which: the kernel carries out no such call. */
const SAYS_NOTHING = /^\d+ +(?:---|\+\+\+|<detached|\?\?\?\( <unfinished \.\.\.>$)/;

type Pending = { readonly index: number; readonly args: string };

/** @param text what strace wrote with -f -y -xx */
function parseTrace(text: string): TraceEvent[] {
  const events: TraceEvent[] = [];
  const pending = new Map<string, Pending>();
  const call = (name: string, args: string, result: string): TracedCall => ({
    name,
    args,
    result: Number(result),
  });
  for (const line of text.split("\n")) {
    const whole = WHOLE.exec(line);
    const begun = whole === null ? BEGUN.exec(line) : null;
    const resumed = RESUMED.exec(line);
    if (whole !== null) {
      const [, , name = "", args = "", result = ""] = whole;
      const made = call(name, args, result);
      events.push({ at: "begin", call: made }, { at: "end", call: made });
    } else if (begun !== null) {
      const [, thread = "", name = "", args = ""] = begun;
      pending.set(thread, { index: events.length, args });
      events.push({ at: "begin", call: call(name, args, "?") });
    } else if (resumed !== null) {
      const [, thread = "", name = "", rest = "", result = ""] = resumed;
      const start = pending.get(thread);
      if (start === undefined) throw new Error(`a call is resumed that never began: ${line.slice(0, 200)}`);
      const made = call(name, start.args + rest, result);
      events[start.index] = { at: "begin", call: made };
      events.push({ at: "end", call: made });
      pending.delete(thread);
    } else if (line !== "" && !SAYS_NOTHING.test(line)) {
      throw new Error(`strace wrote what is not understood: ${line.slice(0, 200)}`);
    }
  }
  return events;
}

/** The texts and paths among the arguments, decoded: `"…"` and `<…>` in their order. */
export function textsOf(args: string): Buffer[] {
  return [...args.matchAll(/["<]((?:\\x[0-9a-f]{2})*)[">]/g)].map(([, hex = ""]) =>
    Buffer.from(hex.replaceAll("\\x", ""), "hex"),
  );
}
