// One course of a job on nodes that are preempted. Chance is an argument, so that a course can be repeated.
import { EventQueue } from "./event-queue.ts";

export type Job = {
  readonly items: number;
  readonly attemptSeconds: number;
  /** Attempts that a shard has in flight. */
  readonly inFlight: number;
  /** What each start of a shard takes before its first attempt: it reads and plans its input. */
  readonly startSeconds: number;
};

export type Cluster = {
  readonly nodes: number;
  /** From the start of a node to its preemption, on average; exponentially distributed. */
  readonly lifeSeconds: number;
  /** From a preemption until another node takes the place, on average; exponentially distributed. */
  readonly absenceSeconds: number;
  /** The slowest node does `1 - spread` of what an average node does, the fastest one `1 + spread`. */
  readonly spread: number;
};

export type Course = {
  readonly seconds: number;
  /** Of nodes at work. */
  readonly preemptions: number;
  /** Attempts in flight when a node went without notice: they are begun again. */
  readonly doubled: number;
};

/** The time without starts and preemptions, with all nodes busy to the end. */
export function idealSeconds({ items, attemptSeconds, inFlight }: Job, { nodes }: Cluster): number {
  return (items * attemptSeconds) / inFlight / nodes;
}

type Node = {
  /** When it is preempted. */
  endsAt: number;
  /** In parts of that of an average node. */
  speed: number;
  /** What it works on, in seconds of an average node, and since when; null: nothing. */
  work: { readonly leftSeconds: number; readonly since: number } | null;
};

/**
 * A node that is free takes a preempted shard before a new one, and the one that has waited longest.
 * @param random from 0 (included) to 1 (not)
 */
export function simulate(job: Job, cluster: Cluster, shards: number, random: () => number): Course {
  const { nodes, lifeSeconds, absenceSeconds, spread } = cluster;
  const exponential = (mean: number): number => -mean * Math.log(1 - random());
  const secondsOfShard = ((job.items / shards) * job.attemptSeconds) / job.inFlight;
  const events = new EventQueue<Node>();
  const idle = new Set<Node>();
  const preempted: number[] = [];
  let unstarted = shards;
  const course = { seconds: 0, preemptions: 0, doubled: 0 };

  const take = (node: Node, now: number): void => {
    const leftSeconds = preempted.shift() ?? (unstarted-- > 0 ? secondsOfShard : null);
    idle.delete(node);
    if (leftSeconds === null) idle.add(node);
    node.work = leftSeconds === null ? null : { leftSeconds, since: now };
    const doneAt = leftSeconds === null ? Infinity : now + job.startSeconds + leftSeconds / node.speed;
    events.set(node, Math.min(node.endsAt, doneAt));
  };
  const renew = (node: Node, now: number): void => {
    node.endsAt = now + exponential(lifeSeconds);
    node.speed = 1 + spread * (2 * random() - 1);
    take(node, now);
  };
  const preempt = (node: Node, now: number): void => {
    idle.delete(node);
    events.set(node, now + exponential(absenceSeconds));
    if (node.work === null) return;
    const workedSeconds = now - node.work.since - job.startSeconds;
    course.preemptions++;
    if (workedSeconds > 0) course.doubled += job.inFlight;
    preempted.push(node.work.leftSeconds - Math.max(0, workedSeconds) * node.speed);
    const [other] = idle;
    if (other !== undefined) take(other, now);
  };

  for (let count = 0; count < nodes; count++) renew({ endsAt: 0, speed: 1, work: null }, 0);
  for (let done = 0; done < shards;) {
    const [node, now] = events.next();
    if (node.endsAt < now) renew(node, now);
    else if (node.endsAt === now) preempt(node, now);
    else {
      done++;
      course.seconds = now;
      take(node, now);
    }
  }
  return course;
}
