// Compares what the tracer counts with what strace(1) sees: a call on a watched file that is missing in the tracer's list would be one that no sweep tries.
import * as fs from "node:fs";
import * as path from "node:path";
import { EXECUTABLE } from "../helpers/ckpt.ts";
import { expectWholeTrace } from "../helpers/strace.ts";
import { callRole } from "./call-role.ts";
import { JOB_ENV, stdinOf, WORK } from "./sweep-job.ts";
import { SYSCALLS } from "./syscalls.ts";
import type { TracedCall } from "./traced-run.ts";

/** Calls that look at files and change none. */
const LOOKING = new Set(
  (
    "read readv pread64 close stat lstat fstat newfstatat statx statfs fstatfs access faccessat faccessat2 readlink readlinkat getdents64 " +
    "lseek fcntl dup dup2 poll mmap getcwd chdir execve epoll_ctl fadvise64 ioctl"
  ).split(" "),
);
const COUNTED = new Set(SYSCALLS.map(({ name }) => name));

/**
 * Runs the command in `folder` under strace; returns in what the calls differ from `calls`, as messages.
 * @throws StraceFailed
 */
export async function differencesToStrace(
  folder: string,
  args: readonly string[],
  calls: readonly TracedCall[],
): Promise<string[]> {
  const trace = path.join(folder, "trace");
  const strace = [
    "strace",
    "-f",
    "-qq",
    "-y",
    "-e",
    "signal=none",
    "-o",
    trace,
    "-e",
    "trace=%file,%desc,bind",
  ];
  const child = Bun.spawn([...strace, EXECUTABLE, ...args], {
    cwd: folder,
    env: JOB_ENV,
    stdin: stdinOf(folder, args),
    stdout: "ignore",
    stderr: "pipe",
  });
  const [errors] = await Promise.all([child.stderr.text(), child.exited]);
  expectWholeTrace(errors);
  const counts = new Map<string, number>();
  for (const key of traceKeys(fs.readFileSync(trace, "utf8"), path.join(folder, WORK)))
    counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const { call, role } of calls) counts.set(`${call} ${role}`, (counts.get(`${call} ${role}`) ?? 0) - 1);
  return [...counts]
    .filter(([, count]) => count !== 0)
    .map(([key, count]) => `strace saw ${key} ${count} times more`);
}

function traceKeys(trace: string, watched: string): string[] {
  return trace.split("\n").flatMap((line) => {
    const [, name, rest] = /^\d+ +(\w+)\((.*)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined || LOOKING.has(name)) return [];
    const file = filesIn(name, rest).find((at) => at === watched || at.startsWith(`${watched}/`));
    if (file === undefined) return [];
    if (!COUNTED.has(name)) return [`(unknown call) ${name} ${file}`];
    return [`${name} ${callRole(path.relative(watched, file))}`];
  });
}

/** Files that a call names: strings, and descriptors with the paths that strace adds; not those that it returns. */
function filesIn(name: string, rest: string): string[] {
  const known = rest.replace(/\) += .*$/, "");
  const strings = [...known.matchAll(/"(\/[^"]*)"/g)].map((match) => match[1] ?? "");
  const descriptors = [...known.matchAll(/(?:^|, )\d+<(\/[^>]*)>/g)].map((match) => match[1] ?? "");
  return name.startsWith("write") || name.startsWith("pwrite")
    ? descriptors.slice(0, 1)
    : [...strings, ...descriptors];
}
