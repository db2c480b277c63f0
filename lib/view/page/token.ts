// The token that the server wants. It comes from the address, which then loses it, and is kept for this tab alone; a new tab, as for a link into the page, is given it by
// another one of the same origin.
import { splitToken } from "./route.ts";

const TOKEN_KEY = "ckpt-token";
const CHANNEL = "ckpt-token";
const ASK = "token?";
/** So long another tab may take to answer. */
const ANSWER_MS = 500;

/** The token of the address, else that of this tab, else that of another one; empty where nobody has it. */
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

/** Gives the token to new tabs. @param token as it is now; null: it is not known whether the server takes it */
export function lendToken(token: () => string | null): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    const own = token();
    if (data === ASK && own !== null) channel.postMessage(own);
  });
}

/** An address with a token that is typed into this tab loads no other document: the page begins anew with it. */
export function followAddress(): void {
  addEventListener("hashchange", () => {
    if (splitToken(location.hash).token !== null) location.reload();
  });
}
