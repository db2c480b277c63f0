import { expect, test } from "bun:test";
import fc from "fast-check";
import { formatRoute, parseRoute, type Route, splitToken } from "../../../lib/view/page/route.ts";
import { SEED } from "../../helpers/seed.ts";

const text = fc.string({ minLength: 1, unit: "grapheme" });
const routes: fc.Arbitrary<Route> = fc.record({
  view: fc.constantFrom("overview" as const, "results" as const),
  source: fc.option(text),
  filter: fc.record(
    {
      search: text,
      status: fc.constantFrom("ok" as const, "failed" as const),
      kind: text,
      mark: text,
      group: text,
      where: text,
      sort: fc.constantFrom("newest" as const, "slowest" as const),
    },
    { requiredKeys: [] },
  ),
  item: fc.option(text),
});

test("a place in the page survives its address", () => {
  fc.assert(
    fc.property(routes, (route) => {
      expect(parseRoute(formatRoute(route))).toEqual(route);
    }),
    { seed: SEED },
  );
});

test("an address of which nothing can be read is the overview", () => {
  const overview: Route = { view: "overview", source: null, filter: {}, item: null };
  for (const hash of ["", "#", "#nonsense", "#view=none&status=odd&sort=up", "#%%%"])
    expect(parseRoute(hash)).toEqual(overview);
});

test("the token is taken out of an address, and the place stays", () => {
  const { token, rest } = splitToken("#token=abc-_1&view=results&item=r5");
  expect(token).toBe("abc-_1");
  expect(rest).not.toContain("abc");
  expect(parseRoute(rest)).toMatchObject({ view: "results", item: "r5" });
  expect(splitToken("#token=abc")).toEqual({ token: "abc", rest: "" });
  expect(splitToken("#view=results").token).toBeNull();
});
