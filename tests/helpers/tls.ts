// A server that speaks TLS on loopback, with one of the certificates of tests/fixtures/tls.
import * as fs from "node:fs";
import * as path from "node:path";

const FOLDER = path.join(import.meta.dir, "../fixtures/tls");

/** Path of a certificate: `ca` signed the others; `local` is right for 127.0.0.1, `expired` was, `elsewhere` is for another host. */
export const certificate = (name: "ca" | "local" | "expired" | "elsewhere"): string =>
  path.join(FOLDER, `${name}.pem`);

/** Serves with a certificate at a free port. The caller stops it. */
export function serveTls(
  name: "local" | "expired" | "elsewhere",
  fetch: (request: Request) => Response | Promise<Response>,
): Bun.Server<undefined> {
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    tls: {
      cert: fs.readFileSync(certificate(name), "utf8"),
      key: fs.readFileSync(path.join(FOLDER, "key.pem"), "utf8"),
    },
    fetch,
  });
}
