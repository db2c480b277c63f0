// Many shards made of one, without a run for each: its records are divided by the rule, and the new logs are made by the code that takes records over.
import * as fs from "node:fs";
import { openCheckpoint, readShardsFile, shardFolders } from "../../lib/checkpoint/checkpoint.ts";
import { RelinkedLog } from "../../lib/checkpoint/log/relinked-log.ts";
import { checkpointPaths, SHARDS, shardFolderName } from "../../lib/checkpoint/names.ts";
import { seal } from "../../lib/checkpoint/status/seal.ts";
import { encodeStatus } from "../../lib/checkpoint/status/status-file.ts";
import { idKey } from "../../lib/core/record-key.ts";
import type { Status } from "../../lib/core/status.ts";
import { realFileSystem } from "../../lib/io/fs.ts";
import { shardOf } from "../../lib/shards/shard-rule.ts";

/** Divides the one shard in `from`, whose items have ids and all have succeeded, into `count` shards in the new folder `dir`. */
export function splitShards(from: string, dir: string, count: number): void {
  const [whole] = shardFolders(realFileSystem, from);
  const facts = readShardsFile(realFileSystem, from);
  if (whole === undefined || facts === null) throw new Error(`no shard in ${from}`);
  const { paths } = openCheckpoint(realFileSystem, whole.folder);
  const status = openCheckpoint(realFileSystem, whole.folder).status();
  const lines = Array.from({ length: count }, (): Buffer[] => []);
  for (const line of fs.readFileSync(paths.log, "utf8").split("\n").slice(0, -1)) {
    const { id } = JSON.parse(line) as { readonly id: string };
    lines[shardOf(idKey(id, 1), count) - 1]?.push(Buffer.from(line));
  }
  fs.mkdirSync(dir);
  const { sum: _sum, ...job } = { ...facts, count, sum: "" };
  fs.writeFileSync(`${dir}/${SHARDS}`, seal(job));
  for (const [at, own] of lines.entries()) makeShard(dir, { index: at + 1, count }, { status, lines: own });
}

function makeShard(
  dir: string,
  shard: { readonly index: number; readonly count: number },
  { status, lines }: { readonly status: Status; readonly lines: readonly Buffer[] },
): void {
  const paths = checkpointPaths(`${dir}/${shardFolderName(shard)}`);
  fs.mkdirSync(paths.dir);
  const log = new RelinkedLog(realFileSystem, paths.log, status.session.nonce, status.v);
  for (const line of lines) log.add(line, "none");
  log.finish();
  log.close();
  if (status.shard === undefined) throw new Error("no status of a shard");
  const { length: total } = lines;
  const facts = {
    ...status,
    shard: { ...status.shard, ...shard },
    total,
    completed: total,
    results_saved: total,
  };
  fs.writeFileSync(paths.status, encodeStatus({ ...facts, log: log.position }));
}
