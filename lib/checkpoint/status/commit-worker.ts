// The commit thread, so that the run does not wait for the disk. Entry point of a Worker (a second entry of the executable).
import { causeText } from "../../core/errors.ts";
import { realFileSystem } from "../../io/fs.ts";
import { commit, type CommitFailure, type CommitJob } from "./commit.ts";

declare const self: Worker;

self.addEventListener("message", (event: MessageEvent<CommitJob>) => {
  let answer: CommitFailure | null;
  try {
    answer = commit(realFileSystem, event.data);
  } catch (error) {
    // An error in a Worker does not reach its parent by itself; a bug must not become a hang.
    answer = {
      stage: "log",
      path: event.data.statusFile,
      cause: `internal error: ${causeText(error)}`,
      code: null,
    };
  }
  self.postMessage(answer);
});
