// HTTP on a Unix socket. The socket belongs to its owner alone from the first moment, and takes the place of one that a killed process left.
import { lstatOf, removeFile } from "./file.ts";
import type { FileSystem } from "./fs.ts";
import type { ConnectionOptions } from "./http-connection.ts";
import { listenOnSocket, type UnixServer } from "./http-listener.ts";

export type SocketServer = {
  readonly path: string;
  /** Resolves when all that was asked until now has been answered. A reader that does not read holds it up. */
  answered(): Promise<void>;
  /** Removes the socket and ends all connections. */
  close(): void;
};

export type SocketOptions = ConnectionOptions & { readonly path: string };

/** Only the owner may read and write. */
const UMASK = 0o177;

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
  let server: UnixServer;
  try {
    server = listenOnSocket(first, { maxBodyBytes, handle });
  } finally {
    process.umask(umask);
  }
  try {
    // Whoever connects finds the old one or the new one. A link is replaced, not followed.
    fs.renameSync(first, path);
  } catch (error) {
    server.close(); // removes the first name; later it is gone
    throw error;
  }
  return {
    path,
    answered: () => server.answered(),
    close: () => {
      removeFile(fs, path);
      server.close();
    },
  };
}

function alreadyThere(path: string): Error {
  return Object.assign(new Error(`EEXIST: something else is there, '${path}'`), { code: "EEXIST" });
}
