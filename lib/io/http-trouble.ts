// What went wrong on the way to an endpoint, classified by the remedy: waiting, another address, a certificate, a proxy. The codes are those of Bun
// 1.4.5 and of BoringSSL's verification, each tested (tests/io/http-trouble.test.ts).
import { causeText, systemCode } from "../core/errors.ts";
import { type Proxy, shownProxy } from "./proxy.ts";

export type HttpTroubleKind =
  /** The host's name does not exist. */
  | "unresolved"
  /** Nobody listens there, or there is no route. */
  | "unreachable"
  /** The connection was cut, or the answer is incomplete. */
  | "network"
  /** The certificate is issued by an unknown authority. */
  | "untrusted"
  /** The certificate has expired, belongs to another host, or is broken. */
  | "bad-certificate"
  /** TLS to a plain server, or plain HTTP to a TLS server. */
  | "wrong-tls"
  | "redirect"
  | "proxy"
  /** The server does not speak HTTP. */
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

/** The way of a request: its address, its proxy if any, and whether the client has received an answer before. */
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
  "EAI_AGAIN", // no name server can be reached
]);

/** Codes of certificates whose authority is unknown. */
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

/** Codes of answers that are not HTTP. */
const NOT_HTTP: ReadonlySet<string> = new Set(["Malformed_HTTP_Response", "UnrequestedUpgrade"]);

/** Codes of a connection that was closed before an answer: the server may speak another protocol. */
export const CLOSED: ReadonlySet<string | null> = new Set(["ECONNRESET", "EPIPE"]);

/** Classifies an error of fetch. */
export function troubleOf(error: unknown, route: RequestRoute): HttpTrouble {
  const code = systemCode(error) ?? "";
  const said = wordsOf(error, code);
  const trouble = (kind: HttpTroubleKind, message: string, status: number | null = null): HttpTrouble =>
    new HttpTrouble(kind, `${message}${through(route.proxy)}`, error, status);
  if (code === "ERR_PROXY_TUNNEL") {
    // The proxy did not open a tunnel to the endpoint. 5xx means that it could not reach the endpoint.
    const status = statusOf(error);
    const kind = status === 407 ? "error" : (status ?? 0) >= 500 ? "unreachable" : "proxy";
    return trouble(kind, said, kind === "error" ? status : null);
  }
  if (code === "UnsupportedProxyProtocol")
    return trouble("proxy", "only proxies at http:// and https:// addresses can be used");
  const { host } = route.target;
  // With a TLS proxy, its certificate cannot be told from the endpoint's.
  const isTlsProxy = route.proxy?.url?.protocol === "https:";
  const whose = isTlsProxy ? `the proxy or of ${host}` : host;
  if (UNTRUSTED.has(code)) return trouble("untrusted", `the certificate of ${whose} is not trusted: ${said}`);
  if (BAD_CERTIFICATE.test(code))
    return trouble("bad-certificate", `the certificate of ${whose} is not valid: ${said}`);
  // After a first answer, all other errors are temporary.
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

/** Classifies an error while reading the body of an answer. */
export function bodyTrouble(error: unknown): HttpTrouble {
  return new HttpTrouble("network", wordsOf(error, systemCode(error) ?? ""), error);
}

function isAbsence(code: string): boolean {
  return code === "ENOTFOUND" || UNREACHABLE.has(code);
}

/** Replacements for messages of Bun that are hard to understand. */
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

/** Bun's message without the address and without advice about Bun's options; and the code. */
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
