// HTTP for chat endpoints: single POST requests. Redirects, proxies and compression are handled here, not by Bun, and errors are classified. Bodies
// are read up to a limit.
import { systemCode } from "../core/errors.ts";
import { speaksHttp, speaksTls } from "./http-probe.ts";
import { bodyTrouble, CLOSED, HttpTrouble, troubleOf, type RequestRoute } from "./http-trouble.ts";
import { type Environment, type Proxy, proxyFor, shownProxy } from "./proxy.ts";

export type HttpOptions = {
  /** The environment that names proxies. */
  readonly env: Environment;
  /** The requests contain a secret: they are not redirected to another host. */
  readonly isSecret: boolean;
};

/** By itself, Bun would decompress answers, and print to standard error when that fails. */
const ENCODINGS: ReadonlyMap<string, string> = new Map([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
  ["br", "brotli"],
  ["zstd", "zstd"],
]);
/** Values that servers send although nothing is compressed. */
const UNPACKED: ReadonlySet<string> = new Set([
  "",
  "identity",
  "none",
  "utf-8",
  "utf8",
  "binary",
  "8bit",
  "chunked",
  "aws-chunked",
]);
type Unpacker = ReadableWritablePair<Uint8Array, Uint8Array>;
/** The request header that allows compressed answers. */
export const ACCEPT_ENCODING = { "accept-encoding": "gzip, br, zstd" } as const;

type Route = Pick<RequestRoute, "target" | "proxy">;

/**
 * By itself, Bun's fetch times out after five minutes, decompresses, follows redirects with all headers, chooses the proxy, and prints requests (keys
 * included) when BUN_CONFIG_VERBOSE_FETCH is set.
 */
const OF_OUR_OWN = { redirect: "manual", timeout: false, decompress: false, verbose: false };

/** Redirects that are followed for one request; more count as a loop. */
const HOPS_MAX = 5;

export class HttpClient {
  readonly #options: HttpOptions;
  #hasAnswered = false;
  #found: Promise<HttpTrouble | null> | null = null;
  /** The route of the last address. Looking up its proxy takes a tenth of a request's time, and usually there is one address. */
  #last: { readonly address: string; readonly route: Route } | null = null;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /** Sends a request; the only time limit is `init.signal`. @throws HttpTrouble; the signal's own error when it is aborted */
  async fetch(url: string | URL, init: RequestInit): Promise<Response> {
    let route = this.#routeTo(String(url));
    // A server that redirects may be about to close the connection: the next request uses a new one.
    for (let hops = 0; ; hops++) {
      const response = await this.#once(route, hops === 0 ? init : { ...init, keepalive: false });
      this.#hasAnswered = true;
      if (!isRedirect(response.status)) return response;
      await response.body?.cancel();
      if (hops === HOPS_MAX)
        throw redirectTrouble(route.target, response, `redirected ${hops} times already`);
      route = this.#routeTo(this.#redirected(route.target, response).href);
    }
  }

