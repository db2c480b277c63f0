// An endpoint on loopback, with all APIs, that misbehaves on demand, enforces limits as real ones do, and counts what it was paid for.
// node:http, because it can cut a connection in the middle of an answer.
import * as http from "node:http";
import { apiFormAt } from "./api-answers.ts";
import type { AddressInfo } from "node:net";
import { sseText, streamEvents } from "../../examples/mock-streams.ts";

/** What is answered to one request. */
export type Reply = {
  readonly delayMs?: number;
  /** It is sent once this has resolved. */
  readonly after?: Promise<unknown>;
} & (
  | {
      readonly kind: "answer";
      readonly content?: string | null;
      readonly finish?: string;
      readonly extra?: object;
      /** What it says of the model that made it. */
      readonly model?: string;
      readonly fingerprint?: string;
      readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number };
    }
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** An object becomes `{"error":…}`; a text or bytes the body. */
      readonly error?: object | string | Buffer;
    }
  | {
      readonly kind: "raw";
      readonly body: string | Uint8Array;
      readonly type?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** A stream: pieces of its text, one after the other; then the end of the body, a cut connection, or nothing any more. */
  | {
      readonly kind: "stream";
      readonly pieces: readonly (string | Uint8Array)[];
      readonly ends?: "end" | "cut" | "open";
      readonly type?: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** Between two pieces. */
      readonly gapMs?: number;
      /** Called when so many pieces have been sent. */
      readonly sent?: (pieces: number) => void;
      /** The answer counts as paid once the whole stream has been sent. */
      readonly isPaid?: boolean;
    }
  /** The head and half of the body, then the connection is closed; default: a body of known length. */
  | { readonly kind: "half"; readonly framed?: "length" | "chunked" }
  /** The connection is closed at once. */
  | { readonly kind: "cut" }
  /** No answer, ever. */
  | { readonly kind: "hang" }
);

export type Asked = {
  /** The user's message, or what stands in its place in another API. */
  readonly prompt: string;
  /** How often this message has been asked, this time included. */
  readonly time: number;
  /** Number of this request, from 1. */
  readonly number: number;
  readonly body: { readonly [name: string]: unknown };
  readonly headers: http.IncomingHttpHeaders;
  /** Path and query. */
  readonly path: string;
};

export type Limits = {
  /** Requests a minute, by a token bucket that holds `burst` (default: a minute's worth) and begins full. */
  readonly rpm?: number;
  readonly burst?: number;
  /** Tokens a minute, likewise; the bucket holds `tokenBurst` (default: a sixth of a minute's worth). */
  readonly tpm?: number;
  readonly tokenBurst?: number;
  /** Requests at once. */
  readonly slots?: number;
  /** How a refusal says when to come back. */
  readonly says?: "seconds" | "date" | "ms" | "reset" | "nothing";
};

export type MockOptions = {
  readonly latencyMs?: number;
  readonly limits?: Limits;
  /** Default: an answer that repeats the message. */
  readonly reply?: (asked: Asked) => Reply;
  readonly port?: number;
  /** Keeps nothing of what it was asked and paid for, for very many requests. */
  readonly forgets?: boolean;
};

export type MockEndpoint = {
  readonly url: string;
  readonly port: number;
  readonly asked: readonly Asked[];
  /** Paid answers by message: those that were sent in full. */
  readonly paid: ReadonlyMap<string, number>;
  /** Each request in order: when it came (ms since the start), and whether a limit refused it. */
  readonly requests: readonly { readonly atMs: number; readonly refused: boolean }[];
  readonly tokens: number;
  readonly mostAtOnce: number;
  stop(): Promise<void>;
};

