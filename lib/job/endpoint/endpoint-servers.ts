// The endpoints of a run: one or several of `--base-url`, or of `--endpoint` (in a settings file, tables `[[endpoint]]`), each with its key and limits.
import type { SettingsOf } from "../../cli/declaration.ts";
import type { Host } from "../../cli/host.ts";
import { parseCount } from "../../cli/values.ts";
import { CkptError } from "../../core/errors.ts";
import { type BaseUrl, parseBaseUrl } from "../../processors/endpoint/base-url.ts";
import type { Api } from "../../processors/endpoint/api/api.ts";
import { ENDPOINT_KEYS } from "../arguments/endpoint-arguments.ts";
import type { RunArguments } from "../arguments/run-arguments.ts";

export type ServerChoice = {
  /** Without a trailing slash; with its query. */
  readonly baseUrl: string;
  /** Whether the path of the request was removed from its end. */
  readonly removedPath: string | null;
  /** The variable that holds its key; null: the key of all. */
  readonly keyVariable: string | null;
  /** Its own limits; null: those of all. */
  readonly jobs: number | "auto" | null;
  readonly jobsMax: number | null;
  readonly rpm: number | null;
  readonly tpm: number | null;
};

/** At least one. */
export type Servers = readonly [ServerChoice, ...ServerChoice[]];

type Given = Pick<SettingsOf<RunArguments>, "baseUrl" | "endpoint">;

const OF_ALL = { keyVariable: null, jobs: null, jobsMax: null, rpm: null, tpm: null };

/** @throws usage.badValue, usage.repeated, endpoint.secretInUrl */
export function serverChoices({ baseUrl, endpoint }: Given, api: Api, host: Host): Servers {
  const named = [
    ...baseUrl.map((text) => ({ ...OF_ALL, ...placeOf(text, "--base-url", api) })),
    ...endpoint.map((text) => tableChoice(text, api)),
  ];
  const urls = named.map((server) => server.baseUrl);
  const twice = urls.find((url, at) => urls.indexOf(url) < at);
  if (twice !== undefined) throw new CkptError("usage.repeated", { option: twice });
  const [first, ...others] = named;
  return first === undefined ? [{ ...OF_ALL, ...defaultPlace(api, host) }] : [first, ...others];
}

type Place = Pick<ServerChoice, "baseUrl" | "removedPath">;

/** That of the API's provider, or of its variable. Blank variables count as unset. */
function defaultPlace(api: Api, host: Host): Place {
  const { baseUrl, baseUrlVariable: variable } = api.home;
  const named = variable === null ? "" : (host.env[variable] ?? "").trim();
  return placeOf(named === "" ? baseUrl : named, variable ?? "--base-url", api);
}

function placeOf(text: string, source: string, api: Api): Place {
  const parsed = parseBaseUrl(text, api.path);
  if ("url" in parsed) return placed(parsed);
  if (parsed.fault === "secret") throw new CkptError("endpoint.secretInUrl", { source, name: parsed.name });
  throw new CkptError("usage.badValue", {
    option: source,
    // A possible secret is not shown.
    value: parsed.fault === "password" ? "(a URL with a password)" : text.replace(/([?#]).+/s, "$1…"),
    expected: "http://HOST/v1, https://HOST/v1, https://HOST/v1?PARAMETER=VALUE",
  });
}

function placed({ url, removed }: BaseUrl): Place {
  return { baseUrl: url, removedPath: removed };
}

/** A comma before a key; any other one belongs to a URL. */
const BETWEEN = /,(?=[a-z-]+=)/;

function tableChoice(text: string, api: Api): ServerChoice {
  const values = new Map<string, string>();
  for (const part of text.split(BETWEEN)) {
    const at = part.indexOf("=");
    const name = part.slice(0, Math.max(0, at));
    if (!ENDPOINT_KEYS.some((key) => key === name)) throw badTable(name || part);
    if (values.has(name)) throw new CkptError("usage.repeated", { option: `--endpoint ${name}` });
    values.set(name, part.slice(at + 1).trim());
  }
  const url = values.get("url");
  if (url === undefined) throw badTable(text);
  const count = (name: string): number | null => {
    const value = values.get(name);
    return value === undefined ? null : parseCount(`--endpoint ${name}`, value, 1, COUNT_MAX);
  };
  const variable = values.get("key-env") ?? null;
  if (variable !== null && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) throw badTable(`key-env=${variable}`);
  return {
    ...placeOf(url, "--endpoint url", api),
    keyVariable: variable,
    jobs: values.get("jobs") === "auto" ? "auto" : count("jobs"),
    jobsMax: count("jobs-max"),
    rpm: count("rpm"),
    tpm: count("tpm"),
  };
}

const COUNT_MAX = 1_000_000_000;

function badTable(value: string): CkptError {
  return new CkptError("usage.badValue", {
    option: "--endpoint",
    value,
    expected: "url=URL,key-env=VARIABLE,jobs=N|auto,jobs-max=N,rpm=N,tpm=N",
  });
}

/** All base URLs as one text: sorted, because their order changes no result. */
export function sortedUrls(servers: Servers): string {
  return servers
    .map(({ baseUrl }) => baseUrl)
    .toSorted()
    .join(" ");
}
