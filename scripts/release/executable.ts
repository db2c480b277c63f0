// The executable of a target, ready to be packed: compiled on its runtime, and signed where macOS wants it.
import * as fs from "node:fs";
import * as path from "node:path";
import { compile } from "./compile.ts";
import { isSignatureValid, readSignature, signAdHoc } from "./macho.ts";
import { unpackRuntime } from "./runtimes.ts";
import type { Target } from "./targets.ts";

export type ExecutableOptions = {
  readonly root: string;
  readonly target: Target;
  /** Where runtimes are kept (`runtimes.ts`). */
  readonly cacheFolder: string;
  /** A folder of this target's own. */
  readonly workFolder: string;
};

/** Its path in `workFolder`. @throws Error when it cannot be made, or its signature would not be taken by macOS. */
export async function makeExecutable(options: ExecutableOptions): Promise<string> {
  const file = await compileTarget(options);
  if (options.target.npm.os === "darwin") mendSignature(file);
  return file;
}

/** As Bun makes it: for darwin-x64 with a signature that does not fit. */
export async function compileTarget(options: ExecutableOptions): Promise<string> {
  const { root, target, cacheFolder, workFolder } = options;
  const runtimeFile = await unpackRuntime(target, cacheFolder, path.join(workFolder, "runtime"));
  return await compile({ root, folder: path.join(workFolder, "built"), foreign: { target, runtimeFile } });
}

function mendSignature(file: string): void {
  const bytes = fs.readFileSync(file);
  if (isSignatureValid(readSignature(bytes))) return;
  const signed = signAdHoc(bytes, "ckpt");
  const report = readSignature(signed);
  if (!isSignatureValid(report))
    throw new Error(`${file}: the signature is not valid: ${report.faults.join("; ")}`);
  fs.writeFileSync(file, signed);
}
