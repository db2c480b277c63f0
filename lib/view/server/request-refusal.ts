// Which requests to a server on 127.0.0.1 are refused. Every program on this machine can connect to it, and every page in a browser can try to. The page has no data, so
// anybody may have it. Data need the token, which stands behind the # of the address: browsers send that part to nobody. A cookie would also be sent to other ports.
import { timingSafeEqual } from "node:crypto";

export type RequestRefusal = { readonly status: 401 | 403 | 405 | 421; readonly code: string };

/** Sent with every answer. */
export const OWN_HEADERS = {
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** Why a request is refused; null: it may be answered. A site whose name resolves to 127.0.0.1 (DNS rebinding) gives itself away by its `Host`. @param isData whether the answer has data */
export function requestRefusal(
  request: Request,
  { port, token }: { readonly port: number; readonly token: string },
  isData: boolean,
): RequestRefusal | null {
  const { headers, method } = request;
  const host = headers.get("host");
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`)
    return { status: 421, code: "wrong-host" };
  if (method !== "GET") return { status: 405, code: "wrong-method" };
  if (!isData) return null;
  const [site, origin] = [headers.get("sec-fetch-site"), headers.get("origin")];
  if (site !== null && site !== "same-origin") return { status: 403, code: "other-origin" };
  if (origin !== null && origin !== `http://${host}`) return { status: 403, code: "other-origin" };
  const given = /^Bearer ([\w-]{1,200})$/.exec(headers.get("authorization") ?? "")?.[1] ?? "";
  return isSame(given, token) ? null : { status: 401, code: "token" };
}

/** Takes the same time wherever the texts differ. Both are hashed, because timingSafeEqual() wants equal lengths. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Bun.SHA256.hash(a), Bun.SHA256.hash(b));
}
