// Starts the mock endpoint in a process of its own, so that it does not share a thread with who measures; and asks it at the end what it counted.
import { join } from "node:path";
import type { Limits } from "../tests/helpers/mock-endpoint.ts";
import { ROOT } from "./place.ts";

export type EndpointOptions = {
  readonly latencyMs: number;
  /** Latencies are spread evenly from `latencyMs` to this. */
  readonly latencyMsMax?: number;
  /** With more requests than this at once, an answer takes twice as long. */
  readonly slowPast?: number;
  readonly limits?: Limits;
  /** Streams have so many events, half of them at once and the others after `latencyMs`. */
  readonly events?: number;
};

export type Counted = {
  readonly requests: readonly { readonly atMs: number; readonly refused: boolean }[];
  /** Requests in work at once: on average until the last one came, and at most. */
  readonly meanAtOnce: number;
  readonly mostAtOnce: number;
  /** How long an answer took, on average. */
  readonly meanMs: number;
};

export type EndpointServer = {
  readonly baseUrl: string;
  /** Ends it. */
  stop(): Promise<Counted>;
};

export async function startEndpoint(options: EndpointOptions): Promise<EndpointServer> {
  const script = options.events === undefined ? "bench/mock-server.ts" : "bench/stream-server.ts";
  const server = Bun.spawn([process.execPath, join(ROOT, script), JSON.stringify(options)], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const output = server.stdout.getReader();
  const decoder = new TextDecoder();
  const port = Number(decoder.decode((await output.read()).value));
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    stop: async () => {
      await server.stdin.end();
      let text = "";
      for (let part = await output.read(); !part.done; part = await output.read())
        text += decoder.decode(part.value, { stream: true });
      await server.exited;
      return JSON.parse(text) as Counted;
    },
  };
}
