import { describe, expect, test } from "bun:test";
import { groupRuns } from "../../lib/io/proc.ts";
import { ENV } from "../helpers/ckpt.ts";
import { heldSpawn, jobTree, processTree } from "../../lib/io/process-tree.ts";
import { platformNamed } from "../../lib/io/platform.ts";
import type { Handle, Kernel } from "../../lib/io/windows-jobs.ts";
import { Job } from "../../lib/io/windows-jobs.ts";

/** A Windows of jobs and processes: what is in a job ends with its last handle. */
class FakeKernel implements Kernel {
  /** Pids by job. */
  readonly jobs = new Map<number, Set<number>>();
  readonly running = new Set<number>();
  /** Handles of processes that are open. */
  readonly open = new Map<number, number>();
  makesJobs = true;
  #next = 100;

  CreateJobObjectW(): Handle {
    if (!this.makesJobs) return null;
    this.jobs.set(++this.#next, new Set());
    return this.#next;
  }
  SetInformationJobObject(job: Handle, kind: number, info: Uint8Array, bytes: number): number {
    const isRight = kind === 9 && bytes === 144 && new DataView(info.buffer).getUint32(16, true) === 0x2000;
    return isRight && this.jobs.has(job ?? 0) ? 1 : 0;
  }
  QueryInformationJobObject(job: Handle, kind: number, info: Uint8Array, bytes: number): number {
    expect([kind, bytes]).toEqual([1, 48]);
    new DataView(info.buffer).setUint32(40, this.#runningIn(job).length, true);
    return 1;
  }
  OpenProcess(access: number, inherit: number, pid: number): Handle {
    expect([access, inherit]).toEqual([0x101, 0]);
    if (!this.running.has(pid)) return 0;
    this.open.set(++this.#next, pid);
    return this.#next;
  }
  AssignProcessToJobObject(job: Handle, process: Handle): number {
    this.jobs.get(job ?? 0)?.add(process === -1 ? -1 : (this.open.get(process ?? 0) ?? 0));
    return 1;
  }
  TerminateJobObject(job: Handle): number {
    for (const pid of this.#runningIn(job)) this.running.delete(pid);
    return 1;
  }
  CloseHandle(handle: Handle): number {
    if (this.open.delete(handle ?? 0)) return 1;
    this.TerminateJobObject(handle);
    this.jobs.delete(handle ?? 0);
    return 1;
  }
  #runningIn(job: Handle): number[] {
    return [...(this.jobs.get(job ?? 0) ?? [])].filter((pid) => this.running.has(pid));
  }
}

const never = (): never => {
  throw new Error("not by its pid");
};

describe("jobTree()", () => {
  test("a child and what it starts are ended together, also when the child itself has ended", async () => {
    const kernel = new FakeKernel();
    kernel.running.add(7);
    const child = { pid: 7, exitCode: null as number | null };
    const tree = jobTree(child, kernel, never);
    const [job] = kernel.jobs.values();
    expect([...(job ?? [])]).toEqual([7]);
    expect(kernel.open.size).toBe(0);
    kernel.running.add(8);
    job?.add(8);
    kernel.running.delete(7);
    child.exitCode = 0;
    expect(tree.signal("SIGTERM")).toBe(true);
    await tree.untilGone(0);
    expect(kernel.running.size).toBe(0);
    expect(tree.signal("SIGKILL")).toBe(false);
    tree.release();
    tree.release();
    expect(kernel.jobs.size).toBe(0);
  });

  test("what is left in a job ends when it is given up", () => {
    const kernel = new FakeKernel();
    kernel.running.add(7);
    jobTree({ pid: 7, exitCode: null }, kernel, never).release();
    expect(kernel.running.size).toBe(0);
  });

  test("without jobs a child is ended by its pid, and only while it runs: the pid is another's then", () => {
    const kernel = new FakeKernel();
    kernel.makesJobs = false;
    for (const system of [null, kernel]) {
      const child = { pid: 7, exitCode: null as number | null };
      const ended: number[] = [];
      const tree = jobTree(child, system, (pid) => void ended.push(pid));
      expect(tree.signal("SIGTERM")).toBe(true);
      child.exitCode = 1;
      expect(tree.signal("SIGKILL")).toBe(false);
      expect(ended).toEqual([7]);
    }
  });

  test("a child that has ended before it could be put into a job leaves no handle open", () => {
    const kernel = new FakeKernel();
    expect(jobTree({ pid: 7, exitCode: 0 }, kernel, never).signal("SIGKILL")).toBe(false);
    expect(kernel.jobs.size + kernel.open.size).toBe(0);
  });
});

test("a process that puts itself into a job ends with it", () => {
  const kernel = new FakeKernel();
  const job = new Job(kernel);
  expect(job.addThisProcess()).toBe(true);
  expect([...(kernel.jobs.values().next().value ?? [])]).toEqual([-1]);
});

test("children are started so that they can be held: leading a group, or in a hidden window", () => {
  expect(heldSpawn(platformNamed("linux"))).toEqual({ detached: true });
  expect(heldSpawn(platformNamed("darwin"))).toEqual({ detached: true });
  expect(heldSpawn(platformNamed("win32"))).toEqual({ windowsHide: true });
});

test("a tree of a group is ended with all its members", async () => {
  const child = Bun.spawn(["sh", "-c", "sleep 1000 & sleep 1000"], {
    ...heldSpawn(),
    env: ENV,
    stdio: ["ignore", "ignore", "ignore"],
  });
  const tree = processTree(child);
  expect(tree.signal("SIGKILL")).toBe(true);
  await child.exited;
  await tree.untilGone(10_000);
  expect(groupRuns(child.pid)).toBe(false);
  tree.release();
});
