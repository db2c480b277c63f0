// Why a child could not be started or its output not be read, as a kind and a sentence.
import * as os from "node:os";
import * as path from "node:path";
import { causeText, systemCode } from "../core/errors.ts";
import { statOf } from "./file.ts";
import { realFileSystem as fs } from "./fs.ts";
import { programFile } from "./system-program.ts";

/** `argument_*` is caused by the item; the other kinds are not. */
export type NotStarted = {
  readonly end: "not_started";
  readonly kind:
    | "command_not_found"
    | "command_not_executable"
    | "argument_too_long"
    | "argument_nul"
    | "argument_unsafe"
    | "no_resources"
    | "temp_unwritable";
  readonly message: string;
};

/** What is kept of standard error: its end, in bytes. */
export const STDERR_TAIL_BYTES: number = 8 << 10;

/** No process, descriptor or memory is available: the machine or a limit of this process is exhausted. */
const SCARCITY: ReadonlySet<string | null> = new Set(["EAGAIN", "ENOMEM", "EMFILE", "ENFILE"]);

/** @param error thrown by a call on one of the child's files */
export function whyNoFiles(error: unknown): NotStarted {
  if (SCARCITY.has(systemCode(error))) return notStarted("no_resources", causeText(error));
  return notStarted("temp_unwritable", `temporary files in ${os.tmpdir()}: ${causeText(error)}`);
}

/** @param error thrown by Bun.spawn */
export function whyNotStarted(
  program: string,
  env: { readonly [name: string]: string },
  error: unknown,
): NotStarted {
  const code = systemCode(error);
  if (SCARCITY.has(code)) return notStarted("no_resources", causeText(error));
  switch (code) {
    case "ERR_INVALID_ARG_VALUE": // Bun's own check; nothing else that ckpt passes can fail it
      return notStarted("argument_nul", "an argument or the item's id holds a NUL character");
    case "E2BIG":
      return notStarted("argument_too_long", "the arguments are longer than the system allows");
    case "ENOENT":
    case "ENOTDIR":
      return whyNotFound(program, env);
    case "ENOEXEC":
      return notStarted(
        "command_not_executable",
        `${program}: neither a program nor a script that begins with "#!"`,
      );
    case "EACCES":
      return notStarted("command_not_executable", `${program}: no permission to execute it`);
    default:
      return notStarted("command_not_executable", `${program}: ${causeText(error)}`);
  }
}

function whyNotFound(program: string, env: { readonly [name: string]: string }): NotStarted {
  const byPath = path.basename(program) === program;
  const file = byPath ? programFile(program, env) : program;
  if (file !== null && statOf(fs, file) !== null) {
    return notStarted(
      "command_not_executable",
      `${program}: the program that its first line names is not there`,
    );
  }
  return notStarted(
    "command_not_found",
    byPath ? `${program}: not found in PATH` : `${program}: no such file`,
  );
}

/** A batch file cannot be given one of its words. */
export function unsafeArgument(program: string): NotStarted {
  return notStarted(
    "argument_unsafe",
    `${program}: cmd, which runs it, cannot be given one of its arguments safely`,
  );
}

function notStarted(kind: NotStarted["kind"], message: string): NotStarted {
  return { end: "not_started", kind, message };
}
