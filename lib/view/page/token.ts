// The token that the server wants. It is taken out of the address, and kept for this tab alone. A new tab, as for a link into the page, gets it from another tab of the same
// origin.
import { splitToken } from "./route.ts";

const TOKEN_KEY = "ckpt-token";
const CHANNEL = "ckpt-token";
const ASK = "token?";
/** How long another tab has to answer. */
const ANSWER_MS = 500;

/** The token of the address, else that of this tab, else that of another tab; empty when there is none. */
export async function takeToken(): Promise<string> {
  const { token: given, rest } = splitToken(location.hash);
  if (given !== null) history.replaceState(null, "", `${location.pathname}${rest}`);
  const token = given ?? sessionStorage.getItem(TOKEN_KEY) ?? (await askOtherTabs());
  if (token !== "") sessionStorage.setItem(TOKEN_KEY, token);
  return token;
}

function askOtherTabs(): Promise<string> {
  const channel = new BroadcastChannel(CHANNEL);
  return new Promise((resolve) => {
    const end = (token: string): void => {
      clearTimeout(patience);
      channel.close();
      resolve(token);
    };
    const patience = setTimeout(() => end(""), ANSWER_MS);
    channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (typeof data === "string" && data !== ASK) end(data);
    });
    channel.postMessage(ASK);
  });
}

/** Gives the token to new tabs that ask for it. @param token returns it; null while it is not known whether the server accepts it */
export function lendToken(token: () => string | null): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    const own = token();
    if (data === ASK && own !== null) channel.postMessage(own);
  });
}

/** Reloads the page when an address with a token is typed into this tab: the browser itself does not, since only the hash differs. */
export function followAddress(): void {
  addEventListener("hashchange", () => {
    if (splitToken(location.hash).token !== null) location.reload();
  });
}
