// `ckpt view`: serves the page until a signal ends it, and prints its address.
import type { CommonOptions } from "../../cli/common-arguments.ts";
import { type CommandEnd, type Context, endBy } from "../../cli/context.ts";
import { causeText, CkptError } from "../../core/errors.ts";
import { jsonLine } from "../../core/json-line.ts";
import type { StopSignal } from "../../core/stop-signals.ts";
import type { LoopbackServer } from "../../io/http-listener.ts";
import { openBrowser, type OpenedBrowser } from "../../io/open-browser.ts";
import { writeStdout } from "../../io/stdout.ts";
import { safeText } from "../../ui/escape.ts";
import type { ViewData } from "../../view/data/view-data.ts";
import { pageDocument } from "../../view/page-document.ts";
import { openPageServer, type PageServerParts } from "../../view/server/page-server.ts";

export type Serving = {
  /** 0: any free port. */
  readonly port: number;
  readonly opensBrowser: boolean;
  readonly options: CommonOptions;
};

const TOKEN_BYTES = 32;
/** The longest quotation of a cause. */
const CAUSE_COLUMNS = 400;

/** @throws usage.port */
export async function servePage(data: ViewData, serving: Serving, context: Context): Promise<CommandEnd> {
  const { host } = context;
  const ended = Promise.withResolvers<StopSignal>();
  const undo = host.onSignal((signal) => ended.resolve(signal));
  const token = crypto.getRandomValues(Buffer.alloc(TOKEN_BYTES)).toString("base64url");
  const notes = await context.notes(serving.options);
  const onFailure = (error: unknown): void =>
    notes.warn(context.catalogue.viewer.failed(safeText(causeText(error), CAUSE_COLUMNS)));
  const server = listen({
    data,
    clock: host.clock,
    token,
    port: serving.port,
    page: pageDocument(null),
    onFailure,
  });
  const url = `http://127.0.0.1:${server.port}/#token=${token}`;
  await printAddress(url, server.port, serving.options, context);
  const opened = serving.opensBrowser ? await openBrowser(host.fs, url, host.env) : null;
  if (opened !== null) await warnIfNotOpened(opened, serving.options, context);
  const signal = await ended.promise;
  if (opened?.kind === "opened") opened.forget();
  server.close();
  undo();
  return endBy(signal);
}

function listen(parts: PageServerParts): LoopbackServer {
  try {
    return openPageServer(parts);
  } catch (error) {
    throw new CkptError("usage.port", { port: parts.port, cause: causeText(error) }, { cause: error });
  }
}

/** The address goes to standard output; what a person should know beside it, to standard error. */
async function printAddress(
  url: string,
  port: number,
  options: CommonOptions,
  context: Context,
): Promise<void> {
  const { host, catalogue } = context;
  writeStdout(host.fs, Buffer.from(options.json ? jsonLine({ url, port }) : `${url}\n`));
  if (!options.json) (await context.notes(options)).note(catalogue.viewer.howToEnd);
}

async function warnIfNotOpened(
  opened: OpenedBrowser,
  options: CommonOptions,
  context: Context,
): Promise<void> {
  const { viewer } = context.catalogue;
  const cause = whyNotOpened(opened, viewer);
  if (cause !== null) (await context.notes(options)).warn(viewer.notOpened(cause));
}

/** Why no browser was opened; null when one was. */
function whyNotOpened(opened: OpenedBrowser, viewer: Context["catalogue"]["viewer"]): string | null {
  switch (opened.kind) {
    case "opened":
      return null;
    case "no-program":
      return viewer.noOpener(opened.program);
    case "no-folder":
      return viewer.noFolder;
    case "failed":
      return viewer.openerFailed(opened.program, opened.status);
  }
}
