// The shapes of the small files. A right checksum says that no byte has changed by accident, not that ckpt wrote them: what has another shape is
// treated as damaged, so that whoever reads a file may rely on its type.

type Scalar = "string" | "number" | "boolean";

/** A type's name, a list's element, or an object's keys; a key that ends in `?` may be null or left out. */
export type Shape = Scalar | readonly [Shape] | Fields;
type Fields = { readonly [key: string]: Shape };

/** Whether a value has a shape; keys that it does not name may be there. Numbers are finite. */
export function hasShape(value: unknown, shape: Shape): boolean {
  if (typeof shape === "string") return typeof value === shape && value !== Infinity && value !== -Infinity;
  if (isList(shape)) return Array.isArray(value) && value.every((each) => hasShape(each, shape[0]));
  return typeof value === "object" && value !== null && hasFields(new Map(Object.entries(value)), shape);
}

/** Calls nothing for single values: a function that is called for each value of a status is compiled, and `ckpt info` waits for that. */
function hasFields(found: ReadonlyMap<string, unknown>, fields: Fields): boolean {
  for (const [key, shape] of Object.entries(fields)) {
    const isOptional = key.endsWith("?");
    const value = found.get(isOptional ? key.slice(0, -1) : key) ?? null;
    if (value === null) {
      if (!isOptional) return false;
    } else if (typeof value === shape) {
      if (value === Infinity || value === -Infinity) return false; // what JSON.parse makes of `1e999`
    } else if (!hasShape(value, shape)) {
      return false;
    }
  }
  return true;
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

const USAGE = { input_tokens: "number", output_tokens: "number", cost: "number" } as const;
const OUTPUT = {
  path: "string",
  "sha256?": "string",
  "replaces?": "string",
  "chosen?": "boolean",
} as const;
const FINGERPRINT = { id: "string", parts: [{ name: "string", value: "string", shown: "string" }] } as const;
const PROCESSOR = { kind: "string", shown: "string" } as const;
const INPUT = {
  path: "string",
  format: "string",
  compression: "string",
  encoding: "string",
  "id_field?": "string",
  kept: "boolean",
  size: "number",
  "mtime?": "string",
  sha256: "string",
  count: "number",
  repeated: "number",
  changes: "number",
  "delimiter?": "string",
  "words?": ["string"],
  "files?": "number",
  "json_path?": "string",
  "within?": "string",
  "query?": "string",
} as const;
const COUNTS = { total: "number", completed: "number", failed: "number" } as const;
const RUN = {
  started_at: "string",
  "ended_at?": "string",
  pid: "number",
  host: "string",
  attempted: "number",
  succeeded: "number",
  failed: "number",
  active_ms: "number",
  "ended?": "string",
  "usage?": USAGE,
  "to_do?": "number",
  "rate_per_s?": "number",
} as const;

const SCOPE = {
  "repeat?": "number",
  "selection?": { where: ["string"], "sample?": { count: "number", seed: "string" } },
  "rerun?": { what: ["string"], to_seq: "number" },
  "shard?": { rule: "string", index: "number", count: "number", input_count: "number" },
} as const;

export const STATUS_SHAPE: Shape = {
  generation: "number",
  session: { id: "string", nonce: "string", started_at: "string" },
  saved_at: "string",
  state: "string",
  input: INPUT,
  processor: PROCESSOR,
  fingerprint: FINGERPRINT,
  "words?": ["string"],
  "cwd?": "string",
  batch_size: "number",
  ...COUNTS,
  results_saved: "number",
  gone: "number",
  log: { bytes: "number", records: "number", last_sum: "string" },
  "output?": OUTPUT,
  usage: USAGE,
  runs: [RUN],
  errors: [{ kind: "string", count: "number", item: "string", message: "string" }],
  timeline: { bucket_ms: "number", counts: ["number"] },
  ...SCOPE,
};

export const MANIFEST_SHAPE: Shape = {
  name: "string",
  backup: "string",
  form: "string",
  reason: "string",
  created_at: "string",
  "session_id?": "string",
  "nonce?": "string",
  ...COUNTS,
  results_saved: "number",
  "cleared?": "boolean",
  "job?": { fp: "string", input: INPUT, processor: PROCESSOR, "output?": OUTPUT, ...SCOPE },
  files: [{ name: "string", size: "number", sha256: "string" }],
};

export const RECEIPT_SHAPE: Shape = {
  session_id: "string",
  nonce: "string",
  finished_at: "string",
  exit_code: "number",
  "backup?": "string",
  input: INPUT,
  fingerprint: FINGERPRINT,
  processor: PROCESSOR,
  "batch_size?": "number",
  ...COUNTS,
  usage: USAGE,
  "run_usage?": USAGE,
  "output?": OUTPUT,
  ...SCOPE,
};

export const EXPORTS_SHAPE: Shape = {
  files: [{ path: "string", nonce: "string", sha256: ["string"] }],
};

export const INTENT_SHAPE: Shape = {
  id: "string",
  out: ["string"],
  "target?": "string",
  "manifest?": "string",
  "stage?": "string",
  in: ["string"],
  "receipt?": "string",
};
