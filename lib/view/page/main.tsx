// The page of `ckpt view`: starts it with the data of a server, or with those that the document itself holds.
// oxlint-disable-next-line import/no-unassigned-import -- it adds what a browser lacks
import "./old-browsers.ts";
import { render } from "preact";
import type { PageData } from "../page-data.ts";
import { DATA_ID } from "../saved-format.ts";
import { App } from "./app.tsx";
import { language } from "./preferences.ts";
import { splitToken } from "./route.ts";
import { SavedData } from "./saved-data.ts";
import { ServedData } from "./served-data.ts";
import { Store } from "./store.ts";
import { StoreContext } from "./use-store.ts";

const TOKEN_KEY = "ckpt-token";

/** The token of the address, which then loses it; else the one of this tab. */
function takeToken(): string {
  const { token, rest } = splitToken(location.hash);
  if (token === null) return sessionStorage.getItem(TOKEN_KEY) ?? "";
  sessionStorage.setItem(TOKEN_KEY, token);
  history.replaceState(null, "", `${location.pathname}${rest}`);
  return token;
}

async function openData(): Promise<PageData> {
  const held = document.getElementById(DATA_ID);
  if (held === null) return new ServedData(takeToken(), () => language.value);
  return SavedData.open(held.textContent);
}

async function start(): Promise<void> {
  const place = document.getElementById("app");
  if (place === null) return;
  const store = new Store(await openData());
  store.start();
  render(
    <StoreContext.Provider value={store}>
      <App />
    </StoreContext.Provider>,
    place,
  );
}

void start();
