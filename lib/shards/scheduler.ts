// What `--shard auto` reads: the number of this task, and of how many, from the variables of the scheduler that started it. Whatever could be wrong is refused: a
// wrong number leaves items out or runs them twice. A scheduler says how its ids count; what may be a part of an array is no array.
import { CkptError } from "../core/errors.ts";
import { type ReadVariable, type ShardNumber, type ShardProblem, SHARDS_MAX } from "../core/shard.ts";
import type { SlurmTask } from "../io/slurm-task.ts";
import { isShard, numberProblem, parseShard } from "./shard-rule.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export type SchedulerShard = ShardNumber & {
  /** Where it comes from; null: it was typed. */
  readonly scheduler: string | null;
  readonly read: readonly ReadVariable[];
  /** The id of the first task, where some are to be started again. */
  readonly idsFrom: 0 | 1;
};

/** What a scheduler says. */
type Said = {
  /** The number of this task, from 0. */
  readonly at: number;
  /** The same by its id alone, where ids of tasks begin with the first that the scheduler allows. */
  readonly byId: number;
  /** How many tasks there are; null: it does not say. */
  readonly count: number | null;
  /** The tasks may be a part of an array. */
  readonly isPart: boolean;
  readonly read: readonly ReadVariable[];
};

type Scheduler = {
  readonly name: string;
  /** The variable by which it is known. */
  readonly variable: string;
  /** The first id of a task that there can be. */
  readonly idsFrom: 0 | 1;
  /** Nobody can start some of its tasks alone: the number of tasks is that of the whole. */
  readonly isWhole: boolean;
  /** What the variable is where there is no array. */
  readonly none?: string;
  /** @throws usage.shard for a variable that is no number */
  read(variables: Variables): Said;
};

