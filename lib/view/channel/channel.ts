// The live channel of a running job: HTTP on a Unix socket in the checkpoint's folder (docs/live.md). No reader can hurt the run: an event is made once for all readers, a
// reader that does not read is sent nothing, and request bodies, readers and memory are bounded.
import { causeText } from "../../core/errors.ts";
import type { Clock } from "../../io/clock.ts";
import type { FileSystem } from "../../io/fs.ts";
import { serveSocket, type SocketServer } from "../../io/socket-server.ts";
import type { Summary } from "../../run/progress.ts";
import {
  type ChangeAnswer,
  type Changes,
  isBadChange,
  type LiveStatus,
  parseChanges,
  type Refusal,
} from "./contract.ts";
import { event, EventStreams, READERS_MAX } from "../event-streams.ts";
import { runtimeSocket } from "./runtime-socket.ts";

/** The running job, as the channel sees it. */
export type LiveJob = {
  status(): LiveStatus;
  /** Resolves when the change is in effect and on record. */
  change(changes: Changes): Promise<ChangeAnswer | Refusal>;
};

export type Channel = {
  /** Where it listens. */
  readonly path: string;
  /** Tells all readers how the run ended, and removes the socket. */
  close(summary: Summary | null): Promise<void>;
};

const BODY_BYTES_MAX = 64 << 10;
const STATUS_INTERVAL_MS = 1000;
/** How long readers have to take the last event. */
const LAST_EVENT_WAIT_MS = 100;

/** Listens in the checkpoint's folder; where that is impossible, in the runtime folder. The caller must hold the lock of the checkpoint. @throws errors of the system */
export function openChannel(job: LiveJob, socket: SocketPlace, clock: Clock): Channel {
  const readers = new Readers(job, clock);
  const handle = (request: Request): Response | Promise<Response> => answer(request, job, readers);
  const server = serveWithFallback(socket, handle);
  return {
    path: server.path,
    close: async (summary) => {
      readers.close(summary);
      await within(LAST_EVENT_WAIT_MS, server.answered(), clock);
      server.close();
    },
  };
}

/** `path`: in the checkpoint's folder. */
export type SocketPlace = {
  readonly fs: FileSystem;
  readonly path: string;
  readonly env: { readonly [name: string]: string | undefined };
};

function serveWithFallback(
  { fs, path, env }: SocketPlace,
  handle: (request: Request) => Response | Promise<Response>,
): SocketServer {
  const options = { maxBodyBytes: BODY_BYTES_MAX, handle };
  try {
    return serveSocket(fs, { ...options, path });
  } catch (error) {
    const fallback = runtimeSocket(fs, path, env);
    if (fallback === null) throw error;
    return serveSocket(fs, { ...options, path: fallback });
  }
}

async function answer(request: Request, job: LiveJob, readers: Readers): Promise<Response> {
  const { pathname } = new URL(request.url);
  const known: { readonly [path: string]: string } = {
    "/status": "GET",
    "/events": "GET",
    "/settings": "POST",
  };
  const method = Object.hasOwn(known, pathname) ? known[pathname] : undefined;
  if (method === undefined) return fault(404, "not-found", `there are ${Object.keys(known).join(", ")}`);
  if (request.method !== method) return fault(405, "wrong-method", `${pathname} takes ${method}`);
  if (pathname === "/status") return Response.json(job.status());
  if (pathname === "/events") return readers.open();
  return changeSettings(request, job);
}

async function changeSettings(request: Request, job: LiveJob): Promise<Response> {
  let body: unknown;
  try {
    body = await request.json();
  } catch (error) {
    return fault(400, "not-json", causeText(error));
  }
  const changes = parseChanges(body);
  if (isBadChange(changes)) {
    const { key, expected } = changes;
    return fault(
      400,
      "bad-value",
      key === "" ? `expected ${expected}` : `${key}: expected ${expected}`,
      changes,
    );
  }
  const answered = await job.change(changes);
  if (!("reason" in answered)) return Response.json(answered);
  const { setting, reason } = answered;
  return fault(409, "cannot-change", `${setting} cannot be changed in this run: ${reason}`, answered);
}

function fault(status: number, code: string, message: string, more: object = {}): Response {
  return Response.json({ error: { ...more, code, message } }, { status });
}

/** The readers of /events. */
class Readers {
  readonly #job: LiveJob;
  readonly #clock: Clock;
  readonly #streams = new EventStreams();
  #cancelTimer: (() => void) | null = null;
  #isClosed = false;

  constructor(job: LiveJob, clock: Clock) {
    this.#job = job;
    this.#clock = clock;
  }

  open(): Response {
    const response = this.#isClosed ? null : this.#streams.open(event("status", this.#job.status()));
    this.#scheduleStatus();
    return response ?? fault(503, "too-many", `at most ${READERS_MAX} readers of /events`);
  }

  /** Sends the status once a second, which also shows that the job is alive. */
  #scheduleStatus(): void {
    if (this.#cancelTimer !== null || this.#streams.size === 0) return;
    this.#cancelTimer = this.#clock.after(STATUS_INTERVAL_MS, () => {
      this.#cancelTimer = null;
      this.#streams.send(() => event("status", this.#job.status()));
      this.#scheduleStatus();
    });
  }

  close(summary: Summary | null): void {
    this.#isClosed = true;
    this.#cancelTimer?.();
    this.#streams.send(() => event("end", summary));
    this.#streams.close();
  }
}

/** Resolves when `done` has, or after `ms`. */
async function within(ms: number, done: Promise<void>, clock: Clock): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.after(ms, resolve);
    void done.finally(() => {
      cancel();
      resolve();
    });
  });
}
