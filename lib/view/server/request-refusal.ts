// Who may ask a server on 127.0.0.1: every program of this machine can connect, and every page in a browser can try to. The page holds no data, so that anybody may have
// it; data are for those who have the token, which stands behind the # of the address and so is sent to nobody. No cookie: other ports would get it, too.
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

/** Why a request is refused; null: it may be answered. A site whose name was made to resolve to 127.0.0.1 (DNS rebinding) is known by its `Host`. @param isData whether the answer has data */
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

/** Takes the same time wherever they differ: hashes have one length. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Bun.SHA256.hash(a), Bun.SHA256.hash(b));
}
