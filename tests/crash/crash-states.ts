// Crash-state simulation: every state that a power cut may leave during what processes do here, kills and recoveries included, is built on a real
// folder and recovered by the real code; what had been reported as saved by then must be there, once and exact, and a second opening must be clean.
import * as fs from "node:fs";
import * as path from "node:path";
import { realFileSystem } from "../../lib/io/fs.ts";
import { CallOrder } from "./call-order.ts";
import { DiskModel, materialise, type Tree } from "./disk-model.ts";
import type { Figures, Size } from "./figures.ts";
import { checkSaved, copyOf, type Losses, stateKey } from "./told-saved.ts";
import {
  backUp,
  damage,
  leave,
  type Life,
  locked,
  NONCES,
  openCheckpoint,
  openSession,
  repair,
  restoring,
  type Told,
  work,
  workRaised,
} from "./lives.ts";
import { type Call, Killed, recordingFs } from "./recording-fs.ts";
import { memoryFolder } from "../helpers/memory.ts";

const STEM = "20261123_200000";
const SCENARIOS: Readonly<Record<string, readonly Life[]>> = {
  run: [work(7), work(10)],
  clear: [work(4), leave("cleared"), work(3, NONCES[1])],
  completion: [work(4, NONCES[0], "finished"), leave("completed"), work(3, NONCES[1])],
  restore: [work(4), backUp, work(7), restoring("mine"), work(5)],
  "restore another": [work(4), leave("cleared"), work(3, NONCES[1]), restoring(`auto_cleared_${STEM}`)],
  repair: [work(7), damage, repair, work(7)],
  "version 2": [work(4), workRaised(6), damage, repair, work(7)],
};

type Found = Losses & {
  states: number;
  calls: number;
  recoveries: number;
  garbage: number;
  readonly faults: string[];
};
type State = { readonly tree: Tree; readonly told: Told; readonly where: string };

/** Plays lives on a disk, killed before call `killAt`; gives each state that a cut after each call may leave to `see`. */
async function play(
  start: Tree,
  lives: readonly Life[],
  told: Told,
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
      see({ tree, told: copyOf(told), where: `${name}, call ${calls.length} ${call.name} ${call.file}` });
  };
  const recording = recordingFs(at, model, { before, after });
  try {
    for (const life of lives) {
      order = new CallOrder(model, "/c", null, fault);
      await life(recording, at, told);
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
    await locked(realFileSystem, dir, (folder) => {
      const { recovered } = openCheckpoint(realFileSystem, folder);
      if (recovered !== null && recovered.adopted + recovered.quarantinedBytes > 0)
        fault("the second opening is not clean");
      const left = fs.readdirSync(folder.paths.dir).filter((name) => /\.tmp$|^recovering|^intent/.test(name));
      if (left.length > 0) fault(`left behind: ${left.join()}`);
    });
    const place = checkSaved(path.join(dir, "c"), state.told, found, fault);
    if (state.told.place !== undefined && place !== state.told.place)
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
  { told }: State,
  found: Found,
  fault: (text: string) => void,
): Promise<void> {
  if (told.damaged) await repair(realFileSystem, dir, copyOf(told));
  await locked(realFileSystem, dir, async (folder) => {
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

const nothing = (): Told => ({ saved: new Map(), place: undefined, damaged: false });
const reopen: Life = async (recording, dir, told) => {
  if (told.damaged) await repair(recording, dir, told);
  await locked(recording, dir, async (folder) => {
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
    const key = stateKey(state.tree, state.told);
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
  for (const [name, lives] of Object.entries(SCENARIOS)) {
    if (found.faults.length > 0) break;
    const { calls, root } = await play(new Map(), lives, nothing(), name, found, see);
    fs.rmSync(root, { recursive: true });
    const first = await drain();
    // A power cut inside the recovery from a power cut.
    for (let i = 0; i < first.length; i += step * 4) {
      const state = first[i];
      if (state === undefined || found.faults.length > 0) break;
      const cut = await play(
        state.tree,
        [reopen],
        copyOf(state.told),
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
      const told = nothing();
      const killed = await play(new Map(), lives, told, name, found, null, kill);
      const where = `${name}, killed before call ${kill}`;
      await play(new Map(), [reopen], told, where, found, see, Infinity, killed.model, killed.root);
      fs.rmSync(killed.root, { recursive: true });
      await drain();
    }
  }
  const { faults, ...figures } = found;
  return { method: "crash states", figures, faults };
}
