// Where in the page the user is, as the hash of the address has it, so that it can be shared as a link. The server's token is taken out of the hash before anything else.
import type { Filter } from "../page-contract.ts";

export type Route = {
  readonly view: "overview" | "results";
  /** Null: the first source. */
  readonly source: string | null;
  readonly filter: Filter;
  /** The `ref` of the item that is open. */
  readonly item: string | null;
};

/** Of a text that is searched for, or a condition: two of them fit into the head of a request, whatever their characters. */
export const FILTER_TEXT_MAX = 500;

const FILTER_KEYS = ["search", "kind", "mark", "group", "where"] as const;
const SORTS = ["newest", "slowest"] as const;

/** @param hash with or without its `#` */
export function parseRoute(hash: string): Route {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  const filter: { -readonly [K in keyof Filter]: Filter[K] } = {};
  for (const key of FILTER_KEYS) {
    const value = values.get(key);
    if (value !== null && value !== "") filter[key] = value.slice(0, FILTER_TEXT_MAX);
  }
  const status = values.get("status");
  if (status === "ok" || status === "failed") filter.status = status;
  const sort = SORTS.find((one) => one === values.get("sort"));
  if (sort !== undefined) filter.sort = sort;
  return {
    view: values.get("view") === "results" ? "results" : "overview",
    source: values.get("source"),
    filter,
    item: values.get("item"),
  };
}

/** The hash of a route, with its `#`. The same route gives the same hash. */
export function formatRoute({ view, source, filter, item }: Route): string {
  const values = new URLSearchParams({ view });
  if (source !== null) values.set("source", source);
  for (const key of [...FILTER_KEYS, "status", "sort"] as const) {
    const value = filter[key];
    if (value !== undefined && value !== "" && value !== "input") values.set(key, value);
  }
  if (item !== null) values.set("item", item);
  return `#${values.toString()}`;
}

/** A filter without one of its conditions. */
export function withoutKey(filter: Filter, key: keyof Filter): Filter {
  const { [key]: _dropped, ...others } = filter;
  return others;
}

/** The hash without the server's token, and the token; null where it holds none. */
export function splitToken(hash: string): { readonly token: string | null; readonly rest: string } {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  const token = values.get("token");
  values.delete("token");
  const rest = values.toString();
  return { token, rest: rest === "" ? "" : `#${rest}` };
}
