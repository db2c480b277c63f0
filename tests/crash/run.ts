// `bun run test:crash`: every method of proof of what ckpt promises, in full; `--record` puts the figures into docs/durability.md (tests/helpers/run-methods.ts).
import * as path from "node:path";
import { runMethods } from "../helpers/run-methods.ts";
import type { Method } from "./figures.ts";
import { crashStates } from "./crash-states.ts";
import { failingDevice } from "./failing-device.ts";
import { fullDisk } from "./full-disk.ts";
import { damageCommands } from "./damage-commands.ts";
import { damageFuzz } from "./damage-fuzz.ts";
import { errorSweep } from "./error-sweep.ts";
import { killSweep } from "./kill-sweep.ts";
import { traceStates } from "./trace-states.ts";
import { mutants } from "./mutants.ts";
import { quota } from "./quota.ts";
import { refusedFolders } from "./refused-folders.ts";
import { powerCuts } from "./power-cuts.ts";
import { killLoop } from "./kill-loop.ts";
import { largeValues } from "./large-values.ts";
import { leftovers } from "./leftovers.ts";
import { memoryLimit } from "./memory-limit.ts";
import { resources } from "./resources.ts";
import { slurm } from "./slurm.ts";
import { soak } from "./soak.ts";

const METHODS: Readonly<Record<string, Method>> = {
  "crash-states": crashStates,
  "trace-states": traceStates,
  "damage-fuzz": damageFuzz,
  "kill-sweep": killSweep,
  "damage-commands": damageCommands,
  "error-sweep": errorSweep,
  mutants,
  "power-cuts": powerCuts,
  "failing-device": failingDevice,
  "full-disk": fullDisk,
  quota,
  "refused-folders": refusedFolders,
  "kill-loop": killLoop,
  "large-values": largeValues,
  leftovers,
  "memory-limit": memoryLimit,
  resources,
  slurm,
  soak,
};
await runMethods(METHODS, path.resolve(import.meta.dir, "../../docs/durability.md"), process.argv.slice(2));
