// A Slurm of its own on the loopback, without systemd: a controller and nodes, all on this machine. Nothing outside its folder is changed, and it ends with its owner.
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ENV } from "../helpers/ckpt.ts";
import { descendantsOf, killAll, pidsWith } from "../helpers/processes.ts";
import { until } from "../helpers/until.ts";

const PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "sinfo", "scontrol", "scancel"];

/** Why no Slurm can be started here; empty when one can. */
export function slurmMissing(): string[] {
  const missing = PROGRAMS.filter((name) => Bun.which(name) === null).map((name) => `no ${name}`);
  return process.getuid?.() === 0 ? missing : [...missing, "not root"];
}

function freePorts(count: number): number[] {
  const servers = Array.from({ length: count }, () =>
    Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } }),
  );
  const ports = servers.map(({ port }) => port);
  for (const server of servers) server.stop(true);
  return ports;
}

/** How many nodes, and how many processors each says it has. */
export type ClusterSize = { readonly nodes: number; readonly cpus: number };

/** The configuration: no accounting, no control groups, quick answers; jobs of `high` take the nodes of those of `low`. */
function configuration(base: string, { nodes, cpus }: ClusterSize): string {
  const host = os.hostname().split(".")[0] ?? "localhost";
  const [control = 0, ...ports] = freePorts(nodes + 1);
  const at = (name: string): string => path.join(base, name);
  return `${[
    "ClusterName=test",
    `SlurmctldHost=${host}(127.0.0.1)`,
    `SlurmctldPort=${control}`,
    "SlurmUser=root",
    "SlurmdUser=root",
    "AuthType=auth/munge",
    "CredType=cred/munge",
    // Also how long a requeued job waits before it may start again.
    `AuthInfo=socket=${at("munge.socket")},cred_expire=5`,
    `StateSaveLocation=${at("state")}`,
    `SlurmdSpoolDir=${at("spool")}/%n`,
    `SlurmctldPidFile=${at("slurmctld.pid")}`,
    `SlurmdPidFile=${at("slurmd")}.%n.pid`,
    `SlurmctldLogFile=${at(CONTROLLER_LOG)}`,
    // Says whom it warns of a time limit.
    "SlurmctldDebug=debug",
    `SlurmdLogFile=${at("slurmd")}.%n.log`,
    "ProctrackType=proctrack/linuxproc",
    "TaskPlugin=task/none",
    "JobAcctGatherType=jobacct_gather/none",
    "AccountingStorageType=accounting_storage/none",
    "SwitchType=switch/none",
    "MpiDefault=none",
    "SelectType=select/cons_tres",
    "SelectTypeParameters=CR_CPU",
    "SlurmdParameters=config_overrides",
    "ReturnToService=2",
    // A node that does not answer is given up, and its tasks are started elsewhere.
    "SlurmdTimeout=10",
    "SchedulerParameters=bf_interval=1,sched_interval=1,sched_min_interval=0,batch_sched_delay=0,requeue_delay=0",
    "KillWait=5",
    // Ids of tasks go up to 19: more shards than that take several arrays.
    "MaxArraySize=20",
    "JobRequeue=1",
    "PreemptType=preempt/partition_prio",
    "PreemptMode=REQUEUE",
    ...ports.map(
      (port, at_) =>
        `NodeName=n${at_ + 1} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${port} CPUs=${cpus} State=UNKNOWN`,
    ),
    "PartitionName=low Nodes=ALL Default=YES State=UP PriorityTier=1 PreemptMode=REQUEUE",
    "PartitionName=high Nodes=ALL State=UP PriorityTier=10 PreemptMode=OFF",
  ].join("\n")}\n`;
}

const CONTROLLER_LOG = "slurmctld.log";
const CONTROLLER = "slurmctld";

export class SlurmCluster implements AsyncDisposable {
  readonly #base: string;
  /** By the name of a node, or of the program. */
  readonly #daemons = new Map<string, Bun.Subprocess>();

  private constructor(base: string) {
    this.#base = base;
  }

