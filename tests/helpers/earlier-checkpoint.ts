// A job that an earlier executable has left (tests/fixtures/checkpoints), copied to where a test may go on with it.
import * as fs from "node:fs";
import * as path from "node:path";
import { newFolder } from "./ckpt.ts";

const FIXTURES = path.resolve(import.meta.dir, "../fixtures/checkpoints");
const FORMATS = path.resolve(import.meta.dir, "../fixtures/format");
/** Where the jobs were made: their files name it. */
const MADE_IN = "/tmp/ckpt-fixtures";
const STATUS = "processing_status.json";

/**
 * Copies a job into a new folder, in whose files the old place is replaced by the new one, as if it had been made there.
 * @param folders of checkpoints, beside `checkpoints`
 */
export function earlierJob(version: string, job: string, folders: readonly string[] = []): string {
  const folder = path.join(fs.realpathSync(newFolder()), job);
  fs.cpSync(path.join(FIXTURES, version, job), folder, { recursive: true });
  for (const name of ["checkpoints", ...folders])
    moveCheckpoint(path.join(folder, name), path.posix.join(MADE_IN, job), folder);
  return folder;
}

/** Where the golden files of the formats say that their input lies. */
const GOLDEN_IN = "/data";

/** Copies the golden files of a version of the format into a new folder: the input, and the checkpoint in `checkpoints`. */
export function goldenJob(version: 1 | 2): string {
  const folder = fs.realpathSync(newFolder());
  const checkpoint = path.join(folder, "checkpoints");
  fs.cpSync(path.join(FORMATS, `version-${version}`), checkpoint, { recursive: true });
  fs.renameSync(path.join(checkpoint, "q.jsonl"), path.join(folder, "q.jsonl"));
  moveCheckpoint(checkpoint, GOLDEN_IN, folder);
  return folder;
}

/** Replaces a path in the small files of a checkpoint and of its backups, or of a folder of shards. */
function moveCheckpoint(checkpoint: string, from: string, to: string): void {
  for (const name of fs.readdirSync(checkpoint))
    if (name.startsWith("shard-")) moveCheckpoint(path.join(checkpoint, name), from, to);
  const backups = path.join(checkpoint, "backups");
  for (const name of fs.existsSync(backups) ? fs.readdirSync(backups) : []) {
    const backup = path.join(backups, name);
    reseal(path.join(backup, STATUS), from, to);
    renewManifest(path.join(backup, "manifest.json"), path.join(backup, STATUS));
  }
  for (const name of [STATUS, "last_run.json", "shards.json"]) {
    const file = path.join(checkpoint, name);
    if (fs.existsSync(file)) reseal(file, from, to);
  }
}

/** Replaces text in a small file of a checkpoint and gives it the checksum that it then has to have. */
export function reseal(file: string, from: string, to: string): void {
  const changed = fs.readFileSync(file, "utf8").replaceAll(from, to);
  fs.writeFileSync(file, sealed(changed));
}

function sealed(line: string): string {
  const body = line.slice(0, line.lastIndexOf('"sum":"') + '"sum":"'.length);
  return `${body}${sha256(body).slice(0, 16)}"}\n`;
}

function renewManifest(manifest: string, status: string): void {
  const text = fs.readFileSync(manifest, "utf8");
  const bytes = fs.readFileSync(status);
  const entry = `{"name":"${STATUS}","size":${bytes.length},"sha256":"${sha256(bytes)}"}`;
  fs.writeFileSync(manifest, sealed(text.replace(new RegExp(`\\{"name":"${STATUS}"[^}]*\\}`), entry)));
}

const sha256 = (data: string | Uint8Array): string => Bun.SHA256.hash(data, "hex");
