// Listens for HTTP of one request a connection (http-connection.ts), on a Unix socket or on this machine's own address. Connections are bounded, whatever readers do.
import { type ByteSocket, type ConnectionOptions, HttpConnection } from "./http-connection.ts";

/** A connection on which nothing happens is ended. */
const IDLE_S = 60;
/** Within the reserve of open files (OWN_FILES in open-files.ts). */
const CONNECTIONS_MAX = 32;

type Socket = Bun.Socket<HttpConnection | null>;

export type UnixServer = {
  /** Resolves when all that was asked until now has been answered. A reader that does not read holds it up. */
  answered(): Promise<void>;
  /** Ends all connections. */
  close(): void;
};

/** It alone does not keep the process alive. @throws errors of the system: the path is too long, somebody else listens there */
export function listenOnSocket(unix: string, options: ConnectionOptions): UnixServer {
  const sockets = new Set<Socket>();
  const server = Bun.listen<HttpConnection | null>({ unix, data: null, socket: handlers(options, sockets) });
  server.unref();
  return {
    answered: async () => {
      await Promise.all([...sockets].flatMap(({ data }) => data?.answer ?? []));
    },
    close: () => server.stop(true),
  };
}

export type LoopbackServer = {
  readonly port: number;
  /** Ends all connections. */
  close(): void;
};

/** Only programs on this machine can connect. @param port 0: one that is free @throws errors of the system: EADDRINUSE, EACCES */
export function serveLoopback(port: number, options: ConnectionOptions): LoopbackServer {
  const server = Bun.listen<HttpConnection | null>({
    hostname: "127.0.0.1",
    port,
    data: null,
    socket: handlers(options, new Set()),
  });
  return { port: server.port, close: () => server.stop(true) };
}

/** @param sockets those that are open are kept there. They are bounded: their descriptors are those that children need. The oldest that has asked for nothing gives way to a new one. */
function handlers(
  options: ConnectionOptions,
  sockets: Set<Socket>,
): Bun.SocketHandler<HttpConnection | null> {
  return {
    open: (socket) => {
      socket.data = new HttpConnection(bytesOf(socket), options);
      socket.timeout(IDLE_S);
      sockets.add(socket);
      if (sockets.size <= CONNECTIONS_MAX) return;
      const silent = [...sockets].find(({ data }) => data?.answer === null);
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
  };
}

/** What a reader takes shows that it is there. */
function bytesOf(socket: Socket): ByteSocket {
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
