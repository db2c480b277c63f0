// What a run does with each item: the one of `-- COMMAND`, `--shell`, `--module` and `--model` that the command line names.
import * as path from "node:path";
import type { Invocation } from "../cli/declaration.ts";
import type { Host } from "../cli/host.ts";
import { CkptError } from "../core/errors.ts";
import { type EndpointChoice, endpointChoice } from "./endpoint-settings.ts";
import type { RunArguments } from "./arguments/run-arguments.ts";

export type ProcessorChoice =
  | { readonly kind: "command"; readonly argv: readonly string[] }
  | { readonly kind: "worker"; readonly argv: readonly string[]; readonly inflight: number }
  | { readonly kind: "shell"; readonly text: string }
  | { readonly kind: "module"; readonly path: string }
  | EndpointChoice;

/** That no two are named follows of the declarations. @throws usage.noProcessor, usage.missingValue, and those of endpoints */
export function processorChoice({ settings, rest }: Invocation<RunArguments>, host: Host): ProcessorChoice {
  const { shell, module, model } = settings;
  if (rest !== null) {
    if ((rest[0] ?? "") === "") throw new CkptError("usage.noCommand", {});
    return settings.worker
      ? { kind: "worker", argv: rest, inflight: settings.workerInflight ?? 1 }
      : { kind: "command", argv: rest };
  }
  if (shell !== null) {
    if (shell.trim() === "") throw new CkptError("usage.missingValue", { option: "--shell" });
    return { kind: "shell", text: shell };
  }
  if (module !== null) {
    refuseOtherLanguage(module);
    return { kind: "module", path: module };
  }
  if (model !== null) return endpointChoice(settings, model, host);
  throw new CkptError("usage.noProcessor", {});
}

/** What runs files that people name after --module although they are no modules. */
const PROGRAM_OF: ReadonlyMap<string, string> = new Map([
  [".py", "python"],
  [".sh", "sh"],
  [".bash", "bash"],
  [".rb", "ruby"],
  [".pl", "perl"],
  [".php", "php"],
  [".r", "Rscript"],
  [".lua", "lua"],
  [".jl", "julia"],
]);

function refuseOtherLanguage(file: string): void {
  const program = PROGRAM_OF.get(path.extname(file).toLowerCase());
  if (program !== undefined) throw new CkptError("module.otherLanguage", { path: file, program });
}