/** A bucket that refills evenly. */
class Bucket {
  readonly #perMs: number;
  readonly #size: number;
  #level: number;
  #atMs = performance.now();
  constructor(perMs: number, size: number) {
    this.#perMs = perMs;
    this.#size = size;
    this.#level = size;
  }
  /** Takes `count`; or how long it will take until there are as many, in ms. */
  take(count: number): number {
    const nowMs = performance.now();
    this.#level = Math.min(this.#size, this.#level + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
    if (this.#level >= count) {
      this.#level -= count;
      return 0;
    }
    return (count - this.#level) / this.#perMs;
  }
}

/** Tokens of a text as this endpoint counts them. */
const tokensOf = (text: string): number => Math.max(1, Math.ceil(text.length / 4));

export async function mockEndpoint(options: MockOptions = {}): Promise<MockEndpoint> {
  const { limits = {}, latencyMs = 0 } = options;
  const { rpm, burst = rpm, tpm = 0, tokenBurst = tpm / 6, slots, says = "seconds" } = limits;
  const requestBucket = rpm === undefined ? null : new Bucket(rpm / 60_000, burst ?? rpm);
  const tokenBucket = tpm === 0 ? null : new Bucket(tpm / 60_000, tokenBurst);
  const asked: Asked[] = [];
  const paid = new Map<string, number>();
  const times = new Map<string, number>();
  const requests: { atMs: number; refused: boolean }[] = [];
  const startMs = performance.now();
  let number = 0;
  let tokens = 0;
  let inFlight = 0;
  let mostAtOnce = 0;

  const refusal = (waitMs: number): Reply => {
    const headers: Record<string, string> =
      says === "seconds"
        ? { "retry-after": String(Math.max(1, Math.ceil(waitMs / 1000))) }
        : says === "ms"
          ? { "retry-after-ms": String(Math.ceil(waitMs)) }
          : says === "date"
            ? { "retry-after": new Date(Date.now() + waitMs + 1000).toUTCString() }
            : says === "reset"
              ? {
                  "x-ratelimit-remaining-requests": "0",
                  "x-ratelimit-reset-requests": `${Math.ceil(waitMs)}ms`,
                }
              : {};
    return {
      kind: "status",
      status: 429,
      headers,
      error: { message: "Rate limit reached", type: "requests", code: "rate_limit_exceeded" },
    };
  };

  const limited = (prompt: string): Reply | null => {
    if (slots !== undefined && inFlight > slots) return refusal(latencyMs);
    const wait = Math.max(
      requestBucket?.take(1) ?? 0,
      tokenBucket?.take(tokensOf(prompt) + tokensOf(prompt)) ?? 0,
    );
    return wait > 0 ? refusal(wait) : null;
  };

  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Asked["body"];
      const prompt = apiFormAt(request.url ?? "")?.promptOf(body) ?? "";
      const time = (times.get(prompt) ?? 0) + 1;
      times.set(prompt, time);
      const one: Asked = {
        prompt,
        time,
        number: ++number,
        body,
        headers: request.headers,
        path: request.url ?? "",
      };
      if (options.forgets !== true) asked.push(one);
      inFlight++;
      mostAtOnce = Math.max(mostAtOnce, inFlight);
      const refused = limited(prompt);
      if (options.forgets !== true)
        requests.push({ atMs: performance.now() - startMs, refused: refused !== null });
      const reply = refused ?? options.reply?.(one) ?? { kind: "answer" };
      const delayMs = refused === null ? (reply.delayMs ?? latencyMs) : 0;
      const send = (): void => {
        inFlight--;
        give(one, reply, response);
      };
      if (reply.after !== undefined) void reply.after.then(send);
      else if (delayMs > 0) setTimeout(send, delayMs);
      else send();
    });
  });

  const give = (one: Asked, reply: Reply, response: http.ServerResponse): void => {
    switch (reply.kind) {
      case "hang":
        return;
      case "cut":
        response.socket?.destroy();
        return;
      case "half":
        response.writeHead(200, {
          "content-type": "application/json",
          ...(reply.framed === "chunked" ? {} : { "content-length": "1000" }),
        });
        response.write('{"choices":[{"message":{"role":"assistant","con', () =>
          response.socket?.destroySoon(),
        );
        return;
      case "stream":
        void stream(one, reply, response);
        return;
      case "raw":
        response.writeHead(200, { "content-type": reply.type ?? "application/json", ...reply.headers });
        response.end(reply.body);
        return;
      case "status": {
        const { error = { message: `status ${reply.status}` } } = reply;
        response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers });
        response.end(typeof error === "string" || Buffer.isBuffer(error) ? error : JSON.stringify({ error }));
        return;
      }
      case "answer": {
        const { content = `answer to ${one.prompt}`, finish = "stop" } = reply;
        const usage = reply.usage ?? {
          prompt_tokens: tokensOf(one.prompt),
          completion_tokens: tokensOf(content ?? ""),
        };
        paid.set(one.prompt, (paid.get(one.prompt) ?? 0) + 1);
        tokens += usage.prompt_tokens + usage.completion_tokens;
        const said = { content, finish, usage, extra: reply.extra ?? {}, number: one.number };
        const answer = {
          ...apiFormAt(one.path)?.answer(said, one.body),
          ...(reply.model === undefined ? {} : { model: reply.model }),
          ...(reply.fingerprint === undefined ? {} : { system_fingerprint: reply.fingerprint }),
        };
        const isStream = one.body["stream"] === true;
        response.writeHead(200, { "content-type": isStream ? "text/event-stream" : "application/json" });
        response.end(isStream ? sseText(streamEvents(one.path, answer)) : JSON.stringify(answer));
      }
    }
  };

  const stream = async (
    one: Asked,
    reply: Reply & { readonly kind: "stream" },
    response: http.ServerResponse,
  ): Promise<void> => {
    const { pieces, ends = "end", type = "text/event-stream", headers, gapMs = 0, sent, isPaid } = reply;
    response.writeHead(200, { "content-type": type, ...headers });
    for (const [at, piece] of pieces.entries()) {
      // Each piece in a turn of its own, so that it arrives by itself.
      if (at > 0) await new Promise((resolve) => setTimeout(resolve, gapMs));
      if (response.destroyed) return; // the client has left
      await new Promise<void>((resolve) => response.write(piece, () => resolve()));
      sent?.(at + 1);
    }
    if (isPaid === true) paid.set(one.prompt, (paid.get(one.prompt) ?? 0) + 1);
    if (ends === "end") response.end();
    else if (ends === "cut") response.socket?.destroySoon();
  };

  await new Promise<void>((resolve) => {
    server.listen(options.port ?? 0, "127.0.0.1", () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    asked,
    paid,
    requests,
    get tokens() {
      return tokens;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
