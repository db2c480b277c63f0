// Passes commits to a thread, one at a time. The first commit starts the thread.
import type { FileSystem } from "../../io/fs.ts";
import { commit, type CommitFailure, type CommitJob } from "./commit.ts";

export type Committer = {
  /** Resolves with null when the commit is durable, else with what failed. One call at a time. */
  commit(job: CommitJob): Promise<CommitFailure | null>;
  close(): void;
};

/** Commits at once, on the calling thread. */
export function directCommitter(fs: FileSystem): Committer {
  return {
    commit: (job) => Promise.resolve(commit(fs, job)),
    close: () => undefined,
  };
}

export class ThreadCommitter implements Committer {
  #worker: Worker | null = null;
  #settle: ((failure: CommitFailure | null) => void) | null = null;

  commit(job: CommitJob): Promise<CommitFailure | null> {
    this.#worker ??= this.#start();
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#worker?.postMessage(job);
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL("./commit-worker.ts", import.meta.url));
    const answer = (failure: CommitFailure | null): void => {
      const settle = this.#settle;
      this.#settle = null;
      settle?.(failure);
    };
    const died = (cause: string): void => {
      if (this.#worker === worker) this.#worker = null;
      answer({ stage: "log", path: "commit thread", cause, code: null });
    };
    worker.addEventListener("message", (event: MessageEvent<CommitFailure | null>) => answer(event.data));
    worker.addEventListener("error", (event) => died(event.message));
    worker.addEventListener("close", () => died("the thread ended"));
    worker.unref();
    return worker;
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }
}
