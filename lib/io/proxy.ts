// Which proxy a request uses, from the usual environment variables. ckpt decides it, not the runtime, so that an error can name the proxy.
import { BlockList, isIP } from "node:net";

export type Environment = { readonly [name: string]: string | undefined };

export type Proxy = {
  /** The variable that names it. */
  readonly variable: string;
  /** Its address; null when the variable does not hold one. */
  readonly url: URL | null;
};

/** The proxy for an address; null without one. Lower-case variable names win, as in curl. */
export function proxyFor(target: URL, env: Environment): Proxy | null {
  const own = target.protocol === "https:" ? "https_proxy" : "http_proxy";
  const variable =
    [own, own.toUpperCase()].find((name) => isSet(env[name])) ??
    // A SOCKS proxy in ALL_PROXY may coexist with direct HTTP access.
    ["all_proxy", "ALL_PROXY"].find((name) => isSet(env[name]) && !/^\s*socks/i.test(env[name] ?? ""));
  if (variable === undefined || isExcepted(target, env)) return null;
  const text = (env[variable] ?? "").trim();
  const address = text.includes("://") ? text : `http://${text}`;
  return { variable, url: URL.canParse(address) ? new URL(address) : null };
}

/** The proxy without its password, for error messages. */
export function shownProxy({ variable, url }: Proxy): string {
  return url === null ? variable : `${variable}=${url.protocol}//${url.host}`;
}

/** Its password, as given and as sent. */
export function passwordsOf(proxy: Proxy | null): string[] {
  const { username = "", password = "" } = proxy?.url ?? {};
  if (password === "") return [];
  const plain = decoded(password);
  return [plain, Buffer.from(`${decoded(username)}:${plain}`).toString("base64")];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a bare percent sign
  }
}

function isSet(value: string | undefined): boolean {
  return (value ?? "").trim() !== "";
}

/** Whether NO_PROXY contains the host: by name, by a parent domain, with its port, by a range of addresses, or by `*`. */
function isExcepted(target: URL, env: Environment): boolean {
  const list = ["no_proxy", "NO_PROXY"].map((name) => env[name]).find(isSet) ?? "";
  const host = target.hostname.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  const port = target.port === "" ? (target.protocol === "https:" ? "443" : "80") : target.port;
  return list
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const [, address = "", bits = ""] = /^(.+)\/(\d+)$/.exec(entry) ?? [];
      if (bits !== "") return isInRange(host, address, Number(bits));
      const [, named = entry, itsPort] =
        /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
      if (itsPort !== undefined && itsPort !== port) return false;
      const domain = named.replace(/^\*?\./, "");
      return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`));
    });
}

function isInRange(host: string, address: string, bits: number): boolean {
  const version = isIP(address);
  if (version === 0 || isIP(host) !== version || bits > (version === 4 ? 32 : 128)) return false;
  const range = new BlockList();
  range.addSubnet(address, bits, version === 4 ? "ipv4" : "ipv6");
  return range.check(host, version === 4 ? "ipv4" : "ipv6");
}
