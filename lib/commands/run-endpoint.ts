// Makes the processor of `--model`: reads the files that its options name, and looks the key up.
import { CkptError, causeText } from "../core/errors.ts";
import { readNamedFile } from "../io/file.ts";
import type { Processor } from "../processors/processor.ts";
import { BASE_URL_DEFAULT, type EndpointChoice } from "./endpoint-options.ts";
import type { Host } from "./host.ts";
import type { RunSettings } from "./run-options.ts";

/** Bun opens this many connections unless BUN_CONFIG_MAX_HTTP_REQUESTS, read when the process starts, says otherwise. */
const CONNECTIONS_DEFAULT = 256;

/** @throws endpoint.*, usage.* */
export async function makeEndpoint(
  choice: EndpointChoice,
  settings: RunSettings,
  host: Host,
): Promise<Processor> {
  checkConnections(settings.jobs === "auto" ? settings.pace.jobsMax : settings.jobs, host);
  const prompt = textOf("--prompt", choice.prompt, host);
  const system = choice.system === null ? null : textOf("--system", choice.system, host);
  const { endpointProcessor } = await import("../processors/endpoint.ts");
  const key = keyOf(choice, host);
  const [organization, project] = [host.env["OPENAI_ORG_ID"] ?? null, host.env["OPENAI_PROJECT_ID"] ?? null];
  return endpointProcessor({
    ...choice,
    prompt: prompt.text,
    system: system?.text ?? null,
    earlier: { prompt: prompt.earlier, system: system?.earlier ?? "" },
    key,
    organization,
    project,
    secrets: [key, organization, project].flatMap((value) => value ?? []),
    parse: settings.parse,
    timeoutMs: settings.timeoutMs,
    maxOutputBytes: settings.maxOutputBytes,
    hasId: settings.idField !== null,
    clock: host.clock,
    env: host.env,
  });
}

function checkConnections(jobs: number, host: Host): void {
  const allowed = Number(host.env["BUN_CONFIG_MAX_HTTP_REQUESTS"] ?? CONNECTIONS_DEFAULT);
  if (jobs > Math.max(CONNECTIONS_DEFAULT, allowed || 0))
    throw new CkptError("endpoint.tooManyConnections", { jobs });
}

/** `earlier`: what an earlier ckpt took for it. */
type OptionText = { readonly text: string; readonly earlier: string };

/** The text of an option: as it is, or the content of the file behind `@`, without the line end at its end that editors put there. */
function textOf(option: string, value: string, host: Host): OptionText {
  if (value.startsWith("@") && !value.startsWith("@@")) {
    const content = readText(option, value.slice(1), host);
    return { text: content.replace(/\r?\n$/, ""), earlier: content };
  }
  const text = value.startsWith("@@") ? value.slice(1) : value;
  return { text, earlier: text };
}

function readText(option: string, path: string, host: Host): string {
  try {
    return readNamedFile(host.fs, path).toString("utf8");
  } catch (error) {
    throw new CkptError("endpoint.unreadable", { option, path, cause: causeText(error) }, { cause: error });
  }
}

function keyOf({ keyFile, baseUrl }: EndpointChoice, host: Host): string | null {
  const found = keyFile === null ? host.env["OPENAI_API_KEY"] : readText("--api-key-file", keyFile, host);
  const key = (found ?? "").trim();
  // A header takes nothing else; each request would fail, and look like a broken network.
  if (!/^[!-~]*$/.test(key)) throw new CkptError("endpoint.badKey", { source: keyFile ?? "OPENAI_API_KEY" });
  if (key !== "") return key;
  if (keyFile !== null || baseUrl === BASE_URL_DEFAULT) throw new CkptError("endpoint.noKey", {});
  return null;
}
