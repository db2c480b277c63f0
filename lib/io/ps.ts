// What ps(1) tells about processes and the environment they were started with, where there is no /proc (macOS). It shows the environment of the user's own
// processes alone, behind the words of the command.

export type ListedProcess = {
  readonly pid: number;
  readonly parent: number;
  /** Its words, then its environment, parted by spaces. */
  readonly text: string;
};

const COLUMNS = ["-o", "pid=", "-o", "ppid=", "-o", "command="];

/** ps(1) of macOS: all processes, with their environment, whole lines. */
const APPLE_WORDS: readonly string[] = ["-A", "-E", "-ww", ...COLUMNS];

/** The environments of a thousand processes are far below this. */
const OUTPUT_MAX_BYTES = 256 << 20;

/** All processes that are to be seen; none where there is no such program. @param words those by which this system's ps shows environments */
export function listedProcesses(words: readonly string[] = APPLE_WORDS): readonly ListedProcess[] {
  try {
    const { stdout } = Bun.spawnSync(["/bin/ps", ...words], {
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: OUTPUT_MAX_BYTES,
    });
    return stdout
      .toString("latin1")
      .split("\n")
      .flatMap((line) => {
        const [, pid, parent, text] = /^\s*(\d+)\s+(\d+)\s(.*)$/.exec(line) ?? [];
        return text === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), text }];
      });
  } catch {
    return []; // what was left behind is not found then
  }
}

/** The processes that have a variable of this value, without this process and those it descends from. */
export function listedWith(
  processes: readonly ListedProcess[],
  variable: string,
  value: string,
): readonly number[] {
  const parents = new Map(processes.map(({ pid, parent }) => [pid, parent]));
  const line = new Set<number>();
  for (let pid = process.pid; pid > 0 && !line.has(pid); pid = parents.get(pid) ?? 0) line.add(pid);
  const entry = ` ${variable}=${value} `;
  return processes
    .filter(({ pid, text }) => !line.has(pid) && ` ${text} `.includes(entry))
    .map(({ pid }) => pid);
}
