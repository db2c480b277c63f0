// What completion has to look up: names of backups, ids of items, fields of the input. Whatever cannot be found gives no candidates, and no message: somebody
// is in the middle of a line.
import { DIR_DEFAULT, givenDir } from "../../cli/common-arguments.ts";
import {
  type BackupEntry,
  type Checkpoint,
  openCheckpoint,
  shardFolders,
} from "../../checkpoint/checkpoint.ts";
import * as path from "node:path";
import type { LookedUp } from "../../cli/completion/fixed.ts";
import type { Candidate, Found, TypedValues } from "../../cli/completion/wanted.ts";
import type { Host } from "../../cli/host.ts";
import { parseTemplate } from "../../core/template.ts";
import { localDate } from "../../io/local-time.ts";
import { OUTPUT_EXTENSIONS } from "../../output/output-format.ts";
import type { Language } from "../../ui/language.ts";
import { shardFolder } from "../shards/shard-folder.ts";
import type { Fields } from "./input-fields.ts";
import { sampledItems } from "./item-ids.ts";

const ITEMS_MAX = 1000;
const SHARDS_SAMPLED = 16;
/** Fields of every item, whatever its file has. */
const EVERY_ITEM = ["_file", "_line"];
const LATEST = { en: "the newest backup", zh: "最新的备份" } as const;

/** How a file is read of which nothing is typed but its name. */
const AS_IT_IS = { format: null, encoding: null, delimiter: null, jsonPath: null, query: null } as const;

type Looking = {
  readonly host: Pick<Host, "fs" | "clock" | "cwd" | "env">;
  readonly values: TypedValues;
  readonly language: Language;
};

/** @param typed as far as the value is typed */
export async function lookUp(kind: LookedUp, typed: string, looking: Looking): Promise<Found> {
  switch (kind) {
    case "backup":
      return { candidates: backups(looking) };
    case "backup-or-folder":
      return { candidates: [...latest(looking), ...backups(looking)], files: null };
    case "results":
      return { candidates: [...latest(looking), ...backups(looking)], files: OUTPUT_EXTENSIONS };
    case "item":
      return { candidates: items(looking, typed).map(plain) };
    case "shard":
      return { candidates: shards(looking) };
    case "field": {
      const fields = await fieldsIn(looking);
      return { candidates: [...fields].filter(([, { isScalar }]) => isScalar).map(([name]) => plain(name)) };
    }
    case "import-field": {
      const { import: file } = looking.values;
      const inputs = file === null ? [] : [file];
      const values = { ...looking.values, ...AS_IT_IS, inputs };
      return { candidates: [...(await fieldsIn({ ...looking, values })).keys()].map(plain) };
    }
    case "template-or-file":
      if (typed.startsWith("@")) return { candidates: [], files: [], filePrefix: "@" };
      return { candidates: await placeholders(typed, looking) };
    case "template":
      return { candidates: await placeholders(typed, looking) };
  }
}

const plain = (word: string): Candidate => ({ word, text: "" });

/** An opening brace that nothing has closed, and that is no brace of a shell or of a template itself. */
const OPEN_BRACE = /(?<![${])\{[^{}\s]*$/;

/** The text with each placeholder that may stand at its end; none where no brace is open. */
async function placeholders(typed: string, looking: Looking): Promise<Candidate[]> {
  const at = OPEN_BRACE.exec(typed)?.index;
  if (at === undefined) return [];
  const fields = [...(await fieldsIn(looking)).keys()].filter(isPlaceholder);
  return ["", "#", ...fields, ...EVERY_ITEM].map((name) => plain(`${typed.slice(0, at)}{${name}}`));
}

function isPlaceholder(name: string): boolean {
  const [part, ...others] = parseTemplate(`{${name}}`);
  return others.length === 0 && typeof part === "object" && part.kind === "field" && part.name === name;
}

/** The readers of inputs are loaded only where fields are wanted. */
async function fieldsIn({ host, values }: Looking): Promise<Fields> {
  return (await import("./input-fields.ts")).fieldsOf(values, host, host.clock);
}

function folderOf({ host, values }: Looking): string {
  return path.resolve(host.cwd, givenDir(values.dir, host) ?? DIR_DEFAULT);
}

/** Of the folder, or of the shard in it that is named. */
function checkpointOf(looking: Looking): Checkpoint {
  const { fs } = looking.host;
  const { shard } = looking.values;
  const dir = folderOf(looking);
  return openCheckpoint(fs, shard === null ? dir : shardFolder(fs, dir, shard));
}

/** Of a folder of shards, those of some shards. */
function items(looking: Looking, typed: string): readonly string[] {
  try {
    const checkpoint = checkpointOf(looking);
    const { fs } = looking.host;
    const found = shardFolders(fs, checkpoint.paths.dir);
    const some = found.filter((_, at) => at % Math.ceil(found.length / SHARDS_SAMPLED) === 0);
    const folders = found.length === 0 ? [checkpoint.paths.dir] : some.map(({ folder }) => folder);
    const each = folders.flatMap((folder) => sampledItems(openCheckpoint(fs, folder), typed, ITEMS_MAX));
    return [...new Set(each)].slice(0, ITEMS_MAX);
  } catch {
    return []; // no folder: the command itself says so
  }
}

/** Those that have begun, and how much of each is done. */
function shards(looking: Looking): Candidate[] {
  const { fs } = looking.host;
  try {
    return shardFolders(fs, folderOf(looking)).flatMap(({ shard, folder }) => {
      const status = openCheckpoint(fs, folder).readableStatus();
      const text = status === null ? "" : `${status.completed}/${status.total}`;
      return status === null ? [] : [{ word: String(shard.index), text }];
    });
  } catch {
    return []; // no folder: the command itself says so
  }
}

function backups(looking: Looking): Candidate[] {
  try {
    const entries = checkpointOf(looking).backups();
    return entries.map((entry) => ({ word: entry.name, text: described(entry) }));
  } catch {
    return []; // a folder that may not be read: the command itself says so
  }
}

function latest(looking: Looking): Candidate[] {
  return backups(looking).length === 0 ? [] : [{ word: "latest", text: LATEST[looking.language] }];
}

/** `2026-11-23 20:00  180/200`: when it was made, and how much is done. */
function described({ manifest }: BackupEntry): string {
  if (manifest === null) return "";
  const at = Date.parse(manifest.created_at);
  const when = Number.isNaN(at) ? "" : localDate(at).toISOString().slice(0, 16).replace("T", " ");
  return `${when}  ${manifest.completed}/${manifest.total}`;
}
