// What a run will cost: estimated before it (`--dry-run`), projected while it goes on. The compiled executable against a mock endpoint.
import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { ckpt, newFolder, type Ran, writeLines } from "../helpers/ckpt.ts";
import { type MockEndpoint, mockEndpoint } from "../helpers/mock-endpoint.ts";

setDefaultTimeout(60_000);

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

const URL_OF_NOBODY = "http://127.0.0.1:9/v1";
const PRICES = ["--price-in", "1000000", "--price-out", "2000000"];

function folderWith(count: number): string {
  const folder = newFolder();
  writeLines(
    folder,
    "q.jsonl",
    // 100 characters each, but the last one, of 200
    Array.from({ length: count }, (_, at) =>
      JSON.stringify({ id: at, q: "x".repeat(at === count - 1 ? 200 : 100) }),
    ),
  );
  return folder;
}

function run(folder: string, more: readonly string[], url: string = URL_OF_NOBODY): Promise<Ran> {
  const given = `run q.jsonl --id id --model m --prompt {q} --base-url ${url} -j 1`;
  return ckpt(folder, [...given.split(" "), ...more]);
}

type Estimate = {
  readonly requests: number;
  readonly items: number;
  readonly input_tokens: number;
  readonly output_tokens: number | null;
  readonly input_tokens_max: number;
  readonly first: readonly object[];
  readonly cost: {
    readonly input: number;
    readonly output: number | null;
    readonly total: number | null;
  } | null;
  readonly time: { readonly min_ms: number; readonly by: string } | null;
};

async function estimateOf(folder: string, more: readonly string[]): Promise<Estimate> {
  const ran = await run(folder, ["--dry-run", "--json", ...more]);
  return (JSON.parse(ran.out) as { estimate: Estimate }).estimate;
}

test("--dry-run estimates tokens by item and in all, cost and time", async () => {
  const folder = folderWith(10);
  const limits = ["--param", "max_tokens=50", "--rpm", "60", "--tpm", "1000000"];
  const estimate = await estimateOf(folder, [...limits, ...PRICES]);
  // 4 for the message, and 100 or 200 characters of 4 a token
  expect(estimate).toEqual({
    requests: 10,
    items: 10,
    input_tokens: 9 * 29 + 54,
    output_tokens: 500,
    input_tokens_max: 54,
    first: Array.from({ length: 3 }, () => ({ input_tokens: 29, output_tokens: 50 })),
    cost: { input: 315, output: 1000, total: 1315 },
    time: { min_ms: 10_000, by: "rpm" },
  });
  const { out } = await run(folder, ["--dry-run", ...limits, ...PRICES]);
  expect(out).toContain(
    "about 315 tokens of input, at most 500 of output; about 32 of input an item, at most 54",
  );
  expect(out.match(/^ {2}about 29 tokens of input, at most 50 of output$/gm)).toHaveLength(3);
  expect(out).toContain(
    "Cost: at most about 1,315.00: 315.00 for the input, at most 1,000.00 for the answers",
  );
  expect(out).toContain("Time: at least 10s, at 60 requests a minute (--rpm)");
  const chinese = await run(folder, ["--dry-run", "--lang", "zh", ...limits, ...PRICES]);
  expect(chinese.out).toContain("费用：至多约 1,315.00，其中输入 315.00，回答至多 1,000.00");
  expect(chinese.out).toContain("用时：至少 10秒，按每分钟 60 次请求计（--rpm）");
});

test("the limits of several endpoints add up; one without a limit leaves the time unknown", async () => {
  const folder = folderWith(10);
  const at = (port: number, more = ""): string[] => ["--endpoint", `url=http://127.0.0.1:${port}/v1${more}`];
  const timeOf = async (more: readonly string[]): Promise<Estimate["time"]> => {
    const words = `run q.jsonl --model m --prompt {q} --dry-run --json`.split(" ");
    return (JSON.parse((await ckpt(folder, [...words, ...more])).out) as { estimate: Estimate }).estimate
      .time;
  };
  expect(await timeOf([...at(7, ",rpm=30"), ...at(8), "--rpm", "90"])).toEqual({ min_ms: 5000, by: "rpm" });
  expect(await timeOf(at(7, ",rpm=60"))).toEqual({ min_ms: 10_000, by: "rpm" });
  expect(await timeOf([...at(7, ",rpm=30"), ...at(8)])).toBeNull();
});

test("what is unknown is said: no bound of the answers, no prices, no limits", async () => {
  const folder = folderWith(10);
  expect(await estimateOf(folder, PRICES)).toMatchObject({
    output_tokens: null,
    cost: { input: 315, output: null, total: null },
    time: null,
  });
  expect(await estimateOf(folder, ["--tpm", "315"])).toMatchObject({
    cost: null,
    time: { min_ms: 60_000, by: "tpm" },
  });
  const priced = (await run(folder, ["--dry-run", ...PRICES])).out;
  expect(priced).toContain("Cost: about 315.00 for the input; that of the answers is not included");
  expect(priced).toContain("Time: unknown without --rpm or --tpm");
  const plain = (await run(folder, ["--dry-run", "--tpm", "315"])).out;
  expect(plain).toContain("Cost: unknown without --price-in and --price-out");
  expect(plain).toContain("at 315 tokens a minute (--tpm); the tokens of the answers are not included");
});

type Event = {
  readonly event: string;
  readonly done: number;
  readonly cost?: number;
  readonly projected_cost?: number;
};

test("after 20 results progress has the projected cost of all that is pending, also with --limit", async () => {
  const usage = { prompt_tokens: 1, completion_tokens: 1 };
  mock = await mockEndpoint({ reply: () => ({ kind: "answer", usage }) });
  const folder = folderWith(100);
  const events = async (limit: number): Promise<Event[]> => {
    const ran = await run(folder, ["--progress", "json", "--limit", String(limit), ...PRICES], mock?.url);
    return ran.err
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Event)
      .filter(({ event }) => event === "progress");
  };
  const few = await events(19);
  expect(few.at(-1)).toMatchObject({ done: 19, cost: 57 });
  expect(few.some((event) => "projected_cost" in event)).toBe(false);
  // 57 of the first run are counted, and all that is left.
  expect((await events(20)).at(-1)).toMatchObject({ done: 20, cost: 117, projected_cost: 300 });
});
