// The headers of requests to an endpoint: from `--header`, `--header-env`, the key, and other variables. Values from the environment or a file are
// secrets and never part of the settings.
import type { Api } from "../../processors/endpoint/api/api.ts";
import { CkptError } from "../../core/errors.ts";
import {
  isHeaderName,
  isHeaderValue,
  isReservedHeader,
  namesSecret,
} from "../../processors/endpoint/headers.ts";
import { secretsIn } from "../../processors/endpoint/secrets.ts";
import type { GivenHeader } from "../../processors/endpoint/endpoint.ts";
import type { SettingsOf } from "../../cli/declaration.ts";
import type { ENDPOINT_ARGUMENTS } from "../arguments/endpoint-arguments.ts";
import type { Host } from "../../cli/host.ts";

/** The headers given by options. @throws usage.*, endpoint.* */
export function givenHeaders({
  header,
  headerEnv,
}: Pick<SettingsOf<typeof ENDPOINT_ARGUMENTS>, "header" | "headerEnv">): readonly GivenHeader[] {
  const headers = [...header.map(literalHeader), ...headerEnv.map(variableHeader)];
  const names = headers.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw new CkptError("usage.repeated", { option: `--header ${twice}` });
  const reserved = names.find(isReservedHeader);
  if (reserved !== undefined) throw new CkptError("endpoint.reservedHeader", { header: reserved });
  return headers;
}

function literalHeader(text: string): GivenHeader {
  const at = text.indexOf(":");
  const name = text.slice(0, Math.max(0, at)).toLowerCase();
  const value = text.slice(at + 1).trim();
  if (!isHeaderName(name) || value === "") {
    // The text after the name may be a secret.
    const shown = `${/^[^\s:=]*/.exec(text)?.[0] ?? ""}…`;
    throw new CkptError("usage.badValue", { option: "--header", value: shown, expected: "'NAME: VALUE'" });
  }
  if (namesSecret(name)) throw new CkptError("endpoint.secretHeader", { header: name });
  if (!isHeaderValue(value)) throw new CkptError("endpoint.badHeader", { source: `--header ${name}` });
  return { name, value };
}

function variableHeader(text: string): GivenHeader {
  const at = text.indexOf("=");
  const name = text.slice(0, Math.max(0, at)).toLowerCase();
  const variable = text.slice(at + 1);
  if (isHeaderName(name) && /^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) return { name, variable };
  const shown = `${/^[^\s:=]*/.exec(text)?.[0] ?? ""}…`;
  throw new CkptError("usage.badValue", { option: "--header-env", value: shown, expected: "NAME=VARIABLE" });
}

/** The headers that are sent, and the secrets among them. */
export type SentHeaders = {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
};

type Sent = {
  readonly baseUrl: string;
  readonly given: readonly GivenHeader[];
  readonly key: string | null;
  readonly api: Api;
};

/** @throws endpoint.unsetHeader, endpoint.badHeader */
export function sentHeaders({ baseUrl, given, key, api }: Sent, host: Host): SentHeaders {
  const headers: Record<string, string> = {};
  const secrets: string[] = [];
  const add = (name: string, value: string): void => {
    headers[name] = value;
    const found = secretsIn(value);
    secrets.push(...(found.length > 0 ? found : [value]));
  };
  if (key !== null)
    for (const [name, value] of Object.entries(api.keyHeaders(key, baseUrl))) add(name, value);
  for (const [name, variable] of api.home.account) {
    const value = (host.env[variable] ?? "").trim();
    if (value === "") continue;
    if (!isHeaderValue(value)) throw new CkptError("endpoint.badHeader", { source: variable });
    add(name, value);
  }
  for (const header of given) {
    if ("value" in header) headers[header.name] = header.value;
    else add(header.name, valueOf(header, host));
  }
  return { headers, secrets };
}

function valueOf(
  { name, variable }: { readonly name: string; readonly variable: string },
  host: Host,
): string {
  const value = (host.env[variable] ?? "").trim();
  if (value === "") throw new CkptError("endpoint.unsetHeader", { header: name, variable });
  if (!isHeaderValue(value)) throw new CkptError("endpoint.badHeader", { source: variable });
  return value;
}

/** The given header that replaces the key. */
export function keyInHeaders(given: readonly GivenHeader[], api: Api, baseUrl: string): GivenHeader | null {
  const names = new Set(["authorization", "api-key", ...Object.keys(api.keyHeaders("", baseUrl))]);
  return given.find(({ name }) => names.has(name)) ?? null;
}
