// One request of HTTP/1.1 on a socket, and its answer; then the connection is closed. Everything that is read is bounded, and nothing is written to a reader that does
// not read. For programs on the same machine (http-listener.ts), so it knows neither chunked bodies nor more than one request a connection.

/** What of Bun's socket is used. */
export type ByteSocket = {
  /** How many bytes were taken; negative when it is closed. */
  write(bytes: Uint8Array): number;
  end(): unknown;
  /** Ends it at once, whatever has not been sent yet. */
  terminate(): unknown;
};

export type ConnectionOptions = {
  /** Longer bodies are refused (413). */
  readonly maxBodyBytes: number;
  /** The request's signal is aborted when its reader has gone. A header that was sent twice has both values, with a comma between. */
  readonly handle: (request: Request) => Response | Promise<Response>;
};

const HEAD_BYTES_MAX = 16 << 10;
/** A body that is refused is read to its end up to here: else its sender would not see the answer. */
const REFUSED_BYTES_MAX = 16 << 20;
const HEAD_END = "\r\n\r\n";
/** What comes behind a request is thrown away; one who sends more than this is not listened to. */
const SURPLUS_BYTES_MAX = 64 << 10;
const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  421: "Misdirected Request",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

type Head = {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly [string, string][];
  readonly bodyBytes: number;
};

export class HttpConnection {
  readonly #socket: ByteSocket;
  readonly #options: ConnectionOptions;
  #received: Buffer = Buffer.alloc(0);
  #head: Head | null = null;
  /** Bytes of the body so far. */
  #bodyBytes = 0;
  #surplusBytes = 0;
  #answer: Promise<void> | null = null;
  #isClosed = false;
  #drained: (() => void) | null = null;
  readonly #gone = new AbortController();
  #reader: { cancel(): Promise<void> } | null = null;

  constructor(socket: ByteSocket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  /** Resolves when the answer has been handed to the system or its reader has gone; null until the request has been read. */
  get answer(): Promise<void> | null {
    return this.#answer;
  }

  data(bytes: Uint8Array): void {
    if (this.#answer !== null) {
      this.#surplusBytes += bytes.length;
      if (this.#surplusBytes > SURPLUS_BYTES_MAX) this.#socket.terminate();
      return;
    }
    if (this.#head === null) this.#readHead(bytes);
    else this.#readBody(bytes);
  }

  /** The other side reads on. */
  drain(): void {
    this.#drained?.();
    this.#drained = null;
  }

  /** The connection has ended. */
  closed(): void {
    this.#isClosed = true;
    this.#gone.abort();
    this.drain();
    void this.#reader?.cancel().catch(() => undefined); // it may have failed by then
  }

  #readHead(bytes: Uint8Array): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    const end = this.#received.indexOf(HEAD_END);
    if ((end < 0 ? this.#received.length : end) > HEAD_BYTES_MAX) {
      this.#answer = this.#send(refusal("head-too-large"));
      return;
    }
    if (end < 0) return;
    const head = parseHead(this.#received.toString("latin1", 0, end));
    if (head === null) {
      this.#answer = this.#send(refusal("bad-request"));
      return;
    }
    this.#head = head;
    const behind = this.#received.subarray(end + HEAD_END.length);
    this.#received = Buffer.alloc(0);
    this.#readBody(behind);
  }

  #readBody(bytes: Uint8Array): void {
    if (this.#head === null) return;
    const { maxBodyBytes, handle } = this.#options;
    const { method, target, headers, bodyBytes } = this.#head;
    this.#bodyBytes += bytes.length;
    const isTooLarge = bodyBytes > maxBodyBytes;
    if (!isTooLarge) this.#received = Buffer.concat([this.#received, bytes]);
    if (this.#bodyBytes < Math.min(bodyBytes, REFUSED_BYTES_MAX)) return;
    if (isTooLarge) {
      this.#answer = this.#send(refusal("too-large"));
      return;
    }
    const body = method === "GET" || method === "HEAD" ? null : this.#received.subarray(0, bodyBytes);
    const { signal } = this.#gone;
    const made = async (): Promise<Response> =>
      handle(new Request(`http://ckpt${target}`, { method, headers: [...headers], body, signal }));
    this.#answer = this.#send(made());
  }

  async #send(made: Response | Promise<Response>): Promise<void> {
    let response: Response;
    try {
      response = await made;
    } catch {
      response = refusal("failed");
    }
    const { status, headers, body } = response;
    const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const first = `HTTP/1.1 ${status} ${REASONS[status] ?? ""}\r\n${lines}connection: close\r\n\r\n`;
    await this.#sendBytes(Buffer.from(first, "latin1"));
    if (body !== null) await this.#sendBody(body);
    if (!this.#isClosed) this.#socket.end();
  }

  async #sendBody(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.getReader();
    this.#reader = reader;
    try {
      while (!this.#isClosed) {
        const { done, value } = await reader.read();
        if (done) return;
        await this.#sendBytes(value);
      }
      await reader.cancel();
    } catch {
      // What was to be sent has failed: the connection ends in the middle of it.
    }
  }

  async #sendBytes(bytes: Uint8Array): Promise<void> {
    let left = bytes;
    while (!this.#isClosed && left.length > 0) {
      const taken = this.#socket.write(left);
      if (taken < 0) return;
      left = left.subarray(taken);
      if (left.length > 0) await new Promise<void>((resolve) => (this.#drained = resolve));
    }
  }
}

/** What is answered without asking the handler, or when it has failed: code, status and message (docs/live.md). */
const REFUSALS = {
  "bad-request": [400, "expected a request of HTTP/1.1, with the length of its body (no chunks)"],
  "too-large": [413, "the body is too large"],
  "head-too-large": [431, `the head is larger than ${HEAD_BYTES_MAX} bytes`],
  failed: [500, "the request could not be answered"],
} as const;

function refusal(code: keyof typeof REFUSALS): Response {
  const [status, message] = REFUSALS[code];
  return Response.json({ error: { code, message } }, { status });
}

/** Names and values as RFC 9110 has them: no line is folded, and no control character is let through. */
const HEADER = /^([\w!#$%&'*+.^`|~-]+):((?:\t|\P{Cc})*)$/u;

/** Null for anything that is no request. */
function parseHead(text: string): Head | null {
  const [first = "", ...lines] = text.split("\r\n");
  const [, method, target] = /^([A-Z]{1,16}) (\/[!-~]*) HTTP\/1\.[01]$/.exec(first) ?? [];
  if (method === undefined || target === undefined) return null;
  const headers: [string, string][] = [];
  for (const line of lines) {
    const [, name, value] = HEADER.exec(line) ?? [];
    if (name === undefined || value === undefined) return null;
    headers.push([name.toLowerCase(), value.trim()]);
  }
  const of = (wanted: string): string[] =>
    headers.flatMap(([name, value]) => (name === wanted ? [value] : []));
  const [length = "0", ...more] = of("content-length");
  if (more.length > 0 || !/^\d{1,12}$/.test(length) || of("transfer-encoding").length > 0) return null;
  return { method, target, headers, bodyBytes: Number(length) };
}
