// Crash-state simulation: every state that a power cut may leave during what processes do here, kills and recoveries included, is built on a real
// folder and recovered by the real code; what had been reported as saved by then must be there, once and exact, and a second opening must be clean.
import * as fs from "node:fs";
import * as path from "node:path";
import { realFileSystem } from "../../lib/io/fs.ts";
import { CallOrder } from "./call-order.ts";
import { DiskModel, materialise, type Tree } from "./disk-model.ts";
import type { Figures, Size } from "./figures.ts";
import { checkSaved, copyOf, type Losses, stateKey } from "./saved-results.ts";
import {
  backUp,
  damage,
  moveAway,
  ownElsewhere,
  type Step,
  withLock,
  NONCES,
  openCheckpoint,
  openSession,
  repair,
  restore,
  type Reported,
  saveItems,
  raiseVersionAndSave,
} from "./checkpoint-steps.ts";
import { type Call, Killed, recordingFs } from "./recording-fs.ts";
import { memoryFolder } from "../helpers/memory.ts";

const STEM = "20261123_200000";
const SCENARIOS: Readonly<Record<string, readonly Step[]>> = {
  run: [saveItems(7), saveItems(10)],
  clear: [saveItems(4), moveAway("cleared"), saveItems(3, NONCES[1])],
  completion: [saveItems(4, NONCES[0], "finished"), moveAway("completed"), saveItems(3, NONCES[1])],
  restore: [saveItems(4), backUp, saveItems(7), restore("mine"), saveItems(5)],
  "restore another": [
    saveItems(4),
    moveAway("cleared"),
    saveItems(3, NONCES[1]),
    restore(`auto_cleared_${STEM}`),
  ],
  repair: [saveItems(7), damage, repair, saveItems(7)],
  takeover: [saveItems(4), ownElsewhere, saveItems(7), ownElsewhere, moveAway("cleared")],
  "version 2": [saveItems(4), raiseVersionAndSave(6), damage, repair, saveItems(7)],
};

type Found = Losses & {
  states: number;
  calls: number;
  recoveries: number;
  garbage: number;
  readonly faults: string[];
};
type State = { readonly tree: Tree; readonly reported: Reported; readonly where: string };

/** Plays steps on a disk, killed before call `killAt`; gives each state that a cut after each call may leave to `see`. */
async function play(
  start: Tree,
  steps: readonly Step[],
  reported: Reported,
  name: string,
  found: Found,
  see: ((state: State) => void) | null,
  killAt: number = Infinity,
  model: DiskModel = DiskModel.of(start),
  root?: string,
): Promise<{ readonly calls: readonly string[]; readonly model: DiskModel; readonly root: string }> {
  const at = root ?? memoryFolder("ckpt-crash-");
  if (root === undefined) materialise(start, at);
  const calls: string[] = [];
  let ids = 0;
  // Names made of chance would make each state look new; those of two processes must differ all the same.
  const process = root === undefined && start.size === 0 ? "1" : "2";
  crypto.randomUUID = () => `${process}-0-0-0-${ids++}`;
  const fault = (text: string): void => void found.faults.push(`${name}, call ${calls.length}: ${text}`);
  let order = new CallOrder(model, "/c", null, fault);
  const before = (call: Call): void => {
    if (calls.length === killAt) throw new Killed(call.name);
    calls.push(call.name);
    order.before(call);
  };
  const after = (call: Call): void => {
    if (call.name === "write") order.wrote(call.file, call.size ?? 0);
    if (see === null) return;
    for (const tree of model.states())
      see({
        tree,
        reported: copyOf(reported),
        where: `${name}, call ${calls.length} ${call.name} ${call.file}`,
      });
  };
  const recording = recordingFs(at, model, { before, after });
  try {
    for (const step of steps) {
      order = new CallOrder(model, "/c", null, fault);
      await step(recording, at, reported);
    }
  } catch (error) {
    if (calls.length !== killAt) throw error;
  }
  found.calls += see === null ? 0 : calls.length;
  return { calls, model, root: at };
}

