// Makes the processor for `--model`: reads the files named by its options, and the key.
import { CkptError, causeText } from "../../core/errors.ts";
import { isKey, namesSecret } from "../../processors/endpoint/headers.ts";
import { pastedKey } from "../../processors/endpoint/pasted-text.ts";
import { whyNoCertificates } from "../../io/certificates.ts";
import { textOfFile } from "../../core/utf8.ts";
import { readNamedFile } from "../../io/file.ts";
import { passwordsOf, proxyFor } from "../../io/proxy.ts";
import type { Processor } from "../../processors/processor.ts";
import { safeText } from "../../ui/escape.ts";
import type { Catalogue } from "../../ui/messages/en.ts";
import type { KeySettings } from "../../processors/endpoint/key/renewed-key.ts";
import { makeRequests, type OptionText } from "./endpoint-question.ts";
import type { RequestMaker } from "../../processors/endpoint/request/request.ts";
import { keyInHeaders, sentHeaders } from "./endpoint-headers.ts";
import { type ServerChoice, sortedUrls } from "./endpoint-servers.ts";
import type { EndpointChoice } from "./endpoint-settings.ts";
import type { Host } from "../../cli/host.ts";
import type { RunSettings } from "../run-settings.ts";

export type MadeEndpoint = { readonly server: ServerChoice; readonly processor: Processor };

/** A processor for each endpoint, in the order in which they are given. @param limit of one request, which may change @throws endpoint.*, usage.* */
export async function makeEndpoints(
  choice: EndpointChoice,
  settings: RunSettings,
  limit: { readonly timeoutMs: number | null },
  host: Host,
): Promise<readonly [MadeEndpoint, ...MadeEndpoint[]]> {
  const { endpointProcessor } = await import("../../processors/endpoint/endpoint.ts");
  const { api, servers, headers: given, endpointName } = choice;
  const read = (option: string, value: string): OptionText => textOf(option, value, host);
  const params = choice.params.map(([name, value]) => [name, read(`--param ${name}`, value).text] as const);
  const onTop = { api, model: choice.model, params, hasId: settings.id !== null };
  const plain = await makeRequests(choice.question, onTop, read);
  const requests = await withPictures(plain, settings, host);
  const basis =
    endpointName === null
      ? { name: "base_url", value: sortedUrls(servers) }
      : { name: "endpoint_name", value: endpointName };
  const made = async (server: ServerChoice): Promise<MadeEndpoint> => {
    const { baseUrl } = server;
    const sent = sentHeaders({ api, baseUrl, given, key: keyOf(choice, server, host) }, host);
    checkRuntime(baseUrl, host);
    const processor = endpointProcessor({
      ...choice,
      params,
      baseUrl,
      basis,
      requests,
      sent: sent.headers,
      secrets: sent.secrets,
      key: await commandKey(choice, server, host),
      hidden: passwordsOf(proxyFor(new URL(baseUrl), host.env)),
      parse: settings.parse,
      get timeoutMs() {
        return limit.timeoutMs;
      },
      idleTimeoutMs: settings.idleTimeoutMs,
      maxOutputBytes: settings.maxOutputBytes,
      clock: host.clock,
      env: host.env,
    });
    return { server, processor };
  };
  const [first, ...others] = servers;
  return [await made(first), ...(await Promise.all(others.map(made)))];
}

async function withPictures(
  requests: RequestMaker,
  { image: fields, id }: RunSettings,
  { fs }: Host,
): Promise<RequestMaker> {
  if (fields.length === 0) return requests;
  const { picturedRequests } = await import("../../processors/endpoint/request/picture-request.ts");
  return picturedRequests(requests, { fields, hasId: id !== null, fs });
}

/** The text of an option: the value itself, or the content of the file after `@` without its last line end. */
function textOf(option: string, value: string, host: Host): OptionText {
  if (value.startsWith("@") && !value.startsWith("@@")) {
    const { text, bytes } = readText(option, value.slice(1), host);
    return { text: text.replace(/\r?\n$/, ""), earlier: bytes.toString("utf8") };
  }
  const text = value.startsWith("@@") ? value.slice(1) : value;
  return { text, earlier: text };
}

