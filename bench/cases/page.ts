// The page of `ckpt view` in a browser, over many results: until they are drawn, and until those in the middle are.
import { openBrowser, openPage } from "../../tests/helpers/browser.ts";
import { viewed } from "../../tests/helpers/viewed-job.ts";
import { doneCheckpoint } from "../done-checkpoint.ts";
import { spread } from "../measure.ts";
import type { Place } from "../place.ts";
import { type Row, seconds } from "../row.ts";

/** What feels at once, in seconds: from the address to the first rows, and from the scroll bar to the rows in the middle. */
const FIRST_S = 1;
const SCROLL_S = 0.2;
const SCROLLS = 5;

/** Nothing where there is no browser. @param rounds an odd number of them */
export async function pageRows(place: Place, rounds: number, count: number): Promise<Row[]> {
  if (Bun.which("chromium-headless-shell") === null) return [];
  const { dir } = await doneCheckpoint(place, count);
  const browser = await openBrowser();
  const view = await viewed(place.folder, ["--dir", dir]);
  const first: number[] = [];
  const scrolls: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const startMs = performance.now();
      const { page, close } = await openPage(browser, `${view.url}&view=results`);
      await page.locator(".row.cells .status").first().waitFor();
      first.push((performance.now() - startMs) / 1000);
      // Measured in the page, so that the time of the messages to it does not count.
      for (let at = 1; at <= SCROLLS; at++)
        scrolls.push(
          Number(await page.evaluate(SCROLL.replaceAll("SHARE", String(at / (SCROLLS + 1))))) / 1000,
        );
      await close();
    }
  } finally {
    await view.stop();
    await browser.close();
  }
  const of = count.toLocaleString("en");
  return [
    row("page-first", `page: first rows of ${of} results, from an empty tab`, first, FIRST_S),
    row("page-scroll", `page: a jump within ${of} results, until its rows are drawn`, scrolls, SCROLL_S),
  ];
}

/** Milliseconds until rows with content are drawn where the scroll bar was put. */
const SCROLL = `new Promise((resolve) => {
  const start = performance.now();
  table.scrollTop = table.scrollHeight * SHARE;
  const wanted = Math.floor(Number(table.getAttribute("aria-rowcount")) * SHARE);
  const look = () => {
    const row = document.querySelector(".row.cells");
    const isThere = Math.abs(Number(row.getAttribute("aria-rowindex")) - wanted) < 200;
    if (isThere && row.querySelector(".status") !== null) resolve(performance.now() - start);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})`;

function row(id: string, what: string, values: readonly number[], most: number): Row {
  return {
    id,
    what,
    ours: seconds(spread(values).median),
    theirs: seconds(most),
    ratio: spread(values.map((value) => value / most)),
    floor: 1,
    most: true,
    ideal: true,
  };
}
