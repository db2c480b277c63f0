// Manual pages and completion scripts, which `bun scripts/manual.ts` makes of the declarations: where they go in an archive and in a package for Debian.
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { gzip, type PackedFile } from "./packed-file.ts";
import { runTool } from "./run-tool.ts";

/** By the path below /usr/share: the path in an archive, where install.sh finds it. */
const IN_ARCHIVE: ReadonlyMap<string, string> = new Map([
  ["man/man1/ckpt.1", "man/ckpt.1"],
  ["man/zh_CN/man1/ckpt.1", "man/ckpt.zh.1"],
  ["bash-completion/completions/ckpt", "completion/ckpt.bash"],
  ["zsh/vendor-completions/_ckpt", "completion/_ckpt"],
  ["fish/vendor_completions.d/ckpt.fish", "completion/ckpt.fish"],
]);

export type SharedFiles = {
  readonly inArchive: readonly PackedFile[];
  /** At their paths from the root of a Debian system, where manual pages are compressed. */
  readonly onDebian: readonly PackedFile[];
};

/** @throws Error when other files are made than those that have a place here. */
export async function makeSharedFiles(root: string, epochSeconds: number): Promise<SharedFiles> {
  const folder = fs.mkdtempSync(path.join(tmpdir(), "ckpt-shared-"));
  try {
    const env = { ...process.env, SOURCE_DATE_EPOCH: String(epochSeconds) };
    await runTool([process.execPath, "scripts/manual.ts", folder], { cwd: root, env });
    const made = fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
    const inArchive: PackedFile[] = [];
    const onDebian: PackedFile[] = [];
    for (const name of new Set([...IN_ARCHIVE.keys(), ...made])) {
      const place = IN_ARCHIVE.get(name);
      if (place === undefined || !made.includes(name))
        throw new Error(`scripts/manual.ts: ${name} is new or missing`);
      const bytes = fs.readFileSync(path.join(folder, name));
      inArchive.push({ path: place, bytes });
      onDebian.push(
        name.startsWith("man/")
          ? { path: `usr/share/${name}.gz`, bytes: gzip(bytes, 9) }
          : { path: `usr/share/${name}`, bytes },
      );
    }
    return { inArchive, onDebian };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