  #routeTo(address: string): Route {
    if (this.#last?.address === address) return this.#last.route;
    const target = new URL(address);
    const route = { target, proxy: proxyFor(target, this.#options.env) };
    this.#last = { address, route };
    return route;
  }

  async #once({ target, proxy }: Route, init: RequestInit): Promise<Response> {
    if (proxy?.url === null)
      throw new HttpTrouble("proxy", `what ${proxy.variable} holds is no address of a proxy`);
    try {
      const options = { ...init, ...OF_OUR_OWN, proxy: proxy?.url?.href ?? false };
      return await fetch(target.href, options as RequestInit);
    } catch (error) {
      if (init.signal?.aborted === true) throw error;
      const route = { target, proxy, hasAnswered: this.#hasAnswered };
      const found = CLOSED.has(systemCode(error)) ? await this.#closed(route) : null;
      throw found ?? troubleOf(error, route);
    }
  }

  /** The first connection was closed without an answer: the server may speak another protocol. Checked once. */
  #closed(route: RequestRoute): Promise<HttpTrouble | null> {
    if (route.hasAnswered) return Promise.resolve(null);
    return (this.#found ??= otherProtocol(route.target, route.proxy));
  }

  /** The target of a redirect, if the same request may be sent there. @throws HttpTrouble */
  #redirected(from: URL, response: Response): URL {
    const { status } = response;
    const to = leadsTo(from, response);
    if (to === null || !/^https?:$/.test(to.protocol))
      throw redirectTrouble(from, response, "that is no address for a request");
    if (status !== 307 && status !== 308)
      throw redirectTrouble(from, response, "such a redirect turns a POST into a GET");
    if (to.origin !== from.origin && this.#options.isSecret)
      throw redirectTrouble(from, response, "another host is not given the key");
    return to;
  }
}

function isRedirect(status: number): boolean {
  return status === 307 || status === 308 || (status >= 301 && status <= 303);
}

function leadsTo(from: URL, { headers }: Response): URL | null {
  const location = headers.get("location");
  return location === null ? null : URL.parse(location, from.href);
}

function redirectTrouble(from: URL, response: Response, why: string): HttpTrouble {
  const to = leadsTo(from, response)?.href ?? response.headers.get("location") ?? "nowhere";
  return new HttpTrouble("redirect", `HTTP ${response.status}: ${from.href} redirects to ${to}: ${why}`);
}

async function otherProtocol(target: URL, proxy: Proxy | null): Promise<HttpTrouble | null> {
  const address = proxy?.url ?? null;
  if (proxy !== null && address !== null) {
    if (address.protocol === "https:" || (await speaksHttp(address))) return null;
    return new HttpTrouble(
      "proxy",
      `the proxy closes the connection: it does not speak HTTP (${shownProxy(proxy)})`,
    );
  }
  if (target.protocol === "https:" || !(await speaksTls(target))) return null;
  return new HttpTrouble("wrong-tls", `${target.host} speaks TLS: its address begins with https://`);
}

/** The decompressed body; null when it is larger than `maxBytes` (the rest is then not read). @throws when the connection fails or the body is damaged */
export async function readBody(response: Response, maxBytes: number): Promise<Uint8Array | null> {
  const { bytes, isWhole } = await readUpTo(response, maxBytes);
  return isWhole ? bytes : null;
}

/** The first `maxBytes` of the decompressed body. @throws as readBody() */
export async function readHead(response: Response, maxBytes: number): Promise<Uint8Array> {
  return (await readUpTo(response, maxBytes)).bytes;
}

type Head = { readonly bytes: Uint8Array; readonly isWhole: boolean };

async function readUpTo(response: Response, maxBytes: number): Promise<Head> {
  const { headers, body } = response;
  const length = headers.get("content-length");
  if (body === null || length === "0") return { bytes: new Uint8Array(), isWhole: true };
  const isSmall = Number(length ?? Number.POSITIVE_INFINITY) <= maxBytes;
  if (!isSmall || encodingsOf(response).length > 0) return headOf(new BodyReader(response), maxBytes);
  try {
    return { bytes: await response.bytes(), isWhole: true };
  } catch (error) {
    throw bodyTrouble(error);
  }
}

/** The compressions of a body, in the order in which they were applied. */
function encodingsOf({ headers }: Response): string[] {
  const packed = (headers.get("content-encoding") ?? "").toLowerCase().split(",");
  return packed.map((name) => name.trim()).filter((name) => !UNPACKED.has(name));
}

/** A reader of a body: of fetch's own stream or of a decompressed one. */
type ByteSource = {
  read(): Promise<{ readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
};

/** Reads a decompressed body piece by piece, as it comes. A reader instead of `for await` saves 7 µs for a short answer. */
export class BodyReader {
  readonly #encodings: readonly string[];
  readonly #reader: ByteSource | null;

  /** @throws HttpTrouble for a compression that was not asked for */
  constructor(response: Response) {
    this.#encodings = encodingsOf(response);
    this.#reader = response.body === null ? null : unpacked(response.body, this.#encodings).getReader();
  }

  /** The next bytes; undefined at the end. @throws HttpTrouble when the connection fails or the body is damaged */
  async read(): Promise<Uint8Array | undefined> {
    try {
      return (await this.#reader?.read())?.value;
    } catch (error) {
      if (this.#encodings.length === 0) throw bodyTrouble(error);
      const message = `the answer is damaged or cut off (${this.#encodings.join(", ")})`;
      throw new HttpTrouble("network", message, error);
    }
  }

  /** Reads no further. */
  async cancel(): Promise<void> {
    await this.#reader?.cancel();
  }
}

/** Decompresses in the reverse order of compression. */
function unpacked(
  body: ReadableStream<Uint8Array>,
  encodings: readonly string[],
): ReadableStream<Uint8Array> {
  return encodings.toReversed().reduce<ReadableStream<Uint8Array>>((stream, name) => {
    const format = ENCODINGS.get(name);
    if (format === undefined)
      throw new HttpTrouble("network", `the answer is packed as ${name}, which was not asked for`);
    // Bun supports more formats than its types declare.
    return stream.pipeThrough(new DecompressionStream(format as "gzip") as Unpacker);
  }, body);
}

/** The limit applies to the decompressed bytes. */
async function headOf(body: BodyReader, maxBytes: number): Promise<Head> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const value = await body.read();
    if (value === undefined) return { bytes: Buffer.concat(chunks), isWhole: true };
    bytes += value.length;
    chunks.push(value);
    if (bytes <= maxBytes) continue;
    await body.cancel();
    return { bytes: Buffer.concat(chunks, maxBytes), isWhole: false };
  }
}
