// Saves the page of `ckpt view` as a file, by the rules of all outputs: a file of somebody else is replaced only with `--force`.
import * as path from "node:path";
import { noCheckpoint, presentRecord } from "../../checkpoint/checkpoint.ts";
import type { CommonOptions } from "../../cli/common-arguments.ts";
import type { CommandEnd, Context } from "../../cli/context.ts";
import { say } from "../../cli/say.ts";
import { EXIT } from "../../core/errors.ts";
import type { Host } from "../../cli/host.ts";
import { safePath } from "../../ui/escape.ts";
import type { Opened, SourcePlace } from "../../view/data/source-places.ts";
import { PageReader, type ViewData } from "../../view/data/view-data.ts";
import { savedPage } from "../../view/save-page.ts";
import { shardsExport } from "../shards/merge-shards.ts";
import { type ExportCase, placeExport } from "../output/place-export.ts";

export type Saving = {
  /** As it was typed; `-`: standard output. */
  readonly output: string;
  /** The first results; null: all where they fit. */
  readonly rows: number | null;
  readonly full: boolean;
  readonly force: boolean;
  readonly options: CommonOptions;
  /** As it is typed, for messages. */
  readonly command: string;
};

/** @throws checkpoint.none, output.* */
export async function savePage(data: ViewData, saving: Saving, context: Context): Promise<CommandEnd> {
  const { host, catalogue } = context;
  const reader = new PageReader(data);
  const { output, rows, full, force, options, command } = saving;
  const [place] = data.parts.places();
  const opened = (await place?.open()) ?? null;
  if (place === undefined || opened === null) throw noCheckpoint(host.fs, options.dir);
  const file = output === "-" ? "-" : path.resolve(host.cwd, output);
  let of = 0;
  const written = await placeExport(
    async (sink) => {
      const page = await savedPage(reader, { source: place.id, rows, full });
      ({ of } = page);
      const complete = sink(Buffer.from(page.html));
      return { count: page.results, complete, missing: [] };
    },
    exportCaseOf(host, place, opened, { file, force, command }),
  );
  if (file === "-" || !written.complete) return { exitCode: EXIT.ok };
  const { count, sha256 } = written;
  const json = { rows: count, of, output: { path: file, sha256 } };
  await say(context, options, catalogue.viewer.saved(count, of, safePath(file)), json);
  return { exitCode: EXIT.ok };
}

function exportCaseOf(
  host: Host,
  { keeper }: SourcePlace,
  opened: Opened,
  where: Pick<ExportCase, "file" | "force" | "command">,
): ExportCase {
  if (opened.kind === "shards") return shardsExport(host, opened.set, where);
  const { source } = opened.one;
  return { host, checkpoint: keeper, source, present: presentRecord(source.status), ...where };
}