/** Reads a text file named by an option. @throws endpoint.unreadable, endpoint.notText */
export function readText(
  option: string,
  path: string,
  host: Host,
): { readonly text: string; readonly bytes: Buffer } {
  const bytes = readBytes(option, path, host);
  const text = textOfFile(bytes);
  if (typeof text === "string") return { text, bytes };
  throw new CkptError("endpoint.notText", { option, path, ...text });
}

function readBytes(option: string, path: string, host: Host): Buffer {
  try {
    return readNamedFile(host.fs, path);
  } catch (error) {
    throw new CkptError("endpoint.unreadable", { option, path, cause: causeText(error) }, { cause: error });
  }
}

/** The key that a command makes: when the run begins, and again when it has expired. */
async function commandKey(
  { keyCommand, api, headers: given }: EndpointChoice,
  { baseUrl, keyVariable }: ServerChoice,
  host: Host,
): Promise<KeySettings | null> {
  if (keyCommand === null || keyVariable !== null) return null;
  const { KeyCommand } = await import("../../processors/endpoint/key/key-command.ts");
  return {
    command: new KeyCommand(keyCommand, host.env),
    sentWith: (key) => sentHeaders({ api, baseUrl, given, key }, host),
    onSignal: (action) => host.onSignal(action),
    dieBy: (signal) => host.dieBy(signal),
  };
}

/** The key, unless a header replaces it or a command makes it. */
function keyOf(
  { keyFile, keyCommand, headers, api }: EndpointChoice,
  { baseUrl, keyVariable: own }: ServerChoice,
  host: Host,
): string | null {
  const keyVariable = own ?? api.home.keyVariable;
  const instead = keyInHeaders(headers, api, baseUrl);
  if (instead !== null && (keyFile ?? keyCommand) !== null)
    throw new CkptError("usage.conflict", {
      first: keyFile === null ? "--api-key-command" : "--api-key-file",
      second: `--header-env ${instead.name}`,
    });
  if (instead !== null || (keyCommand !== null && own === null)) return null;
  const found =
    keyFile === null || own !== null ? host.env[keyVariable] : readText("--api-key-file", keyFile, host).text;
  const key = pastedKey(found ?? "");
  if (key !== "" && !isKey(key))
    throw new CkptError("endpoint.badKey", { source: own ?? keyFile ?? keyVariable });
  if (key !== "") return key;
  const needsKey = baseUrl === api.home.baseUrl && !headers.some(({ name }) => namesSecret(name));
  if (own !== null) throw new CkptError("endpoint.unsetKey", { url: baseUrl, variable: own });
  if (keyFile !== null || needsKey) throw new CkptError("endpoint.noKey", { variable: keyVariable });
  return null;
}

/** Checks settings that the runtime would report in the middle of a run, or not at all. @throws usage.badValue, endpoint.badCertificates */
function checkRuntime(baseUrl: string, host: Host): void {
  const variable = "NODE_EXTRA_CA_CERTS";
  const path = host.env[variable] ?? "";
  if (path === "" || !speaksTls(baseUrl, host)) return;
  const cause = whyNoCertificates(host.fs, path);
  if (cause !== null) throw new CkptError("endpoint.badCertificates", { variable, path, cause });
}

function speaksTls(baseUrl: string, host: Host): boolean {
  const target = new URL(baseUrl);
  return target.protocol === "https:" || proxyFor(target, host.env)?.url?.protocol === "https:";
}

/** Notes before the first request. */
export function endpointNotes(
  { api, servers }: EndpointChoice,
  host: Host,
  texts: Catalogue["endpoint"],
): string[] {
  const variable = "NODE_TLS_REJECT_UNAUTHORIZED";
  const isUnchecked =
    host.env[variable] === "0" && servers.some(({ baseUrl }) => baseUrl.startsWith("https:"));
  return [
    ...servers.flatMap(({ removedPath, baseUrl }) =>
      removedPath === null ? [] : [texts.wholeUrl(safeText(baseUrl), removedPath, api.path)],
    ),
    ...(isUnchecked ? [texts.certificatesUnchecked(variable)] : []),
  ];
}
