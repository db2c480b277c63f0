// The quick form of what a run leaves behind.
// Needs python3, setsid.
import { expect, setDefaultTimeout, test } from "bun:test";
import { leftovers } from "./leftovers.ts";

setDefaultTimeout(180_000);

test("however a run ends, none of its processes is left; after a SIGKILL the next start ends them first", async () => {
  const { figures, faults } = await leftovers("quick");
  expect(faults).toEqual([]);
  expect(figures).toMatchObject({ exits: 33, "kills followed by a start": 3 });
});
