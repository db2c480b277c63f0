// A chat endpoint on the same machine: against its latency, against a bare loop of fetch, against slots, and how full the window is kept.
import { join } from "node:path";
import { type EndpointOptions, startEndpoint } from "../endpoint-server.ts";
import { alone, pair, time, type Timed } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { idealRateRow, rateRow, type Row } from "../row.ts";

const JOBS = 64;
const LATENCY_MS = 20;
/** So that neither side is what is busy: the number of requests in flight is to be measured. */
const LONG_LATENCY_MS = 100;
/** Enough that the latencies even out, and the end of the window, which nobody keeps full, does not count. */
const WINDOW_COUNT = 1500;
const FIXED_JOBS = ["32", "48", "64"];

export function endpointRun(
  place: Place,
  input: string,
  baseUrl: string,
  jobs: string,
  more: readonly string[] = [],
): Timed {
  const request = ["--model", "mock", "--prompt", "{question}", "--base-url", baseUrl];
  const places = ["--dir", place.file("e"), "-o", place.file("out.jsonl")];
  return {
    argv: [CKPT, "run", input, ...request, "-j", jobs, "--progress", "none", ...places, ...more],
    cwd: place.folder,
    prepare: () => place.clean("e", "out.jsonl"),
  };
}

/** The bare loop of fetch. */
function loopArgv(baseUrl: string, input: string): readonly string[] {
  return [process.execPath, join(ROOT, "bench/limits/fetch-loop.ts"), baseUrl, input, String(JOBS)];
}

export async function endpointRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const input = place.questions(count);
  const server = await startEndpoint({ latencyMs: LATENCY_MS });
  try {
    const bare: Timed = {
      argv: loopArgv(server.baseUrl, input),
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

const STREAM_EVENTS = 50;

/** The same answers as streams, half of whose events come at once and the others after the latency; beside a bare loop, and the run without streams. */
export async function streamRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const input = place.questions(count);
  const server = await startEndpoint({ latencyMs: LATENCY_MS, events: STREAM_EVENTS });
  try {
    const streamed = endpointRun(place, input, server.baseUrl, String(JOBS), ["--stream"]);
    const bare: Timed = {
      argv: [...loopArgv(server.baseUrl, input), "stream"],
      cwd: place.folder,
    };
    const paired = await pair(streamed, bare, pairs);
    const plain = await pair(streamed, endpointRun(place, input, server.baseUrl, String(JOBS)), pairs);
    const ideal = (count * LATENCY_MS) / 1000 / JOBS;
    const what = `streams of ${STREAM_EVENTS} events over ${LATENCY_MS} ms, -j ${JOBS}, ${count.toLocaleString("en")} items`;
    return [
      idealRateRow("streams-ideal", `${what}, against ${JOBS}/0.020 s`, count, paired.ours, ideal, 0.7),
      rateRow("streams-fetch", `${what}, against a bare loop of fetch`, count, paired, null),
      rateRow("streams-plain", `${what}, against short answers without --stream`, count, plain, null),
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
  const endpoint: EndpointOptions = { latencyMs: LONG_LATENCY_MS, limits: { slots: 64, says: "nothing" } };
  const server = await startEndpoint(endpoint);
  try {
    let best: { readonly jobs: string; readonly seconds: number } | null = null;
    for (const jobs of FIXED_JOBS) {
      const { seconds } = await time(endpointRun(place, input, server.baseUrl, jobs));
      if (best === null || seconds < best.seconds) best = { jobs, seconds };
    }
    const run = (jobs: string): Timed => endpointRun(place, input, server.baseUrl, jobs);
    const paired = await pair(run("auto"), run(best?.jobs ?? "64"), pairs);
    const what = `an endpoint of ${LONG_LATENCY_MS} ms with 64 slots, -j auto, against the best of -j ${FIXED_JOBS.join(", ")} (${best?.jobs ?? ""})`;
    return [rateRow("endpoint-auto", what, count, paired, 0.95)];
  } finally {
    await server.stop();
  }
}

/** An endpoint whose answers take twice as long past 64 at once: `-j auto` against -j 64, by rate and by the time of an answer. */
export async function slowingRows(place: Place, count: number): Promise<Row[]> {
  const input = place.questions(count);
  const measured = async (jobs: string): Promise<{ readonly rate: number; readonly meanMs: number }> => {
    const server = await startEndpoint({ latencyMs: LONG_LATENCY_MS, slowPast: JOBS });
    const { seconds } = await time(endpointRun(place, input, server.baseUrl, jobs));
    return { rate: count / seconds, meanMs: (await server.stop()).meanMs };
  };
  const fixed = await measured(String(JOBS));
  const auto = await measured("auto");
  const what = `answers of ${LONG_LATENCY_MS} ms that take twice as long past ${JOBS} at once, -j auto, against -j ${JOBS}`;
  const row = (
    id: string,
    kind: string,
    ours: string,
    theirs: string,
    value: number,
  ): Omit<Row, "floor"> => ({
    id,
    what: `${what}: ${kind}`,
    ours,
    theirs,
    ratio: { median: value, min: value, max: value },
  });
  const perS = (rate: number): string => `${Math.round(rate).toLocaleString("en")}/s`;
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  const [rates, times] = [auto.rate / fixed.rate, auto.meanMs / fixed.meanMs];
  return [
    { ...row("slowing-rate", "rate", perS(auto.rate), perS(fixed.rate), rates), floor: 0.9 },
    {
      ...row("slowing-time", "time of an answer", ms(auto.meanMs), ms(fixed.meanMs), times),
      floor: 1.5,
      most: true,
    },
  ];
}

const MANY_JOBS = 1000;
const MANY_LATENCY_MS = 1000;
const MANY_SECONDS = 15;

/** A thousand requests at once, each answered after a second, with nothing set by hand. */
export async function manyRows(place: Place, pairs: number): Promise<Row[]> {
  const count = MANY_JOBS * MANY_SECONDS;
  const input = place.questions(count);
  const server = await startEndpoint({ latencyMs: MANY_LATENCY_MS });
  try {
    const ours = await alone(endpointRun(place, input, server.baseUrl, String(MANY_JOBS)), pairs);
    const what = `-j ${MANY_JOBS}, answers after 1 s, ${count.toLocaleString("en")} items, against 1 000/s`;
    return [idealRateRow("endpoint-many", what, count, ours, MANY_SECONDS, 0.9)];
  } finally {
    await server.stop();
  }
}
