// The quick forms of the long runs and of the soak.
// Needs python3, setsid.
import { expect, setDefaultTimeout, test } from "bun:test";
import { resources } from "./resources.ts";
import { soak } from "./soak.ts";

setDefaultTimeout(180_000);

test("over many items open files, child processes and memory stay flat, whatever the kind of processor", async () => {
  expect((await resources("quick")).faults).toEqual([]);
});

test("with processors that fail, hang, die and leave processes behind they stay flat as well, and nothing is left", async () => {
  expect((await soak("quick")).faults).toEqual([]);
});
