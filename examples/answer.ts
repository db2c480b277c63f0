// A processor for examples/questions.jsonl: `ckpt run examples/questions.jsonl --id id --module examples/answer.ts`.
// It stands for a slow service: every question takes 90 to 230 ms, the same each time, and ends early when told to.

type Question = {
  readonly question: string;
  /** The answer on record; only compared with, never looked at to find one. */
  readonly answer: string;
} & (
  | { readonly kind: "arithmetic"; readonly expression: string }
  | { readonly kind: "series"; readonly series: readonly number[] }
  | { readonly kind: "word"; readonly operation: string; readonly text: string }
  | { readonly kind: "reading"; readonly context: string; readonly choices: readonly string[] }
);

type Context = {
  /** The item's place in the input, from 0. */
  readonly index: number;
  readonly id: string;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  readonly session: string;
  /** Aborted when the run is stopped or the time for this attempt is over. */
  readonly signal: AbortSignal;
};

type Answer = { readonly answer: string; readonly correct: boolean };

/** Answers one question. What is returned becomes the output; what is thrown becomes a failed attempt. */
export async function process(item: Question, context: Context): Promise<Answer> {
  await think(delayMsOf(context.id), context.signal);
  const answer = solve(item);
  return { answer, correct: answer === item.answer };
}

function solve(item: Question): string {
  switch (item.kind) {
    case "arithmetic":
      return String(Number(calculate(item.expression).toFixed(6)));
    case "series":
      return String(nextOf(item.series));
    case "word":
      return solveWord(item.operation, item.text);
    case "reading":
      return choose(item.context, item.choices);
  }
}

/** Waits; rejects with the signal's reason as soon as it is aborted. */
function think(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason instanceof Error ? signal.reason : new Error("stopped"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, delayMs);
    if (signal.aborted) {
      stop();
    } else {
      signal.addEventListener("abort", stop, { once: true });
    }
  });
}

/** 90 to 230 ms, spread over the ids. */
function delayMsOf(id: string): number {
  return 90 + (Bun.hash.crc32(id) % 141);
}

/** The value of an expression of numbers, + - * / % ^ and brackets. A row of operators binds tighter than the one above. */
function calculate(expression: string): number {
  const tokens = expression.match(/\d+(?:\.\d+)?|[-+*/%^()]/g) ?? [];
  let at = 0;

  const level = (operators: string, operand: () => number): number => {
    let value = operand();
    for (let operator = tokens[at]; operator && operators.includes(operator); operator = tokens[at]) {
      at += 1;
      value = apply(operator, value, operand());
    }
    return value;
  };
  const sum = (): number => level("+-", () => level("*/%", () => level("^", atom)));
  const atom = (): number => {
    const token = tokens[at];
    at += 1;
    if (token !== "(") {
      return Number(token);
    }
    const value = sum();
    at += 1; // the closing bracket
    return value;
  };

  const value = sum();
  if (at !== tokens.length || Number.isNaN(value)) {
    throw new Error(`Cannot calculate: ${expression}`);
  }
  return value;
}

function apply(operator: string, left: number, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
    default:
      return left ** right;
  }
}

/** The next number: by the common ratio if there is one, else by differences of differences until they are all equal. */
function nextOf(series: readonly number[]): number {
  const ratios = series.slice(1).map((value, index) => value / (series[index] ?? 1));
  const ratio = ratios[0] ?? 1;
  return allEqual(ratios) ? (series.at(-1) ?? 0) * ratio : nextByDifferences(series);
}

function nextByDifferences(series: readonly number[]): number {
  const last = series.at(-1) ?? 0;
  if (series.length < 2) {
    throw new Error("Cannot continue the series: no rule found");
  }
  if (allEqual(series)) {
    return last;
  }
  return last + nextByDifferences(series.slice(1).map((value, index) => value - (series[index] ?? 0)));
}

function allEqual(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

function solveWord(operation: string, text: string): string {
  const characters = Array.from(text);
  const words = text.split(" ");
  switch (operation) {
    case "reverse":
      return characters.toReversed().join("");
    case "length":
      return String(characters.length);
    case "sort":
      return characters.toSorted().join("");
    case "vowels":
      return String(characters.filter((character) => "aeiou".includes(character)).length);
    case "initials":
      return words.map((word) => Array.from(word)[0]).join("");
    case "longest":
      return words.reduce((longest, word) => (word.length > longest.length ? word : longest));
    case "last":
      return characters.at(-1) ?? "";
    case "repeated":
      return characters.find((character, index) => characters.indexOf(character) < index) ?? "";
    default:
      throw new Error(`Cannot answer: unknown operation ${operation}`);
  }
}

/** The choice with the largest share of its pairs of characters in the context. */
function choose(context: string, choices: readonly string[]): string {
  const scored = choices.map((choice) => ({ choice, score: overlap(context, choice) }));
  return scored.reduce((best, other) => (other.score > best.score ? other : best)).choice;
}

function overlap(context: string, choice: string): number {
  if (choice.length < 2) {
    return context.includes(choice) ? 1 : 0;
  }
  const pairs = Array.from({ length: choice.length - 1 }, (_, start) => choice.slice(start, start + 2));
  return pairs.filter((pair) => context.includes(pair)).length / pairs.length;
}
