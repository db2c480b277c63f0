// How many requests may be in flight at once: bounded by the open files of this process, and by Bun, which counts connections itself.
import type { Host } from "../../cli/host.ts";
import { CkptError } from "../../core/errors.ts";
import { removeVariable } from "../../io/environment.ts";
import { namesDescriptor } from "../../io/execute-anew.ts";
import { filesPossible } from "../../io/open-files.ts";
import type { ServerChoice } from "./endpoint-servers.ts";
import type { RunSettings } from "../run-settings.ts";

/** Bun's own bound, unless this variable is in the environment with which the process begins. 0, and more than the maximum, mean the default again. */
const VARIABLE = "BUN_CONFIG_MAX_HTTP_REQUESTS";
const DEFAULT = 256;
const MAX = 65_535;

/** What the limit of open files has taken away. */
export type FewerJobs = { readonly wanted: number; readonly possible: number };

/** The settings with at most as many requests at once as this process may open connections, and how many were wanted where those are more. */
export function withinOpenFiles(settings: RunSettings): {
  readonly settings: RunSettings;
  readonly fewer: FewerJobs | null;
} {
  const { processor, jobs, jobsMax } = settings;
  if (processor.kind !== "endpoint") return { settings, fewer: null };
  const [wanted, possible] = [wantedJobs(settings), filesPossible()];
  if (wanted <= possible) return { settings, fewer: null };
  const [first, ...others] = processor.servers;
  const each = Math.max(1, Math.floor(possible / processor.servers.length));
  const bounded = (server: ServerChoice): ServerChoice => ({
    ...server,
    jobs: typeof server.jobs === "number" ? Math.min(server.jobs, each) : server.jobs,
    jobsMax: server.jobsMax === null ? null : Math.min(server.jobsMax, each),
  });
  const fewerEach = {
    jobs: jobs === "auto" ? jobs : Math.min(jobs, each),
    jobsMax: Math.min(jobsMax, each),
    processor: { ...processor, servers: [bounded(first), ...others.map(bounded)] as const },
  };
  return { settings: { ...settings, ...fewerEach }, fewer: { wanted, possible } };
}

/** The most requests at once, at all endpoints together. */
export function wantedJobs({ processor, jobs, jobsMax }: RunSettings): number {
  if (processor.kind !== "endpoint") return 0;
  const most = (server: ServerChoice): number => {
    const own = server.jobs ?? jobs;
    return own === "auto" ? (server.jobsMax ?? jobsMax) : own;
  };
  return processor.servers.reduce((sum, server) => sum + most(server), 0);
}

/**
 * Makes sure that Bun opens as many connections as the job wants; where it does not, the program begins anew in this process. Called before anything is locked
 * or read. @returns how many may be open at once in this process @throws usage.badValue, endpoint.tooManyConnections
 */
export function ensureConnections(settings: RunSettings, host: Host): number {
  if (settings.processor.kind !== "endpoint") return Number.POSITIVE_INFINITY;
  const given = host.env[VARIABLE];
  if (given !== undefined) check(given);
  const jobs = wantedJobs(settings);
  if (jobs <= Number(given ?? DEFAULT) || settings.dryRun) {
    removeVariable(VARIABLE); // it has taken effect; children do not inherit it
    return Math.min(Number(given ?? DEFAULT), filesPossible());
  }
  // The settings were read from there, and cannot be read again.
  const isReadOnce = namesDescriptor(settings.config ?? host.env["CKPT_CONFIG"] ?? "");
  if (!isReadOnce) host.executeAnew({ [VARIABLE]: String(jobs) });
  throw new CkptError("endpoint.tooManyConnections", { jobs });
}

function check(value: string): void {
  if (/^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= MAX) return;
  throw new CkptError("usage.badValue", { option: VARIABLE, value, expected: `1–${MAX}` });
}
