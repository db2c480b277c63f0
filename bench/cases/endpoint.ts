// A chat endpoint on the same machine: against its latency, against a bare loop of fetch, against slots, and how full the window is kept.
import { join } from "node:path";
import { type EndpointOptions, startEndpoint } from "../endpoint-server.ts";
import { pair, time, type Timed } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { idealRateRow, rateRow, type Row } from "../row.ts";

const JOBS = 64;
const LATENCY_MS = 20;
/** Enough that the latencies even out, and the end of the window, which nobody keeps full, does not count. */
const WINDOW_COUNT = 1500;
const FIXED_JOBS = ["32", "48", "64"];

export function endpointRun(place: Place, input: string, baseUrl: string, jobs: string): Timed {
  const request = ["--model", "mock", "--prompt", "{question}", "--base-url", baseUrl];
  const places = ["--dir", place.file("e"), "-o", place.file("out.jsonl")];
  return {
    argv: [CKPT, "run", input, ...request, "-j", jobs, "--progress", "none", ...places],
    cwd: place.folder,
    prepare: () => place.clean("e", "out.jsonl"),
  };
}

export async function endpointRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const input = place.questions(count);
  const server = await startEndpoint({ latencyMs: LATENCY_MS });
  try {
    const bare: Timed = {
      argv: [process.execPath, join(ROOT, "bench/limits/fetch-loop.ts"), server.baseUrl, input, String(JOBS)],
      cwd: place.folder,
    };
    const paired = await pair(endpointRun(place, input, server.baseUrl, String(JOBS)), bare, pairs);
    const ideal = (count * LATENCY_MS) / 1000 / JOBS;
    const what = `a chat endpoint of ${LATENCY_MS} ms, -j ${JOBS}, ${count.toLocaleString("en")} items`;
    return [
      idealRateRow("endpoint-ideal", `${what}, against ${JOBS}/0.020 s`, count, paired.ours, ideal, 0.85),
      rateRow("endpoint-fetch", `${what}, against a bare loop of fetch`, count, paired, null),
    ];
  } finally {
    await server.stop();
  }
}

/** Latencies from 10 ms to 2 s: however they fall, as many requests as were asked for are in flight. */
export async function inFlightRows(place: Place): Promise<Row[]> {
  const input = place.questions(WINDOW_COUNT);
  const server = await startEndpoint({ latencyMs: 10, latencyMsMax: 2000 });
  await time(endpointRun(place, input, server.baseUrl, String(JOBS)));
  const { meanAtOnce, mostAtOnce } = await server.stop();
  const ratio = meanAtOnce / JOBS;
  return [
    {
      id: "endpoint-in-flight",
      what: `latencies from 10 ms to 2 s, -j ${JOBS}: requests in flight on average until the last one is sent, as the endpoint counts them`,
      ours: `${meanAtOnce.toFixed(1)} (at most ${mostAtOnce})`,
      theirs: String(JOBS),
      ratio: { median: ratio, min: ratio, max: ratio },
      floor: 0.9,
      ideal: true,
    },
  ];
}

/** An endpoint with 64 slots that refuses what is beyond them without a word: `-j auto` against the best fixed number. */
export async function slotsRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const input = place.questions(count);
  const endpoint: EndpointOptions = { latencyMs: LATENCY_MS, limits: { slots: 64, says: "nothing" } };
  const server = await startEndpoint(endpoint);
  try {
    let best: { readonly jobs: string; readonly seconds: number } | null = null;
    for (const jobs of FIXED_JOBS) {
      const { seconds } = await time(endpointRun(place, input, server.baseUrl, jobs));
      if (best === null || seconds < best.seconds) best = { jobs, seconds };
    }
    const run = (jobs: string): Timed => endpointRun(place, input, server.baseUrl, jobs);
    const paired = await pair(run("auto"), run(best?.jobs ?? "64"), pairs);
    const what = `the same with 64 slots, -j auto, against the best of -j ${FIXED_JOBS.join(", ")} (${best?.jobs ?? ""})`;
    return [rateRow("endpoint-auto", what, count, paired, 0.7)];
  } finally {
    await server.stop();
  }
}
