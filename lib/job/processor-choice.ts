// The processor of a run: chosen by `-- COMMAND`, `--shell`, `--worker`, `--module` or `--model`.
import * as path from "node:path";
import type { Invocation, SettingsOf } from "../cli/declaration.ts";
import type { Host } from "../cli/host.ts";
import { CkptError } from "../core/errors.ts";
import { type EndpointChoice, endpointChoice } from "./endpoint/endpoint-settings.ts";
import { isBatch } from "./input/input-files.ts";
import type { RunArguments } from "./arguments/run-arguments.ts";

export type ProcessorChoice =
  | { readonly kind: "command"; readonly argv: readonly string[] }
  | { readonly kind: "worker"; readonly argv: readonly string[]; readonly inflight: number }
  | { readonly kind: "shell"; readonly text: string }
  | { readonly kind: "module"; readonly path: string }
  | EndpointChoice;

/** The declarations exclude two at once. @throws usage.noProcessor, usage.missingValue, and errors of endpoints */
export function processorChoice({ settings, rest }: Invocation<RunArguments>, host: Host): ProcessorChoice {
  const { shell, module } = settings;
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
  if (asksEndpoint(settings)) return endpointChoice(settings, host);
  throw new CkptError("usage.noProcessor", {});
}

/** Whether what was given is about an endpoint. A batch file needs nothing else. */
function asksEndpoint({ model, body, baseUrl, endpoint, format }: SettingsOf<RunArguments>): boolean {
  return model !== null || body !== null || baseUrl.length + endpoint.length > 0 || isBatch(format);
}

/** Programs for files that users pass to --module although they are not modules. */
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
