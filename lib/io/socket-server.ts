// HTTP on a Unix socket. The socket belongs to its owner alone from the first moment, and takes the place of one that a killed process left.
import { lstatOf, removeFile } from "./file.ts";
import type { FileSystem } from "./fs.ts";
import { type ByteSocket, type ConnectionOptions, HttpConnection } from "./http-connection.ts";

export type SocketServer = {
  readonly path: string;
  /** Removes the socket and ends all connections. */
  close(): void;
};

export type SocketOptions = ConnectionOptions & { readonly path: string };

/** Only the owner may read and write. */
const UMASK = 0o177;
/** A connection on which nothing happens is ended. */
const IDLE_S = 60;
/** Within the reserve of open files (OWN_FILES in open-files.ts). */
const CONNECTIONS_MAX = 32;

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
  let server: Bun.UnixSocketListener<HttpConnection | null>;
  try {
    server = listen(first, { maxBodyBytes, handle });
  } finally {
    process.umask(umask);
  }
  try {
    // Whoever connects finds the old one or the new one. A link is replaced, not followed.
    fs.renameSync(first, path);
  } catch (error) {
    server.stop(true); // removes the first name; later it is gone
    throw error;
  }
  server.unref();
  return {
    path,
    close: () => {
      removeFile(fs, path);
      server.stop(true);
    },
  };
}

/** What a reader takes shows that it is there. */
function bytesOf(socket: Bun.Socket<HttpConnection | null>): ByteSocket {
  return {
    write: (bytes) => {
      const taken = socket.write(bytes);
      if (taken > 0) socket.timeout(IDLE_S);
      return taken;
    },
    end: () => socket.end(),
    terminate: () => socket.terminate(),
  };
}

type Socket = Bun.Socket<HttpConnection | null>;

/** Connections are bounded: their descriptors are those that children need. The oldest that has asked for nothing gives way to a new one. */
function listen(unix: string, options: ConnectionOptions): Bun.UnixSocketListener<HttpConnection | null> {
  const sockets = new Set<Socket>();
  return Bun.listen<HttpConnection | null>({
    unix,
    data: null,
    socket: {
      open: (socket) => {
        socket.data = new HttpConnection(bytesOf(socket), options);
        socket.timeout(IDLE_S);
        sockets.add(socket);
        if (sockets.size <= CONNECTIONS_MAX) return;
        const silent = [...sockets].find(({ data }) => data?.isAnswered === false);
        (silent ?? socket).terminate();
      },
      data: (socket, bytes) => {
        socket.timeout(IDLE_S);
        socket.data?.data(bytes);
      },
      drain: (socket) => {
        socket.timeout(IDLE_S);
        socket.data?.drain();
      },
      timeout: (socket) => socket.terminate(),
      error: (socket) => socket.terminate(),
      close: (socket) => {
        sockets.delete(socket);
        socket.data?.closed();
      },
    },
  });
}

function alreadyThere(path: string): Error {
  return Object.assign(new Error(`EEXIST: something else is there, '${path}'`), { code: "EEXIST" });
}
