// What the long kill loop runs: one job of each kind of processor, that says of every attempt which run made it. The mark stands in a file that
// is appended to as the attempt begins (of an endpoint: in what it was asked), so the order of the marks is the order of the attempts.
import * as path from "node:path";
import { read, writeLines } from "../helpers/ckpt.ts";
import { mockEndpoint } from "../helpers/mock-endpoint.ts";

export const KINDS = ["command", "module", "worker", "endpoint"] as const;
export type Kind = (typeof KINDS)[number];

/** An attempt: the number of the run that made it, the item's index, and which of its answers was wanted; null where only ckpt knows that. */
export type Mark = { readonly run: number; readonly index: number; readonly repeat: number | null };

export type Subject = {
  /** The words that choose the processor. */
  readonly words: readonly string[];
  /** Environment of the run of that number. */
  env(run: number): Record<string, string>;
  attempts(): readonly Mark[];
  /** Runs in the order in which their processes made themselves felt, those that had left their group included. */
  traces(): readonly number[];
  stop(): Promise<void>;
};

export type Shape = {
  readonly folder: string;
  readonly items: number;
  readonly latencyMs: number;
  /** Items with one worker at once. */
  readonly inflight: number;
};

const WORKER = path.resolve(import.meta.dir, "../fixtures/workers/mark.py");

/** Every second item equals the one before, so that only its occurrence tells it apart; an endpoint is asked by its text, so there none does. */
export function textsOf(kind: Kind, items: number): readonly string[] {
  return Array.from({ length: items }, (_, i) => `t${kind === "endpoint" ? i : i - (i % 2)}`);
}

export function subjectOf(kind: Kind, shape: Shape): Promise<Subject> {
  switch (kind) {
    case "command":
      return Promise.resolve(marking(shape, commandWords(shape)));
    case "module":
      writeLines(shape.folder, "answer.ts", moduleLines(shape.latencyMs));
      return Promise.resolve(marking(shape, ["--module", "answer.ts"]));
    case "worker":
      return Promise.resolve(
        marking(
          shape,
          `--worker-inflight ${shape.inflight} --worker -- python3 ${WORKER} ${shape.latencyMs / 1000}`.split(
            " ",
          ),
        ),
      );
    case "endpoint":
      return asking(shape.latencyMs);
  }
}

/** Every fifth command leaves a process behind that has left its group, outlives it, and says so later. */
function commandWords({ latencyMs }: Shape): readonly string[] {
  const script = [
    'echo "$RUN $CKPT_ITEM_INDEX $CKPT_ITEM_REPEAT" >> marks',
    "if [ $((CKPT_ITEM_INDEX % 5)) = 0 ]; then setsid sh -c 'sleep 0.2; echo \"$RUN late\" >> marks' & fi",
    `sleep ${latencyMs / 1000}`,
    'printf "answer to %s" "$1"',
  ];
  return ["--", "sh", "-c", script.join("\n"), "x", "{text}"];
}

function moduleLines(latencyMs: number): readonly string[] {
  return [
    'import { appendFileSync } from "node:fs";',
    "export async function process(item: { text: string }, context: { index: number; repeat: number }) {",
    '  appendFileSync("marks", `${globalThis.process.env.RUN} ${context.index} ${context.repeat}\\n`);',
    `  await Bun.sleep(${latencyMs});`,
    '  return "answer to " + item.text;',
    "}",
  ];
}

function marking({ folder }: Shape, words: readonly string[]): Subject {
  const lines = (): string[][] => {
    try {
      return read(folder, "marks")
        .trim()
        .split("\n")
        .map((line) => line.split(" "));
    } catch {
      return []; // no attempt yet
    }
  };
  return {
    words,
    env: (run) => ({ RUN: String(run) }),
    attempts: () =>
      lines()
        .filter(([, index]) => index !== "late")
        .map(([run, index, repeat]) => ({ run: Number(run), index: Number(index), repeat: Number(repeat) })),
    traces: () => lines().map(([run]) => Number(run)),
    stop: () => Promise.resolve(),
  };
}

/** The key says which run asks. The mock may hear the last words of a killed run late, so the order tells nothing here. */
async function asking(latencyMs: number): Promise<Subject> {
  const mock = await mockEndpoint({ latencyMs });
  return {
    words: ["--model", "mock", "--prompt", "{text}", "--base-url", mock.url, "--retry-delay", "1ms"],
    env: (run) => ({ OPENAI_API_KEY: `run-${run}` }),
    attempts: () =>
      mock.asked.map(({ prompt, headers }) => ({
        run: Number(headers.authorization?.split("-").at(-1)),
        index: Number(prompt.slice(1)),
        repeat: null,
      })),
    traces: () => [],
    stop: () => mock.stop(),
  };
}
