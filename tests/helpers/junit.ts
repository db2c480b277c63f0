// What a JUnit report of `bun test` says.

export type TestReport = {
  readonly tests: number;
  readonly failures: number;
  readonly skipped: number;
  /** Where and why, in the order of the report. */
  readonly failed: readonly { readonly file: string; readonly name: string; readonly text: string }[];
  readonly files: readonly { readonly file: string; readonly seconds: number }[];
};

/** @param xml empty when bun ended before it wrote one */
export function parseReport(xml: string): TestReport {
  const head = attributesOf(/<testsuites ([^>]*)>/.exec(xml)?.[1] ?? "");
  const suites = [...xml.matchAll(/^ {2}<testsuite ([^>]*)>/gm)].map(([, text = ""]) => attributesOf(text));
  return {
    tests: Number(head["tests"] ?? 0),
    failures: Number(head["failures"] ?? 0),
    skipped: Number(head["skipped"] ?? 0),
    failed: [...xml.matchAll(/<testcase ([^>]*[^/])>\s*<failure ([^>]*?)(?:\/>|>(.*?)<\/failure>)/gs)].map(
      ([, test = "", failure = "", text]) => {
        const { file = "", name = "", classname = "" } = attributesOf(test);
        const { message = "", type = "" } = attributesOf(failure);
        const path = [...classname.split(" > "), name].filter((part) => part !== "").join(" > ");
        return {
          file,
          name: path,
          text: text === undefined ? `${type}: ${message}` : unescaped(text).trim(),
        };
      },
    ),
    files: suites.map(({ file = "", time = "0" }) => ({ file, seconds: Number(time) })),
  };
}

function attributesOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, unescaped(value)]),
  );
}

const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function unescaped(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return NAMED[name] ?? whole;
  });
}
