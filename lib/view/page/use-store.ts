// The page's store, for its components.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Store } from "./store.ts";

export const StoreContext: ReturnType<typeof createContext<Store | null>> = createContext<Store | null>(null);

/** @throws Error when no store is provided: a fault of the page */
export function useStore(): Store {
  const store = useContext(StoreContext);
  if (store === null) throw new Error("no store");
  return store;
}
