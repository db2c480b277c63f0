import { expect, test } from "bun:test";
import { defaultOutput, OUTPUT_NAMES, outputFormatOf } from "../../lib/output/output-format.ts";
import { SHAPE_ARGUMENTS } from "../../lib/job/arguments/shape-arguments.ts";
import { helpText } from "../../lib/start/help-texts.ts";

test.each([
  ["-", "jsonl"],
  ["out.jsonl", "jsonl"],
  ["out.ndjson", "jsonl"],
  ["a.b/out.JSON", "json"],
  ["out.results.csv", "csv"],
  ["out.tsv", "tsv"],
  ["out.parquet", "parquet"],
  ["out.batch.jsonl", "openai-batch"],
  ["a/OUT.Batch.JSONL", "openai-batch"],
  ["batch.jsonl", "jsonl"],
  ["a.batch/.batch.jsonl", "jsonl"],
  ["/dev/null", "jsonl"],
  ["/dev/fd/63", "jsonl"],
  ["/proc/self/fd/1", "jsonl"],
] as const)("%s is written as %s", (path, format) => {
  expect(outputFormatOf(path)).toBe(format);
});

test.each(["out", "out.txt", "out.jsonl.gz", "data.csv/out", ".jsonl"])(
  "%s is of no known format",
  (path) => {
    expect(() => outputFormatOf(path)).toThrow(expect.objectContaining({ code: "output.unknownFormat" }));
  },
);

test.each([
  ["questions.jsonl", "questions.results.jsonl"],
  ["data/questions.csv.gz", "questions.results.jsonl"],
  ["/tmp/a.v2.JSON.ZST", "a.v2.results.jsonl"],
  ["questions.log", "questions.results.jsonl"],
  ["questions", "questions.results.jsonl"],
  ["questions.gz", "questions.results.jsonl"],
  [".jsonl", ".jsonl.results.jsonl"],
  [".gz", ".gz.results.jsonl"],
  ["-", "stdin.results.jsonl"],
])("the output of %s is %s unless another is named", (input, output) => {
  expect(defaultOutput(input)).toBe(output);
});

test("--output-format takes the name of each format", () => {
  const formats = OUTPUT_NAMES.map((extension) => outputFormatOf(`x${extension}`));
  expect<readonly string[]>(SHAPE_ARGUMENTS["output-format"].options).toEqual(formats);
});

test("help and the error for another extension name each format by one extension", async () => {
  const formats = OUTPUT_NAMES.map((extension) => outputFormatOf(`x${extension}`));
  expect(new Set(formats).size).toBe(formats.length);
  for (const name of ["run", "export"])
    expect(helpText(name, "en")?.replaceAll(/\s+/g, " ")).toContain(`(${OUTPUT_NAMES.join(" ")})`);
  const known = expect.objectContaining({ params: { path: "x.docx", extensions: OUTPUT_NAMES } });
  expect(() => outputFormatOf("x.docx")).toThrow(known);
});