/** Reads numbers, and notes what was read. */
class Variables {
  readonly read: ReadVariable[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  /** @throws usage.shard */
  number(name: string): number {
    return this.optional(name) ?? refuse({ kind: "bad-variable", read: { name, value: "" } });
  }

  /** Null where it is not set. @throws usage.shard */
  optional(name: string): number | null {
    const value = this.#env[name] ?? "";
    if (value === "") return null;
    if (!/^\d{1,9}$/.test(value)) return refuse({ kind: "bad-variable", read: { name, value } });
    if (!this.read.some((known) => known.name === name)) this.read.push({ name, value });
    return Number(value);
  }
}

/** Another variable has the number of tasks. */
function counted(name: string, variable: string, idsFrom: 0 | 1, countName: string): Scheduler {
  return {
    name,
    variable,
    idsFrom,
    isWhole: true,
    read: (variables) => {
      const at = variables.number(variable) - idsFrom;
      return { at, byId: at, count: variables.number(countName), isPart: false, read: variables.read };
    },
  };
}

/** Nothing says how many tasks there are. */
function uncounted(name: string, variable: string): Scheduler {
  return {
    name,
    variable,
    idsFrom: 0,
    isWhole: false,
    read: (variables) => {
      const at = variables.number(variable);
      return { at, byId: at, count: null, isPart: false, read: variables.read };
    },
  };
}

type ArrayNames = {
  readonly id: string;
  readonly first: string;
  readonly last: string;
  readonly step: string;
  /** Null: there is no such variable. */
  readonly count: string | null;
};

/** An array is whole where it has more than one task, and begins as people number arrays: `0-3`, `1-4`, `2-8:2`. */
function stepped(name: string, idsFrom: 0 | 1, names: ArrayNames): Scheduler {
  return {
    name,
    variable: names.id,
    idsFrom,
    isWhole: false,
    read: (variables) => {
      const id = variables.number(names.id);
      const first = variables.number(names.first);
      const last = variables.number(names.last);
      const step = Math.max(1, variables.optional(names.step) ?? 1);
      const count = Math.floor((last - first) / step) + 1;
      const said = names.count === null ? count : variables.number(names.count);
      const at = (id - first) / step;
      const isTask = Number.isInteger(at) && at >= 0 && at < count;
      const isWhole = isTask && said === count && count > 1 && [0, 1, step].includes(first);
      return { at, byId: id - idsFrom, count: said, isPart: !isWhole, read: variables.read };
    },
  };
}

const LSF: Scheduler = {
  ...counted("lsf", "LSB_JOBINDEX", 1, "LSB_JOBINDEX_END"),
  isWhole: false,
  none: "0",
  read: (variables) => {
    const at = variables.number("LSB_JOBINDEX") - 1;
    const count = variables.number("LSB_JOBINDEX_END");
    const isPart = (variables.optional("LSB_JOBINDEX_STEP") ?? 1) > 1;
    return { at, byId: at, count, isPart, read: variables.read };
  },
};

const SLURM = "slurm";

const ARRAYS: readonly Scheduler[] = [
  stepped(SLURM, 0, {
    id: "SLURM_ARRAY_TASK_ID",
    first: "SLURM_ARRAY_TASK_MIN",
    last: "SLURM_ARRAY_TASK_MAX",
    step: "SLURM_ARRAY_TASK_STEP",
    count: "SLURM_ARRAY_TASK_COUNT",
  }),
  uncounted("kubernetes", "JOB_COMPLETION_INDEX"),
  counted("aws-batch", "AWS_BATCH_JOB_ARRAY_INDEX", 0, "AWS_BATCH_JOB_ARRAY_SIZE"),
  counted("cloud-run", "CLOUD_RUN_TASK_INDEX", 0, "CLOUD_RUN_TASK_COUNT"),
  LSF,
  {
    ...stepped("sge", 1, {
      id: "SGE_TASK_ID",
      first: "SGE_TASK_FIRST",
      last: "SGE_TASK_LAST",
      step: "SGE_TASK_STEPSIZE",
      count: null,
    }),
    none: "undefined",
  },
  uncounted("pbs", "PBS_ARRAY_INDEX"),
  uncounted("torque", "PBS_ARRAYID"),
  counted("gitlab", "CI_NODE_INDEX", 1, "CI_NODE_TOTAL"),
];

const STEP = "SLURM_STEP_ID";
const TASKS = "SLURM_NTASKS";

const RANKS: readonly Scheduler[] = [
  counted("srun", "SLURM_PROCID", 0, TASKS),
  counted("openmpi", "OMPI_COMM_WORLD_RANK", 0, "OMPI_COMM_WORLD_SIZE"),
];

/** The names of `auto:NAME`. */
export const SCHEDULERS: readonly string[] = [...ARRAYS, ...RANKS].map(({ name }) => name);

const SHARD_EXPECTED: string = `3/16, auto, auto/16, auto:NAME (${SCHEDULERS.join(", ")})`;

/** What `--shard` says. @param env of the process @throws usage.badValue, usage.shard */
export function readShard(text: string, env: Environment): SchedulerShard {
  const typed = parseShard(text);
  if (typed !== null) return checked({ ...typed, scheduler: null, read: [], idsFrom: 1 });
  const auto = /^auto(?::([a-z-]+))?(?:\/(\d{1,9}))?$/.exec(text);
  const [, name = null, countText = null] = auto ?? [];
  const isKnown = name === null || SCHEDULERS.includes(name);
  const count = countText === null ? null : Number(countText);
  if (auto === null || !isKnown || count === 0) throw badValue("--shard", text);
  const given = env["CKPT_SHARD"] ?? "";
  if (name === null && given !== "") return givenShard(given, count);
  return checked(count === null ? byScheduler(name, env) : byIds(name, count, env));
}

/** CKPT_SHARD, which a script of the user's own sets. */
function givenShard(value: string, count: number | null): SchedulerShard {
  const shard = parseShard(value);
  if (shard === null) throw badValue("CKPT_SHARD", value);
  if (count !== null && count !== shard.count) return refuse({ kind: "counts-differ", value, count });
  return checked({ ...shard, scheduler: "CKPT_SHARD", read: [{ name: "CKPT_SHARD", value }], idsFrom: 1 });
}

function badValue(option: string, value: string): CkptError {
  return new CkptError("usage.badValue", { option, value, expected: SHARD_EXPECTED });
}

function checked(shard: SchedulerShard): SchedulerShard {
  if (isShard(shard)) return shard;
  const { count, scheduler, idsFrom, read } = shard;
  const [first] = read;
  if (count > SHARDS_MAX) return refuse(numberProblem(shard));
  if (first !== undefined && count >= 1 && scheduler !== "CKPT_SHARD")
    return refuse({ kind: "ids", read, first: idsFrom, count });
  if (first !== undefined) return refuse({ kind: "bad-variable", read: first });
  return refuse(numberProblem(shard));
}

function refuse(problem: ShardProblem): never {
  throw new CkptError("usage.shard", { problem });
}

type Found = { readonly scheduler: Scheduler; readonly said: Said };

/** `auto` and `auto:NAME`: both numbers are the scheduler's. */
function byScheduler(name: string | null, env: Environment): SchedulerShard {
  const { scheduler, said } = chosen(name, env, ({ count, isPart }) => count !== 1 || isPart);
  const { at, count, isPart, read } = said;
  const { name: shown, variable, idsFrom } = scheduler;
  if (count === null) return refuse({ kind: "no-count", scheduler: shown, variable });
  if (isPart) return refuse({ kind: "part", scheduler: shown, read });
  if (count === 1) return refuse({ kind: "one", scheduler: shown, read });
  return { index: at + 1, count, scheduler: shown, read, idsFrom };
}

/** `auto/N`: the id of the task alone says which it is, so that some of the tasks can be started again. */
function byIds(name: string | null, count: number, env: Environment): SchedulerShard {
  const { scheduler, said } = chosen(name, env, () => true);
  const { at, byId, isPart, read } = said;
  const isOtherCount = scheduler.isWhole && said.count !== count;
  // An array of all N tasks, whose ids begin elsewhere: started again, some of them would be others.
  const isElsewhere = !scheduler.isWhole && !isPart && said.count === count && at !== byId;
  if (isOtherCount || isElsewhere || byId >= count)
    return refuse({ kind: "ids", read, first: scheduler.idsFrom, count });
  return { index: byId + 1, count, scheduler: scheduler.name, read, idsFrom: scheduler.idsFrom };
}

/** The one scheduler that says something. @param counts whether what an array says is to be heeded where there are others */
function chosen(name: string | null, env: Environment, counts: (said: Said) => boolean): Found {
  if (name !== null) return named(name, env);
  const arrays = ARRAYS.flatMap((scheduler) => found(scheduler, env));
  const ranks = RANKS.flatMap((scheduler) => found(scheduler, env)).filter(({ said }) => said.count !== 1);
  const many = arrays.filter(({ said }) => counts(said));
  // Several ranks of one array task would all be the same shard.
  const all = many.length > 0 ? [...many, ...ranks] : sameRank(ranks);
  const [first, ...others] = all;
  if (others.length > 0)
    return refuse({ kind: "several", schedulers: all.map(({ scheduler }) => scheduler.name) });
  const only = first ?? arrays[0];
  if (only !== undefined) return only;
  const variables = new Variables(env);
  const tasks = variables.optional(TASKS) ?? 1;
  return tasks > 1 ? refuse({ kind: "no-step", read: variables.read }) : refuse({ kind: "none" });
}

/** Programs of MPI that srun starts have the variables of both. */
function sameRank(ranks: readonly Found[]): readonly Found[] {
  const [first] = ranks;
  const isSame = ranks.every(({ said }) => said.at === first?.said.at && said.count === first?.said.count);
  return isSame ? ranks.slice(0, 1) : ranks;
}

function named(name: string, env: Environment): Found {
  const scheduler = [...ARRAYS, ...RANKS].find((each) => each.name === name);
  const [there] = scheduler === undefined ? [] : found(scheduler, env);
  if (there !== undefined) return there;
  const variable = name === "srun" && env["SLURM_PROCID"] !== undefined ? STEP : (scheduler?.variable ?? "");
  return refuse({ kind: "absent", scheduler: name, variable });
}

/** Nothing where its variable is not set. */
function found(scheduler: Scheduler, env: Environment): readonly Found[] {
  const value = env[scheduler.variable] ?? "";
  if (value === "" || value === scheduler.none) return [];
  // Slurm sets the rank of a batch script, too: 0 of as many as were asked for, though only it was started.
  if (scheduler.name === "srun" && (env[STEP] ?? "") === "") return [];
  return [{ scheduler, said: scheduler.read(new Variables(env)) }];
}

/**
 * A job that is submitted from a task of an array inherits the variables of the array, unless it is one itself.
 * @param ask what Slurm says of a job; null: nobody can be asked
 * @throws usage.shard
 */
export function refuseInherited(
  { scheduler, read }: SchedulerShard,
  env: Environment,
  ask: (job: string) => SlurmTask | null,
): void {
  const [job = "", array = "", task = ""] = ["SLURM_JOB_ID", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID"].map(
    (name) => env[name],
  );
  // One task of each array has the number of the array.
  if (scheduler !== SLURM || job === "" || array === "" || job === array) return;
  const said = ask(job);
  if (said !== null && (said.array !== array || said.task !== task)) refuse({ kind: "inherited", read });
}
