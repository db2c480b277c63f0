// One request for several items, made of the requests of each (`--items-per-request`).
import type { Item } from "../../../core/item.ts";
import { membersOf } from "../../group/item-group.ts";
import type { Request, RequestMaker } from "./request.ts";

/** The same requests; of a group, one for all its items. */
export function sharedRequests(requests: RequestMaker): RequestMaker {
  return {
    ...requests,
    requestOf: (item) => {
      const members = membersOf(item);
      return members === null ? requests.requestOf(item) : joined(members, requests);
    },
  };
}

/** What must be the same in requests that are joined; null for one that cannot be joined, or if the item has none. */
export function shareKey(item: Item, requests: RequestMaker): string | null {
  const request = requests.requestOf(item);
  if (!("body" in request)) return null;
  const key = request.api.shared?.keyOf(request.body) ?? null;
  return key === null ? null : `${request.api.path} ${key}`;
}

/** @param members with the same `shareKey` */
function joined(members: readonly Item[], requests: RequestMaker): Request {
  const all = members.map((item) => requests.requestOf(item)).filter((request) => "body" in request);
  const [first] = all;
  const shared = first?.api.shared ?? null;
  if (first === undefined || shared === null || all.length !== members.length)
    throw new Error("a group of items that have no request together");
  return {
    api: first.api,
    body: shared.join(all.map(({ body }) => body)),
    count: members.length,
  };
}
