// Each target's executable does what it has to on a machine of its kind, or on what stands for one here (target-machines.ts, target-flow.ts).
import type { Figures, Size } from "../crash/figures.ts";
import { targetFlow } from "./target-flow.ts";
import { type MachineKind, machineKinds, makeMachine, NoMachine } from "./target-machines.ts";

export function targetRuns(size: Size): Promise<Figures> {
  return runOn(machineKinds(size));
}

export async function runOn(kinds: readonly MachineKind[]): Promise<Figures> {
  const figures: Record<string, number> = {};
  const faults: string[] = [];
  const skipped: string[] = [];
  for (const kind of kinds) {
    try {
      const machine = await makeMachine(kind);
      try {
        const flow = await targetFlow(machine);
        figures[`checks of ${kind.name}`] = flow.checks;
        faults.push(...flow.faults.map((fault) => `${kind.name}: ${fault}`));
      } finally {
        machine.close();
      }
    } catch (error) {
      if (error instanceof NoMachine) skipped.push(`${kind.name}: ${error.message}`);
      else faults.push(`${kind.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { method: "targets run", figures, faults, skipped };
}
