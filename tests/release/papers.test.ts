// The pages in an archive: what they link to is there as well.
import { expect, test } from "bun:test";
import * as path from "node:path";
import { readCheckout } from "../../scripts/release/checkout.ts";
import { gatherPapers } from "../../scripts/release/papers.ts";

const ROOT = path.resolve(import.meta.dir, "../..");
/** The target of a link in Markdown, but for addresses and for places in the same page. */
const LINK = /\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)\s]*)?\)/g;
const CODE = /^```.*?^```$|`[^`\n]+`/gms;

/** `a/b/c`, `a/b` and `a`. */
function withFolders(name: string): string[] {
  return name === "." ? [] : [name, ...withFolders(path.posix.dirname(name))];
}

test("every link of a page in an archive leads to a file in it", async () => {
  const { inArchive, pages } = await gatherPapers(await readCheckout(ROOT, true), []);
  const names = new Set(inArchive.flatMap((file) => withFolders(file.path)));
  const links = pages
    .filter((page) => page.path.endsWith(".md"))
    .flatMap((page) => {
      const text = Buffer.from(page.bytes).toString().replaceAll(CODE, "");
      return [...text.matchAll(LINK)].map(([, target = ""]) => ({ page: page.path, target }));
    });
  expect(links.length).toBeGreaterThan(20);
  const dead = links.filter(
    ({ page, target }) => !names.has(path.posix.join(path.posix.dirname(page), target).replace(/\/$/, "")),
  );
  expect(dead).toEqual([]);
});
