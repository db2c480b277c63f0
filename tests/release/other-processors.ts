// What compresses the archives gives the same bytes on an old processor and on another kind of processor: it has code of its own for each.
import * as fs from "node:fs";
import * as path from "node:path";
import { unpackRuntime } from "../../scripts/release/runtimes.ts";
import { targetNamed } from "../../scripts/release/targets.ts";
import type { Figures, Size } from "../crash/figures.ts";
import { ENV, newFolder } from "../helpers/ckpt.ts";
import { RUNTIMES } from "../helpers/runtimes.ts";

const BYTES = { quick: 5_000_000, full: 40_000_000 } as const;
const GZIP = path.resolve(import.meta.dir, "../fixtures/release/gzip-hash.ts");
/** Each emulates another processor; the second part of arm64's system stands in Debian's package libc6-arm64-cross. */
const PROCESSORS = [
  { name: "a Nehalem of 2008", target: "linux-x64", emulator: ["qemu-x86_64", "-cpu", "Nehalem"] },
  { name: "arm64", target: "linux-arm64", emulator: ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"] },
] as const;

export async function otherProcessors(size: Size): Promise<Figures> {
  const folder = newFolder();
  const sample = path.join(folder, "sample");
  fs.writeFileSync(sample, fs.readFileSync(process.execPath).subarray(0, BYTES[size]));
  const wanted = hashesOn([process.execPath], sample);
  const faults: string[] = [];
  const skipped: string[] = [];
  let compared = 0;
  for (const { name, target, emulator } of PROCESSORS) {
    if (Bun.which(emulator[0]) === null) {
      skipped.push(`${name}: ${emulator[0]} is not installed`);
      continue;
    }
    const runtime = await unpackRuntime(targetNamed(target), RUNTIMES, path.join(folder, target));
    const found = hashesOn([...emulator, runtime], sample);
    compared++;
    if (found !== wanted) faults.push(`${name} compresses to ${found}, this machine to ${wanted}`);
  }
  const figures = { processors: compared, "megabytes compressed": BYTES[size] / 1e6 };
  return { method: "compression on other processors", figures, faults, skipped };
}

function hashesOn(bun: readonly string[], sample: string): string {
  const { stdout, stderr, success } = Bun.spawnSync([...bun, GZIP, sample], { env: ENV });
  if (!success) throw new Error(`${bun.join(" ")}: ${stderr.toString()}`);
  return stdout.toString().trim();
}
