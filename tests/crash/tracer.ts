// A program: runs another one under ptrace(2), counts its calls on files below a folder, over all threads, and makes one of them fail, or the last.
// `bun tracer.ts JOB`, where JOB is a TraceJob as JSON; what was seen goes into the file that it names, so that the streams stay the program's own.
import { cc, ptr } from "bun:ffi";
import * as fs from "node:fs";
import * as path from "node:path";
import { callRole } from "./call-role.ts";
import { ERRNO, type Syscall, SYSCALLS } from "./syscalls.ts";
import type { Effect, Seen, TracedCall, TraceJob } from "./traced-run.ts";

const { symbols: tracee } = cc({
  source: path.join(import.meta.dir, "tracer.c"),
  symbols: {
    begin: { args: ["ptr", "ptr", "ptr", "int"], returns: "int" },
    next_call: { args: [], returns: "int" },
    call_number: { args: [], returns: "int" },
    call_argument: { args: ["int"], returns: "double" },
    let_happen: { args: [], returns: "void" },
    let_fail: { args: ["int"], returns: "void" },
    let_shorten: { args: ["int64_t"], returns: "void" },
    let_die: { args: [], returns: "void" },
    ended_with: { args: [], returns: "int" },
  },
});

const PATH_BYTES_MAX = 4096;
const PAGE_BYTES = 4096;
/** The family in front of the path of a socket (unix(7)). */
const FAMILY_BYTES = 2;
const CALL_OF = new Map(SYSCALLS.map((call) => [call.number, call]));

const job = JSON.parse(process.argv[2] ?? "") as TraceJob;
const seen = traceProgram();
fs.writeFileSync(job.seen, JSON.stringify(seen));

function traceProgram(): Seen {
  const keep: Uint8Array[] = [];
  const environment = Object.entries(job.env).map(([name, value]) => `${name}=${value}`);
  const numbers = Int32Array.from(SYSCALLS, (call) => call.number);
  const words = [pointers(job.words, keep), pointers(environment, keep)] as const;
  if (tracee.begin(ptr(words[0]), ptr(words[1]), ptr(numbers), numbers.length) !== 0)
    throw new Error("the program cannot be traced");
  const calls: TracedCall[] = [];
  const counts = new Map<string, number>();
  const begun = { hits: 0 };
  for (;;) {
    const thread = tracee.next_call();
    if (thread === 0) break;
    const call = CALL_OF.get(tracee.call_number());
    const role = call === undefined ? null : roleOf(thread, call);
    if (call === undefined || role === null) {
      tracee.let_happen();
      continue;
    }
    const nth = (counts.get(`${call.name} ${role}`) ?? 0) + 1;
    counts.set(`${call.name} ${role}`, nth);
    const traced = { call: call.name, role, nth };
    calls.push(traced);
    meddle(traced, begun);
  }
  const status = tracee.ended_with();
  const exitCode = (status & 0x7f) === 0 ? (status >> 8) & 0xff : null;
  return { calls, hits: begun.hits, exitCode };
}

/** A vector of C strings that ends with a null pointer; `keep` holds what it points to. */
function pointers(texts: readonly string[], keep: Uint8Array[]): BigUint64Array {
  const strings = texts.map((text) => Buffer.from(`${text}\0`));
  keep.push(...strings);
  return BigUint64Array.from([...strings.map((bytes) => BigInt(ptr(bytes))), 0n]);
}

/** What the call is about, when that lies in the watched folder. */
function roleOf(thread: number, call: Syscall): string | null {
  const files = [
    ...(call.paths ?? []).map((at) => absolute(thread, textAt(thread, tracee.call_argument(at)))),
    ...(call.addresses ?? []).map((at) =>
      absolute(thread, textAt(thread, tracee.call_argument(at) + FAMILY_BYTES)),
    ),
    ...(call.descriptors ?? []).map((at) => linkOf(`/proc/${thread}/fd/${tracee.call_argument(at) | 0}`)),
  ];
  const inside = files.find((file) => file === job.watched || file.startsWith(`${job.watched}/`));
  return inside === undefined ? null : callRole(path.relative(job.watched, inside));
}

function absolute(thread: number, file: string): string {
  return path.resolve(linkOf(`/proc/${thread}/cwd`), file);
}

function linkOf(link: string): string {
  try {
    return fs.readlinkSync(link);
  } catch {
    return ""; // not open: the call will say so itself
  }
}

/** The string at an address of the program; read page by page, since what lies behind may not be there. */
function textAt(thread: number, address: number): string {
  const memory = fs.openSync(`/proc/${thread}/mem`, "r");
  try {
    const bytes = Buffer.alloc(PATH_BYTES_MAX);
    for (let filled = 0; filled < bytes.length;) {
      const at = address + filled;
      const wanted = Math.min(bytes.length - filled, PAGE_BYTES - (at % PAGE_BYTES));
      filled += fs.readSync(memory, bytes, filled, wanted, at);
      const end = bytes.subarray(0, filled).indexOf(0);
      if (end >= 0) return bytes.toString("utf8", 0, end);
    }
    throw new Error("a path without an end");
  } finally {
    fs.closeSync(memory);
  }
}

function meddle(traced: TracedCall, begun: { hits: number }): void {
  const { point, effect } = job;
  if (point === null || !isDue(traced, begun.hits, effect)) return tracee.let_happen();
  begun.hits++;
  switch (effect.kind) {
    case "kill":
      return tracee.let_die();
    case "error":
      return tracee.let_fail(ERRNO[effect.code]);
    case "short":
      return tracee.let_shorten(Math.ceil(tracee.call_argument(2) / 2));
  }
}

/** From the point on, an effect that lasts meets each call of the same name, whatever file it is about. */
function isDue({ call, role, nth }: TracedCall, hits: number, effect: Effect): boolean {
  const { point } = job;
  if (point === null || call !== point.call || hits >= effect.times) return false;
  return hits > 0 || (role === point.role && nth === point.nth);
}