  static async start(size: ClusterSize): Promise<SlurmCluster> {
    const base = fs.mkdtempSync(path.join(os.tmpdir(), "ckpt-slurm-"));
    fs.chmodSync(base, 0o755);
    for (const name of ["state", "spool", "munge"]) fs.mkdirSync(path.join(base, name));
    fs.writeFileSync(path.join(base, "munge/key"), crypto.getRandomValues(new Uint8Array(128)), {
      mode: 0o600,
    });
    fs.writeFileSync(path.join(base, "slurm.conf"), configuration(base, size));
    const cluster = new SlurmCluster(base);
    try {
      await cluster.#startAll(size.nodes);
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
    return cluster;
  }

  async #startAll(nodes: number): Promise<void> {
    const socket = path.join(this.#base, "munge.socket");
    this.#daemon("munged", [
      "munged",
      "--force",
      "--foreground",
      `--key-file=${this.#base}/munge/key`,
      `--socket=${socket}`,
      `--pid-file=${this.#base}/munge/pid`,
      `--seed-file=${this.#base}/munge/seed`,
      `--log-file=${this.#base}/munge/log`,
    ]);
    await until(() => fs.existsSync(socket), "munged");
    this.startController();
    for (let node = 1; node <= nodes; node++) this.startNode(`n${node}`);
    await until(
      async () => (await this.ask("sinfo", "-h", "-p", "low", "-t", "idle", "-o", "%D")) === String(nodes),
      "idle nodes",
      100,
    );
  }

  get env(): Record<string, string> {
    return { ...ENV, SLURM_CONF: path.join(this.#base, "slurm.conf") };
  }

  #daemon(name: string, words: readonly string[]): void {
    this.#daemons.set(name, Bun.spawn([...words], { env: this.env, stdio: ["ignore", "ignore", "ignore"] }));
  }

  startController(): void {
    this.#daemon(CONTROLLER, [CONTROLLER, "-D", "-i"]);
  }

  startNode(name: string): void {
    this.#daemon(name, ["slurmd", "-D", "-N", name]);
  }

  /** kill -9 of a daemon: of a node by its name, or of the controller. */
  async killDaemon(name: string): Promise<void> {
    const daemon = this.#daemons.get(name);
    daemon?.kill("SIGKILL");
    await daemon?.exited;
  }

  /** kill -9 of the controller, and a new one that answers. */
  async renewController(): Promise<void> {
    await this.killDaemon(CONTROLLER);
    this.startController();
    await until(() => this.answers(), "an answer of the new slurmctld", 100);
  }

  /** What a command says, without its last line end; empty where it fails. */
  async ask(...words: readonly string[]): Promise<string> {
    const child = Bun.spawn([...words], { env: this.env, stdio: ["ignore", "pipe", "ignore"] });
    const [text, code] = await Promise.all([child.stdout.text(), child.exited]);
    return code === 0 ? text.trimEnd() : "";
  }

  /** Whether a command does what it is told. */
  async tell(...words: readonly string[]): Promise<boolean> {
    const child = Bun.spawn([...words], { env: this.env, stdio: ["ignore", "ignore", "ignore"] });
    return (await child.exited) === 0;
  }

  /** Submits a job. @returns its number */
  async submit(
    cwd: string,
    env: Readonly<Record<string, string>>,
    ...words: readonly string[]
  ): Promise<string> {
    const child = Bun.spawn(["sbatch", "--parsable", ...words], {
      cwd,
      env: { ...this.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [text, code] = await Promise.all([child.stdout.text(), child.exited]);
    if (code !== 0) throw new Error(`sbatch ${words.join(" ")} ended with ${code}`);
    return text.trim();
  }

  /** Whether there is a controller that answers. */
  answers(): Promise<boolean> {
    return this.tell("squeue", "-h");
  }

  /** Until no job is left. */
  async idle(): Promise<void> {
    const isIdle = async (): Promise<boolean> => (await this.ask("squeue", "-h", "-r")) === "";
    await until(async () => (await this.answers()) && (await isIdle()), "an empty queue", 200);
  }

  /**
   * What an administrator does after daemons were killed: Slurm may hold a job whose start went wrong, and take a node out of service whose job did not end.
   * @returns how many jobs and nodes there were
   */
  async tidy(): Promise<{ readonly jobs: number; readonly nodes: number }> {
    const queue = (await this.ask("squeue", "-h", "-r", "-t", "PD", "-o", "%i %r")).split("\n");
    const held = queue.filter((line) => /held/i.test(line)).map((line) => line.split(" ")[0] ?? "");
    for (const job of held) await this.tell("scontrol", "release", job);
    const states = (await this.ask("sinfo", "-h", "-N", "-p", "low", "-o", "%N %T")).split("\n");
    const drained = states.filter((line) => line.includes("drain")).map((line) => line.split(" ")[0] ?? "");
    for (const node of drained) await this.tell("scontrol", "update", `NodeName=${node}`, "State=RESUME");
    return { jobs: held.length, nodes: drained.length };
  }

  /** Tasks that were told to stop because of their time limit, by Slurm's own word. */
  get warnings(): number {
    const log = fs.readFileSync(path.join(this.#base, CONTROLLER_LOG), "utf8");
    return log.split("\n").filter((line) => line.includes("warning signal")).length;
  }

  /** Processes of jobs, and what watches over them; daemons are none, nor what a controller has started for itself. */
  get left(): readonly number[] {
    const daemons = [...this.#daemons.values()].map(({ pid }) => pid);
    const own = new Set(daemons.concat(daemons.flatMap((pid) => descendantsOf(pid))));
    return pidsWith("SLURM_CONF", this.env["SLURM_CONF"] ?? "").filter((pid) => !own.has(pid));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ask("scancel", "--full", "-s", "KILL", "-u", "root");
    // Nodes before the controller, which tells them; munged, which all of them ask, at last.
    for (const daemon of [...this.#daemons.values()].toReversed()) {
      daemon.kill("SIGKILL");
      await daemon.exited;
    }
    // A job outlives a killed slurmd, and what watches over it, too.
    await until(() => {
      killAll(this.left);
      return this.left.length === 0;
    }, "the end of all jobs");
    fs.rmSync(this.#base, { recursive: true, force: true });
  }
}
