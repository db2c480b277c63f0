// Finds out with one connection which protocol a server speaks: most servers just close when addressed in the wrong protocol.
import * as net from "node:net";
import * as tls from "node:tls";

const PROBE_MS = 3000;

/** Whether a TLS handshake succeeds there, with any certificate. */
export function speaksTls(target: URL): Promise<boolean> {
  const { host, port } = addressOf(target);
  const name = net.isIP(host) === 0 ? { servername: host } : {};
  const socket = tls.connect({ host, port, rejectUnauthorized: false, ...name });
  return answerOf(socket, (yes) => socket.on("secureConnect", yes));
}

/** Whether a proxy answers in HTTP at all. It is not asked to reach anything. */
export function speaksHttp(proxy: URL): Promise<boolean> {
  const socket = net.connect(addressOf(proxy));
  socket.write(`GET / HTTP/1.1\r\nHost: ${proxy.host}\r\nConnection: close\r\n\r\n`);
  return answerOf(socket, (yes) =>
    socket.on("data", (bytes) => {
      if (bytes.toString("latin1").startsWith("HTTP/")) yes();
      else socket.destroy();
    }),
  );
}

/** True when `yes` is called; false when the connection fails, closes or stays silent before that. */
function answerOf(socket: net.Socket, listen: (yes: () => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (answer: boolean): void => {
      resolve(answer);
      socket.destroy();
    };
    listen(() => settle(true));
    socket.setTimeout(PROBE_MS, () => settle(false));
    socket.on("error", () => settle(false));
    socket.on("close", () => settle(false));
  });
}

function addressOf(url: URL): { readonly host: string; readonly port: number } {
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  return { host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port };
}
