// A Slurm of its own on the loopback, without systemd: a controller and nodes, all on this machine. Nothing outside its folder is changed, and it ends with its owner.
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ENV } from "../helpers/ckpt.ts";
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

/** The configuration of `nodes` nodes: no accounting, no control groups, quick answers; jobs of `high` take the nodes of those of `low`. */
function configuration(base: string, nodes: number): string {
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
    `SlurmctldLogFile=${at("slurmctld.log")}`,
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
    "SchedulerParameters=bf_interval=1,sched_interval=1,sched_min_interval=0,batch_sched_delay=0,requeue_delay=0",
    "KillWait=5",
    "JobRequeue=1",
    "PreemptType=preempt/partition_prio",
    "PreemptMode=REQUEUE",
    ...ports.map(
      (port, at_) =>
        `NodeName=n${at_ + 1} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${port} CPUs=2 State=UNKNOWN`,
    ),
    "PartitionName=low Nodes=ALL Default=YES State=UP PriorityTier=1 PreemptMode=REQUEUE",
    "PartitionName=high Nodes=ALL State=UP PriorityTier=10 PreemptMode=OFF",
  ].join("\n")}\n`;
}

export class SlurmCluster implements AsyncDisposable {
  readonly #base: string;
  readonly #daemons: Bun.Subprocess[] = [];

  private constructor(base: string) {
    this.#base = base;
  }

  static async start(nodes: number): Promise<SlurmCluster> {
    const base = fs.mkdtempSync(path.join(os.tmpdir(), "ckpt-slurm-"));
    fs.chmodSync(base, 0o755);
    for (const name of ["state", "spool", "munge"]) fs.mkdirSync(path.join(base, name));
    fs.writeFileSync(path.join(base, "munge/key"), crypto.getRandomValues(new Uint8Array(128)), {
      mode: 0o600,
    });
    fs.writeFileSync(path.join(base, "slurm.conf"), configuration(base, nodes));
    const cluster = new SlurmCluster(base);
    try {
      await cluster.#startAll(nodes);
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
    return cluster;
  }

  async #startAll(nodes: number): Promise<void> {
    const socket = path.join(this.#base, "munge.socket");
    this.#daemon([
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
    this.#daemon(["slurmctld", "-D", "-i"]);
    for (let node = 1; node <= nodes; node++) this.#daemon(["slurmd", "-D", "-N", `n${node}`]);
    await until(
      async () => (await this.ask("sinfo", "-h", "-p", "low", "-t", "idle", "-o", "%D")) === String(nodes),
      "idle nodes",
      100,
    );
  }

  get env(): Record<string, string> {
    return { ...ENV, SLURM_CONF: path.join(this.#base, "slurm.conf") };
  }

  #daemon(words: readonly string[]): void {
    this.#daemons.push(Bun.spawn([...words], { env: this.env, stdio: ["ignore", "ignore", "ignore"] }));
  }

  /** What a command says, without its last line end; empty where it fails. */
  async ask(...words: readonly string[]): Promise<string> {
    const child = Bun.spawn([...words], { env: this.env, stdio: ["ignore", "pipe", "ignore"] });
    const [text, code] = await Promise.all([child.stdout.text(), child.exited]);
    return code === 0 ? text.trimEnd() : "";
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

  /** Until no job is left. */
  async idle(): Promise<void> {
    await until(async () => (await this.ask("squeue", "-h", "-r")) === "", "an empty queue", 200);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ask("scancel", "--full", "-s", "KILL", "-u", "root");
    // Nodes before the controller, which tells them; munged, which all of them ask, at last.
    for (const daemon of this.#daemons.toReversed()) {
      daemon.kill("SIGKILL");
      await daemon.exited;
    }
    fs.rmSync(this.#base, { recursive: true, force: true });
  }
}
