// `ckpt view -o`: saves the page as a file, by the rules of all outputs: a file that ckpt does not know is replaced only with `--force`.
import * as path from "node:path";
import { noCheckpoint, presentRecord } from "../../checkpoint/checkpoint.ts";
import type { CommonOptions } from "../../cli/common-arguments.ts";
import type { CommandEnd, Context } from "../../cli/context.ts";
import { say } from "../../cli/say.ts";
import { EXIT } from "../../core/errors.ts";
import type { Host } from "../../cli/host.ts";
import { safePath } from "../../ui/escape.ts";
import type { OpenedSource } from "../../view/data/open-source.ts";
import type { Source } from "../../view/data/source.ts";
import { PageReader } from "../../view/data/page-reader.ts";
import type { ViewData } from "../../view/data/view-data.ts";
import { savedPage } from "../../view/saved/saved-page.ts";
import { shardsExport } from "../shards/merge-shards.ts";
import { type ExportCase, placeExport } from "../output/place-export.ts";

export type Saving = {
  /** As it was typed; `-`: standard output. */
  readonly output: string;
  /** How many results, from the first one on; null: all of them if they fit. */
  readonly rows: number | null;
  readonly full: boolean;
  readonly force: boolean;
  /** The command as it is typed, for messages. */
  readonly command: string;
  readonly options: CommonOptions;
};

/** @throws checkpoint.none, output.* */
export async function savePage(data: ViewData, saving: Saving, context: Context): Promise<CommandEnd> {
  const { host, catalogue } = context;
  const { output, rows, full, force, options, command } = saving;
  const [source] = data.parts.sources();
  const opened = (await source?.open()) ?? null;
  if (source === undefined || opened === null) throw noCheckpoint(host.fs, options.dir);
  const file = output === "-" ? "-" : path.resolve(host.cwd, output);
  let of = 0;
  const written = await placeExport(
    async (sink) => {
      const page = await savedPage(new PageReader(data), { source: source.id, rows, full });
      ({ of } = page);
      const complete = sink(Buffer.from(page.html));
      return { count: page.results, complete, missing: [] };
    },
    exportCaseOf(host, source, opened, { file, force, command }),
  );
  if (file === "-" || !written.complete) return { exitCode: EXIT.ok };
  const { count, sha256 } = written;
  const json = { rows: count, of, output: { path: file, sha256 } };
  await say(context, options, catalogue.viewer.saved(count, of, safePath(file)), json);
  return { exitCode: EXIT.ok };
}

function exportCaseOf(
  host: Host,
  { home }: Source,
  opened: OpenedSource,
  where: Pick<ExportCase, "file" | "force" | "command">,
): ExportCase {
  if (opened.kind === "shards") return shardsExport(host, opened.set, where);
  const { results } = opened;
  return { host, checkpoint: home, source: results, present: presentRecord(results.status), ...where };
}
