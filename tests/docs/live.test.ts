// docs/live.md against the program: its examples run, and its keys are those of the channel.
// Needs jq, curl.
import { expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { change, GATED_SHELL, gatedFolder, ITEMS, liveRun, statusOf } from "../helpers/live-run.ts";
import { shell } from "../helpers/shell.ts";

setDefaultTimeout(60_000);

const doc = fs.readFileSync(path.resolve(import.meta.dir, "../../docs/live.md"), "utf8");
const RUN = ["items.txt", "-j", "2", "--shell", GATED_SHELL];

function example(name: string): string {
  const text = new RegExp(`<!-- live: ${name} -->\n\`\`\`sh\n([^]*?)\`\`\``).exec(doc)?.[1];
  if (text === undefined) throw new Error(`docs/live.md has no example "${name}"`);
  return text;
}

/** The keys in the first column of the table below a heading. */
function keysBelow(heading: string): string[] {
  const part = doc.split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const table = /\n\| key \|[^]*?(?:\n\n|$)/.exec(part)?.[0] ?? "";
  return [...table.matchAll(/^\| ([^|]*) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? ""),
  );
}

test("the examples answer", async () => {
  const folder = gatedFolder();
  const run = await liveRun(folder, RUN);
  const status = await shell(folder, example("status"));
  expect(JSON.parse(status.out)).toEqual({ state: "running", completed: 0, total: ITEMS, waiting: null });
  const set = await shell(folder, example("settings"));
  expect(JSON.parse(set.out)).toMatchObject({ jobs: 4, timeout_ms: 60_000 });
  const events = shell(folder, example("events"));
  expect((await run.finish()).code).toBe(0);
  expect((await events).out).toMatch(/^(?:status\n)*end\n$/);
});

test("the keys are those of the channel", async () => {
  const run = await liveRun(gatedFolder(), RUN);
  const optional = new Set(["endpoints", "tokens_per_s", "cost", "projected_cost"]); // left out where there are none
  const documented = keysBelow("GET /status").filter((key) => !optional.has(key));
  expect(documented.toSorted()).toEqual(Object.keys(await statusOf(run)).toSorted());
  const { settings, state } = await change(run, { paused: true });
  const changeable = keysBelow("POST /settings").filter((key) => key !== "paused" && key !== "stop");
  expect(changeable.toSorted()).toEqual(Object.keys(settings).toSorted());
  expect(state).toBe("paused");
  await change(run, { paused: false });
  expect((await run.finish()).code).toBe(0);
});
