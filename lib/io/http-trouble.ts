// What went wrong on the way to an endpoint, told apart by what helps: waiting, another address, a certificate, a proxy. The codes are those of Bun 1.4.5
// and of BoringSSL's verification, tried one by one (tests/io/http-trouble.test.ts).
import { causeText, systemCode } from "../core/errors.ts";
import { type Proxy, shownProxy } from "./proxy.ts";

export type HttpTroubleKind =
  /** The host's name does not exist. */
  | "unresolved"
  /** Nobody listens, or there is no way there. */
  | "unreachable"
  /** The connection was cut, or half an answer came. */
  | "network"
  /** The certificate is of an authority that is not known. */
  | "untrusted"
  /** The certificate has expired, is of another host, or is broken. */
  | "bad-certificate"
  /** TLS where none is spoken, or none where it is. */
  | "wrong-tls"
  | "redirect"
  | "proxy"
  /** Something else than HTTP is spoken there. */
  | "not-http"
  /** The proxy answered with an error of its own (`status`). */
  | "error";

export class HttpTrouble extends Error {
  override readonly name = "HttpTrouble";
  readonly kind: HttpTroubleKind;
  /** HTTP status of a proxy's refusal; null elsewhere. */
  readonly status: number | null;

  constructor(kind: HttpTroubleKind, message: string, cause?: unknown, status: number | null = null) {
    super(message, { cause });
    this.kind = kind;
    this.status = status;
  }
}

/** Where a request went: to an address, perhaps through a proxy, from a client that has had an answer before, or not. */
export type RequestRoute = {
  readonly target: URL;
  readonly proxy: Proxy | null;
  readonly hasAnswered: boolean;
};

const UNREACHABLE: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ConnectionRefused",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "ENETDOWN",
  "ETIMEDOUT",
  "EAI_AGAIN", // no server for names can be reached
]);

/** Certificates that are right as soon as their authority is known. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_UNTRUSTED",
]);

const BAD_CERTIFICATE =
  /^(?:CERT_|CRL_|ERR_TLS_CERT_|ERROR_IN_C|UNABLE_TO_DE|UNABLE_TO_GET_CRL|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)|PATH_LENGTH_EXCEEDED)/;

/** What the bytes of an answer must be for it to be HTTP at all. */
const NOT_HTTP: ReadonlySet<string> = new Set(["Malformed_HTTP_Response", "UnrequestedUpgrade"]);

/** Codes of a connection that was closed before an answer: what was spoken there is still to be found out. */
export const CLOSED: ReadonlySet<string | null> = new Set(["ECONNRESET", "EPIPE"]);

/** What an error of fetch means. */
export function troubleOf(error: unknown, route: RequestRoute): HttpTrouble {
  const code = systemCode(error) ?? "";
  const said = wordsOf(error, code);
  const trouble = (kind: HttpTroubleKind, message: string, status: number | null = null): HttpTrouble =>
    new HttpTrouble(kind, `${message}${through(route.proxy)}`, error, status);
  if (code === "ERR_PROXY_TUNNEL") {
    // The proxy would not open a tunnel to the endpoint, or could not: 5xx is its word for an endpoint that cannot be reached.
    const status = statusOf(error);
    const kind = status === 407 ? "error" : (status ?? 0) >= 500 ? "unreachable" : "proxy";
    return trouble(kind, said, kind === "error" ? status : null);
  }
  if (code === "UnsupportedProxyProtocol")
    return trouble("proxy", "only proxies at http:// and https:// addresses can be used");
  const { host } = route.target;
  // With a proxy that is spoken to over TLS, nothing tells its certificate from the endpoint's.
  const isTlsProxy = route.proxy?.url?.protocol === "https:";
  const whose = isTlsProxy ? `the proxy or of ${host}` : host;
  if (UNTRUSTED.has(code)) return trouble("untrusted", `the certificate of ${whose} is not trusted: ${said}`);
  if (BAD_CERTIFICATE.test(code))
    return trouble("bad-certificate", `the certificate of ${whose} is not valid: ${said}`);
  // Once there has been an answer, all others are passing faults.
  if (route.hasAnswered) return trouble(isAbsence(code) ? "unreachable" : "network", said);
  if (isAbsence(code) && route.proxy !== null)
    return trouble("proxy", `the proxy cannot be reached: ${said}`);
  if (code === "ENOTFOUND") return trouble("unresolved", said);
  if (isAbsence(code)) return trouble("unreachable", said);
  if (code === "EPROTO")
    return isTlsProxy
      ? trouble("proxy", `no TLS connection to the proxy, or through it, can be made: ${said}`)
      : trouble("wrong-tls", `no TLS connection to ${host} can be made: ${said}`);
  if (NOT_HTTP.has(code) && route.proxy !== null)
    return trouble("proxy", `the proxy does not speak HTTP: ${said}`);
  if (NOT_HTTP.has(code)) return trouble("not-http", `what answers at ${host} does not speak HTTP: ${said}`);
  return trouble("network", said);
}

/** What an error within the body of an answer means. */
export function bodyTrouble(error: unknown): HttpTrouble {
  return new HttpTrouble("network", wordsOf(error, systemCode(error) ?? ""), error);
}

function isAbsence(code: string): boolean {
  return code === "ENOTFOUND" || UNREACHABLE.has(code);
}

/** Where Bun's own words are none for people. */
const WORDS: { readonly [code: string]: string | undefined } = {
  ECONNREFUSED: "connection refused",
  ConnectionRefused: "connection refused",
  ECONNRESET: "the connection was closed before the answer was complete",
  EAI_AGAIN: "the name of the host cannot be resolved now",
  ENETUNREACH: "the network cannot be reached",
  EHOSTUNREACH: "no route to the host",
  ETIMEDOUT: "no connection in time",
  EPROTO: "the handshake failed",
  ERR_TLS_CERT_ALTNAME_INVALID: "it is of another host name",
};

/** What Bun says, without the address and the advice about its options that it adds; and the code. */
function wordsOf(error: unknown, code: string): string {
  const own = code === "ENOTFOUND" ? `no such host${hostIn(error)}` : WORDS[code];
  if (own !== undefined) return `${own} (${code})`;
  const text = causeText(error)
    .replace(/^\w+ fetching .*$/s, "")
    .replace(/^[A-Z][A-Za-z_]+: /, "")
    .replace(/ For more information.*$/s, "");
  if (code === "" || code === "ERR_PROXY_TUNNEL") return text;
  return text === "" ? code : `${text} (${code})`;
}

function hostIn(error: unknown): string {
  const host = typeof error === "object" && error !== null && "hostname" in error ? error.hostname : null;
  return typeof host === "string" && host !== "" ? `: ${host}` : "";
}

function statusOf(error: unknown): number | null {
  const status = typeof error === "object" && error !== null && "status" in error ? error.status : null;
  return typeof status === "number" ? status : null;
}

function through(proxy: Proxy | null): string {
  return proxy === null ? "" : ` (${shownProxy(proxy)})`;
}
