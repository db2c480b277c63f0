// A group of processes with a limit of memory (control groups of Linux, version 1 or 2); what goes beyond it is killed by the kernel.
import * as fs from "node:fs";
import * as path from "node:path";
import { PATIENCE_MS } from "./until.ts";

export type MemoryGroup = {
  /** Words to be put before a command, which is then in the group from its first instruction on. */
  readonly enter: readonly string[];
  /** How many processes the kernel has killed for want of memory. */
  kills(): number;
  /** Takes the group away; its processes must have ended. */
  remove(): Promise<void>;
};

type Version = { readonly folder: string; readonly limit: string; readonly events: string };

/** Makes a group; a text says why that cannot be done here. */
export function memoryGroup(limitBytes: number): MemoryGroup | string {
  const version = hierarchy();
  if (version === null) return "no control groups of memory are mounted";
  const folder = path.join(version.folder, `ckpt-test-${process.pid}`);
  try {
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, version.limit), String(limitBytes));
  } catch (error) {
    if (fs.existsSync(folder)) fs.rmdirSync(folder);
    return `no control group can be made: ${String(error)}`;
  }
  return {
    enter: ["sh", "-c", `echo $$ > ${folder}/cgroup.procs && exec "$@"`, "sh"],
    kills: () =>
      Number(/^oom_kill (\d+)$/m.exec(fs.readFileSync(path.join(folder, version.events), "utf8"))?.[1]),
    remove: () => removed(folder),
  };
}

function hierarchy(): Version | null {
  const mounts = fs.existsSync("/proc/mounts") ? fs.readFileSync("/proc/mounts", "utf8").split("\n") : [];
  for (const mount of mounts) {
    const [, folder = "", type, options = ""] = mount.split(" ");
    if (type === "cgroup" && options.split(",").includes("memory"))
      return { folder, limit: "memory.limit_in_bytes", events: "memory.oom_control" };
    const controllers = path.join(folder, "cgroup.subtree_control");
    if (type === "cgroup2" && fs.readFileSync(controllers, "utf8").split(/\s/).includes("memory"))
      return { folder, limit: "memory.max", events: "memory.events" };
  }
  return null;
}

/** The kernel needs a moment to let go of what has ended. */
async function removed(folder: string): Promise<void> {
  for (const startMs = performance.now(); ;) {
    try {
      fs.rmdirSync(folder);
      return;
    } catch (error) {
      if (performance.now() - startMs > PATIENCE_MS) throw error;
      await Bun.sleep(20);
    }
  }
}
