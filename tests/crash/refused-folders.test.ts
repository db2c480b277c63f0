// Folders in which nothing can be kept, and quotas that are used up.
import { expect } from "bun:test";
import { hasStrace } from "../helpers/strace.ts";
import { testUnless } from "../helpers/test-unless.ts";
import { quota } from "./quota.ts";
import { refusedFolders, refusedFoldersMissing } from "./refused-folders.ts";

testUnless(
  refusedFoldersMissing(),
  "a folder in which nothing can be kept is refused before the first attempt",
  async () => {
    expect(await refusedFolders("quick")).toMatchObject({ faults: [] });
  },
);

testUnless(
  hasStrace ? [] : ["not installed: strace"],
  "a quota that is used up is waited for, and a log that is not synced ends the run",
  async () => {
    expect(await quota("quick")).toMatchObject({ faults: [] });
  },
);
