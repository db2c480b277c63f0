// The server of `ckpt view` over many results: until all are indexed, a page in the middle, a search for what stands nowhere, and its memory.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Overview, Rows } from "../../lib/view/page-contract.ts";
import { doneCheckpoint } from "../done-checkpoint.ts";
import { spread, time } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { type Row, seconds } from "../row.ts";

const SCAN = join(ROOT, "bench/limits/scan-log.ts");
/** Against a bare loop that verifies each record of the same log: until all are verified and indexed, and a search. */
const INDEX_MOST = 1;
const SEARCH_MOST = 2;
/** What the page needs to feel at once, in seconds. */
const PAGE_S = 0.05;
/** Of memory for each result: the index, and what a search leaves to be collected. */
const BYTES_MAX = 48;
/** Of the server with few results. */
const BASE_MB_MAX = 100;
/** Memory goes up and down with each search; over two halves of so many it must not grow. */
const SEARCHES = 24;
const FLAT_MOST = 1.25;
const FEW = 1000;
const PAGES = 21;
const PAGE_ROWS = 100;

type Measured = {
  readonly indexS: number;
  readonly pageS: number;
  readonly searchS: number;
  readonly residentMb: number;
  /** After further searches, the first half of them and the second. */
  readonly laterMb: readonly [number, number];
};

/** @param rounds an odd number of them */
export async function viewRows(place: Place, rounds: number, count: number): Promise<Row[]> {
  const { dir, log } = await doneCheckpoint(place, count);
  const { dir: small } = await doneCheckpoint(place, FEW);
  const taken: (Measured & { readonly scanS: number; readonly fewMb: number })[] = [];
  for (let round = 0; round < rounds; round++) {
    const scan = await time({ argv: [process.execPath, SCAN, log, "/dev/null"], cwd: place.folder });
    const { residentMb: fewMb } = await measured(place, small, FEW);
    taken.push({ ...(await measured(place, dir, count)), scanS: scan.seconds, fewMb });
  }
  const of = count.toLocaleString("en");
  const middle = (value: (one: (typeof taken)[number]) => number): number =>
    spread(taken.map((one) => value(one))).median;
  const scanned = "against a bare loop that verifies each record";
  const scanText = seconds(middle(({ scanS }) => scanS));
  const bytes = (one: (typeof taken)[number]): number => ((one.residentMb - one.fewMb) * 1e6) / (count - FEW);
  return [
    {
      id: "view-index",
      what: `view: until ${of} results are indexed, ${scanned}`,
      ours: seconds(middle(({ indexS }) => indexS)),
      theirs: scanText,
      ratio: spread(taken.map(({ indexS, scanS }) => indexS / scanS)),
      floor: INDEX_MOST,
      most: true,
    },
    {
      id: "view-search",
      what: `view: a text that none of ${of} results has, ${scanned}`,
      ours: seconds(middle(({ searchS }) => searchS)),
      theirs: scanText,
      ratio: spread(taken.map(({ searchS, scanS }) => searchS / scanS)),
      floor: SEARCH_MOST,
      most: true,
    },
    fixed("view-page", `view: ${PAGE_ROWS} rows in the middle of ${of} results`, PAGE_S, {
      values: taken.map(({ pageS }) => pageS),
      shown: seconds,
    }),
    fixed("view-memory", `view: memory for each of ${of} results, after a search`, BYTES_MAX, {
      values: taken.map(bytes),
      shown: (value) => `${value.toFixed(0)} bytes`,
    }),
    {
      id: "view-flat",
      what: `view: memory after ${SEARCHES} more searches of ${of} results, the second half of them against the first`,
      ours: `${middle(({ laterMb: [, second] }) => second).toFixed(0)} MB`,
      theirs: `${middle(({ laterMb: [first] }) => first).toFixed(0)} MB`,
      ratio: spread(taken.map(({ laterMb: [first, second] }) => second / first)),
      floor: FLAT_MOST,
      most: true,
    },
    fixed("view-base", `view: memory with ${FEW} results`, BASE_MB_MAX, {
      values: taken.map(({ fewMb }) => fewMb),
      shown: (value) => `${value.toFixed(0)} MB`,
    }),
  ];
}

/** Beside a number. */
function fixed(
  id: string,
  what: string,
  most: number,
  { values, shown }: { readonly values: readonly number[]; readonly shown: (value: number) => string },
): Row {
  return {
    id,
    what,
    ours: shown(spread(values).median),
    theirs: shown(most),
    ratio: spread(values.map((value) => value / most)),
    floor: 1,
    most: true,
    ideal: true,
  };
}

async function measured(place: Place, dir: string, count: number): Promise<Measured> {
  const child = Bun.spawn([CKPT, "view", "--json", "--dir", dir], {
    cwd: place.folder,
    stdout: "pipe",
    stderr: "ignore",
    env: { ...process.env, NO_COLOR: "1", LC_ALL: "C.UTF-8" },
  });
  try {
    const ask = await asking(child.stdout);
    const indexS = await timed(async () => {
      while ((await ask<Overview>("overview")).reading !== null);
    });
    const pages: number[] = [];
    for (let at = 0; at < PAGES; at++) {
      const from = Math.floor(count / 2) + at * PAGE_ROWS;
      pages.push(await timed(() => ask<Rows>("rows", { from: String(from), count: String(PAGE_ROWS) })));
    }
    const search = async (text: string): Promise<void> => {
      for (let rows; rows === undefined || rows.searched < rows.total;)
        rows = await ask<Rows>("rows", { search: text });
    };
    const searchS = await timed(() => search("zzz-nowhere-zzz"));
    const residentMb = residentOf(child.pid);
    const later: number[] = [];
    for (let at = 0; at < SEARCHES; at++) {
      await search(`zzz-nowhere-${at}`);
      later.push(residentOf(child.pid));
    }
    const half = (from: number): number => spread(later.slice(from, from + SEARCHES / 2)).median;
    return {
      indexS,
      pageS: spread(pages).median,
      searchS,
      residentMb,
      laterMb: [half(0), half(SEARCHES / 2)],
    };
  } finally {
    child.kill();
    await child.exited;
  }
}

type Ask = <T>(what: string, values?: Readonly<Record<string, string>>) => Promise<T>;

async function asking(stdout: ReadableStream<Uint8Array>): Promise<Ask> {
  let line = "";
  for await (const piece of stdout) if ((line += Buffer.from(piece).toString()).includes("\n")) break;
  const { url } = JSON.parse(line) as { readonly url: string };
  const [address = "", token = ""] = url.split("#token=");
  return async <T>(what: string, values: Readonly<Record<string, string>> = {}): Promise<T> => {
    const query = String(new URLSearchParams({ source: "checkpoint", ...values }));
    const headers = { authorization: `Bearer ${token}` };
    return (await (await fetch(`${address}api/${what}?${query}`, { headers })).json()) as T;
  };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

function residentOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  return (Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0) * 1024) / 1e6;
}
