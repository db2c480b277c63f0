// The machine and the versions that a table of figures is of.
import { cpus, release, totalmem } from "node:os";

/** Programs beside which ckpt is measured, and how each says its version. */
const VERSIONS: readonly (readonly string[])[] = [
  ["xargs", "--version"],
  ["parallel", "--version"],
  ["python3", "--version"],
];

export function machineLine(): string {
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GB`;
  const model = cpus()[0]?.model ?? "unknown";
  const date = new Date().toISOString().slice(0, 10);
  const versions = [`Bun ${Bun.version}`, ...VERSIONS.flatMap((argv) => versionOf(argv))];
  return `${cpus().length} cores (${model}), ${memory}, Linux ${release()}; ${versions.join(", ")}; ${date}.`;
}

function versionOf(argv: readonly string[]): string[] {
  const [program = ""] = argv;
  if (Bun.which(program) === null) return [];
  const { stdout } = Bun.spawnSync([...argv]);
  const version = /\d[\w.]*/.exec(stdout.toString())?.[0] ?? "";
  return [`${program} ${version}`];
}
