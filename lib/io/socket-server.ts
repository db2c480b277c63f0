// HTTP on a Unix socket. The socket belongs to its owner alone from the first moment, and takes the place of one that a killed process left.
import { lstatOf, removeFile } from "./file.ts";
import type { FileSystem } from "./fs.ts";

export type SocketServer = {
  readonly path: string;
  /** Removes the socket and ends all connections. */
  close(): Promise<void>;
};

export type SocketOptions = {
  readonly path: string;
  /** Longer bodies are refused (413). */
  readonly maxBodyBytes: number;
  readonly handle: (request: Request) => Response | Promise<Response>;
};

/** Only the owner may read and write. */
const UMASK = 0o177;
/** A connection on which nothing happens is ended. */
const IDLE_S = 60;

/**
 * Listens. Call it only under a lock that everybody takes who listens there: a socket that is there is then nobody's.
 * @throws errors of the system: the path is too long, the file system has no sockets, something else is there
 */
export function serveSocket(fs: FileSystem, { path, maxBodyBytes, handle }: SocketOptions): SocketServer {
  const old = lstatOf(fs, path);
  if (old !== null && !old.isSocket() && !old.isSymbolicLink()) throw alreadyThere(path);
  const first = `${path}.tmp`;
  removeFile(fs, first);
  const umask = process.umask(UMASK);
  let server: Bun.Server<undefined>;
  try {
    const options = {
      unix: first,
      idleTimeout: IDLE_S,
      maxRequestBodySize: maxBodyBytes,
      development: false,
      fetch: (request: Request) => handle(request),
      error: () => new Response("failed\n", { status: 500 }),
    };
    server = Bun.serve(options as unknown as Bun.Serve.Options<undefined>); // its types know no idleTimeout for a socket
  } finally {
    process.umask(umask);
  }
  try {
    // Whoever connects finds the old one or the new one. A link is replaced, not followed.
    fs.renameSync(first, path);
  } catch (error) {
    void server.stop(true); // removes the first name; later it is gone
    throw error;
  }
  server.unref();
  return {
    path,
    close: async () => {
      removeFile(fs, path);
      await server.stop(true);
    },
  };
}

function alreadyThere(path: string): Error {
  return Object.assign(new Error(`EEXIST: something else is there, '${path}'`), { code: "EEXIST" });
}
