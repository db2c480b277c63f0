// Starts the page of `ckpt view`, with the data of a server, or with the data in the document itself.
// oxlint-disable-next-line import/no-unassigned-import -- it adds what a browser lacks
import "./old-browsers.ts";
import { render } from "preact";
import { DATA_ID } from "../saved/saved-format.ts";
import { App } from "./app.tsx";
import { language } from "./preferences.ts";
import { SavedData } from "./saved-data.ts";
import { ServedData } from "./served-data.ts";
import { Store } from "./store.ts";
import { followAddress, lendToken, takeToken } from "./token.ts";
import { StoreContext } from "./use-store.ts";

async function openStore(): Promise<Store> {
  const held = document.getElementById(DATA_ID);
  if (held !== null) return new Store(await SavedData.open(held.textContent));
  followAddress();
  const token = await takeToken();
  const store = new Store(new ServedData(token, () => language.value));
  lendToken(() => (store.connection.peek() === "connected" ? token : null));
  return store;
}

async function start(): Promise<void> {
  const place = document.getElementById("app");
  if (place === null) return;
  const store = await openStore();
  store.start();
  render(
    <StoreContext.Provider value={store}>
      <App />
    </StoreContext.Provider>,
    place,
  );
}

void start();
