// An endpoint that lets 600 requests a minute through: how much of that is used, and how few are refused. Takes as long as the limit says: three
// minutes for each row, all at the same time.
import { type EndpointOptions, startEndpoint } from "../endpoint-server.ts";
import { time } from "../measure.ts";
import { openPlace } from "../place.ts";
import type { Row } from "../row.ts";
import { endpointRun } from "./endpoint.ts";

const COUNT = 1800;
const PER_SECOND = 10;
const BURST = 10;
/** Between two requests of one cool-down lie more than these. */
const PAUSE_MS = 100;

type Case = {
  readonly id: string;
  readonly what: string;
  readonly options: readonly string[];
  readonly latencyMs: number;
  readonly says: NonNullable<EndpointOptions["limits"]>["says"];
};

const CASES: readonly Case[] = [
  { id: "rpm", what: "--rpm 600, 20 ms", options: ["--rpm", "600"], latencyMs: 20, says: "seconds" },
  {
    id: "rpm-slow",
    what: "--rpm 600, 500 ms, the endpoint says nothing",
    options: ["--rpm", "600"],
    latencyMs: 500,
    says: "nothing",
  },
  { id: "auto", what: "-j auto, 20 ms", options: [], latencyMs: 20, says: "seconds" },
  {
    id: "auto-nothing",
    what: "-j auto, 200 ms, the endpoint says nothing",
    options: [],
    latencyMs: 200,
    says: "nothing",
  },
];

export async function rateRows(): Promise<Row[]> {
  return (await Promise.all(CASES.map((one) => rateCase(one)))).flat();
}

async function rateCase({ id, what, options, latencyMs, says }: Case): Promise<Row[]> {
  const place = openPlace();
  const server = await startEndpoint({
    latencyMs,
    limits: { rpm: PER_SECOND * 60, burst: BURST, ...(says === undefined ? {} : { says }) },
  });
  try {
    const run = endpointRun(place, place.questions(COUNT), server.baseUrl, "auto");
    await time({ ...run, argv: [...run.argv, ...options] });
  } finally {
    place.remove();
  }
  return rowsOf(id, what, (await server.stop()).requests);
}

function rowsOf(
  id: string,
  what: string,
  requests: readonly { readonly atMs: number; readonly refused: boolean }[],
): Row[] {
  const behind = behindCoolDown(requests);
  const refused = behind.filter((request) => request.refused).length;
  const accepted = requests.filter((request) => !request.refused).length;
  const spanS = ((requests.at(-1)?.atMs ?? 0) - (requests[0]?.atMs ?? 0)) / 1000;
  const allowed = spanS * PER_SECOND + BURST;
  const one = (value: number): Row["ratio"] => ({ median: value, min: value, max: value });
  return [
    {
      id: `rate-used-${id}`,
      what: `600 requests a minute, ${what}: requests let through, against those the limit allows`,
      ours: String(accepted),
      theirs: allowed.toFixed(0),
      ratio: one(accepted / allowed),
      floor: 0.9,
      ideal: true,
    },
    {
      id: `rate-refused-${id}`,
      what: "the same: refused behind the first cool-down, against all behind it",
      ours: String(refused),
      theirs: String(behind.length),
      ratio: one(refused / Math.max(1, behind.length)),
      floor: 0.02,
      most: true,
      ideal: true,
    },
  ];
}

/** The requests behind the first cool-down, which begins with the first refusal and ends where requests come again. */
function behindCoolDown<T extends { readonly atMs: number; readonly refused: boolean }>(
  requests: readonly T[],
): readonly T[] {
  const first = requests.find((request) => request.refused);
  if (first === undefined) return requests;
  const resumed = requests.findIndex(
    ({ atMs }, at) => atMs > first.atMs && atMs - (requests[at - 1]?.atMs ?? 0) > PAUSE_MS,
  );
  return requests.slice(Math.max(0, resumed));
}