/** Opens what a crash left, as the next start would, twice. */
async function check(state: State, found: Found): Promise<void> {
  const dir = memoryFolder("ckpt-crash-");
  const fault = (text: string): void => void found.faults.push(`${state.where}: ${text}`);
  try {
    materialise(state.tree, dir);
    await openLeft(dir, state, found, fault);
    await withLock(realFileSystem, dir, (folder) => {
      const { recovered } = openCheckpoint(realFileSystem, folder);
      if (recovered !== null && recovered.adopted + recovered.quarantinedBytes > 0)
        fault("the second opening is not clean");
      const left = fs.readdirSync(folder.paths.dir).filter((name) => /\.tmp$|^recovering|^intent/.test(name));
      if (left.length > 0) fault(`left behind: ${left.join()}`);
    });
    const place = checkSaved(path.join(dir, "c"), state.reported, found, fault);
    if (state.reported.place !== undefined && place !== state.reported.place)
      fault(`in place is ${place ?? "nothing"}`);
  } catch (error) {
    found.lost++;
    fault(String(error));
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
}

async function openLeft(
  dir: string,
  { reported }: State,
  found: Found,
  fault: (text: string) => void,
): Promise<void> {
  if (reported.damaged) await repair(realFileSystem, dir, copyOf(reported));
  await withLock(realFileSystem, dir, async (folder) => {
    const opened = openCheckpoint(realFileSystem, folder);
    found.recoveries++;
    if (opened.recovered === null) return;
    found.garbage += opened.garbage;
    if (opened.garbage > 0) fault("garbage was accepted");
    const session = openSession(realFileSystem, folder, opened, "");
    await session.begin();
    await session.end("stopped", "limit");
    session.close();
  });
}

const nothing = (): Reported => ({ saved: new Map(), place: undefined, damaged: false });
const reopen: Step = async (recording, dir, reported) => {
  if (reported.damaged) await repair(recording, dir, reported);
  await withLock(recording, dir, async (folder) => {
    const opened = openCheckpoint(recording, folder);
    if (opened.recovered === null) return;
    const session = openSession(recording, folder, opened, "");
    await session.begin();
    session.close();
  });
};

/** @param size quick: a part of the crashes inside recovery; full: all of them */
export async function crashStates(size: Size): Promise<Figures> {
  const found: Found = { states: 0, calls: 0, recoveries: 0, lost: 0, doubled: 0, garbage: 0, faults: [] };
  const seen = new Set<string>();
  let waiting: State[] = [];
  const see = (state: State): void => {
    const key = stateKey(state.tree, state.reported);
    if (!seen.has(key)) waiting.push(state);
    seen.add(key);
  };
  const drain = async (): Promise<State[]> => {
    const states = waiting;
    waiting = [];
    for (const state of states) await check(state, found);
    found.states += states.length;
    return states;
  };
  const step = size === "full" ? 1 : 31;
  for (const [name, steps] of Object.entries(SCENARIOS)) {
    if (found.faults.length > 0) break;
    const { calls, root } = await play(new Map(), steps, nothing(), name, found, see);
    fs.rmSync(root, { recursive: true });
    const first = await drain();
    // A power cut inside the recovery from a power cut.
    for (let i = 0; i < first.length; i += step * 4) {
      const state = first[i];
      if (state === undefined || found.faults.length > 0) break;
      const cut = await play(
        state.tree,
        [reopen],
        copyOf(state.reported),
        `${state.where}, in recovery`,
        found,
        see,
      );
      fs.rmSync(cut.root, { recursive: true });
      await drain();
    }
    // A power cut during the recovery from a kill: what the killed process had not synced is still only in memory.
    for (let kill = 0; kill < calls.length && found.faults.length === 0; kill++) {
      // A folder that is there while its name is not sure is easily taken for one that is.
      if (kill % step > 0 && calls[kill - 1] !== "mkdir") continue;
      const reported = nothing();
      const killed = await play(new Map(), steps, reported, name, found, null, kill);
      const where = `${name}, killed before call ${kill}`;
      await play(new Map(), [reopen], reported, where, found, see, Infinity, killed.model, killed.root);
      fs.rmSync(killed.root, { recursive: true });
      await drain();
    }
  }
  const { faults, ...figures } = found;
  return { method: "crash states", figures, faults };
}
