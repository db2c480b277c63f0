// Several items that are asked for in one request. To retries and pace a group is an item like any other, so that they count requests; only with-groups.ts,
// which makes groups, and a processor with `groupKey` know what it is.
import type { Item } from "../../core/item.ts";

export type ItemGroup = Item & { readonly members: readonly Item[] };

/** @param members at least two */
export function groupOf(members: readonly Item[]): ItemGroup {
  const [first] = members;
  if (first === undefined || members.length < 2) throw new Error("a group has several members");
  return { ...first, members };
}

/** The items of a group; null for a single item. */
export function membersOf(item: Item): readonly Item[] | null {
  return "members" in item ? (item as ItemGroup).members : null;
}
