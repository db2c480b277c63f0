// The shapes of the small files. A right checksum says that no byte has changed by accident, not that ckpt wrote them: what has another shape is
// treated as damaged, so that whoever reads a file may rely on its type.

/** A type's name, a list's element, or an object's keys; a key that ends in `?` may be null or left out. */
export type Shape = "text" | "number" | "flag" | readonly [Shape] | { readonly [key: string]: Shape };

/** Whether a value has a shape; keys that it does not name may be there. Numbers are finite. */
export function hasShape(value: unknown, shape: Shape): boolean {
  if (shape === "text") return typeof value === "string";
  if (shape === "number") return Number.isFinite(value);
  if (shape === "flag") return typeof value === "boolean";
  if (isList(shape)) return Array.isArray(value) && value.every((each) => hasShape(each, shape[0]));
  if (typeof value !== "object" || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  return Object.entries(shape).every(([key, inner]) => {
    const isOptional = key.endsWith("?");
    const field = fields.get(isOptional ? key.slice(0, -1) : key) ?? null;
    return field === null ? isOptional : hasShape(field, inner);
  });
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

const USAGE = { input_tokens: "number", output_tokens: "number", cost: "number" } as const;
const OUTPUT = { path: "text", "sha256?": "text" } as const;
const FINGERPRINT = { id: "text", parts: [{ name: "text", value: "text", shown: "text" }] } as const;
const PROCESSOR = { kind: "text", shown: "text" } as const;
const INPUT = {
  path: "text",
  format: "text",
  compression: "text",
  encoding: "text",
  "id_field?": "text",
  kept: "flag",
  size: "number",
  "mtime?": "text",
  sha256: "text",
  count: "number",
  repeated: "number",
  changes: "number",
} as const;
const COUNTS = { total: "number", completed: "number", failed: "number" } as const;
const RUN = {
  started_at: "text",
  "ended_at?": "text",
  pid: "number",
  host: "text",
  attempted: "number",
  succeeded: "number",
  failed: "number",
  active_ms: "number",
  "ended?": "text",
  "usage?": USAGE,
} as const;

export const STATUS_SHAPE: Shape = {
  generation: "number",
  session: { id: "text", nonce: "text", started_at: "text" },
  saved_at: "text",
  state: "text",
  input: INPUT,
  processor: PROCESSOR,
  fingerprint: FINGERPRINT,
  batch_size: "number",
  ...COUNTS,
  results_saved: "number",
  gone: "number",
  log: { bytes: "number", records: "number", last_sum: "text" },
  "output?": OUTPUT,
  usage: USAGE,
  runs: [RUN],
  errors: [{ kind: "text", count: "number", item: "text", message: "text" }],
  timeline: { bucket_ms: "number", counts: ["number"] },
};

export const MANIFEST_SHAPE: Shape = {
  name: "text",
  backup: "text",
  form: "text",
  reason: "text",
  created_at: "text",
  "session_id?": "text",
  "nonce?": "text",
  ...COUNTS,
  results_saved: "number",
  files: [{ name: "text", size: "number", sha256: "text" }],
};

export const RECEIPT_SHAPE: Shape = {
  session_id: "text",
  nonce: "text",
  finished_at: "text",
  exit_code: "number",
  "backup?": "text",
  input: INPUT,
  fingerprint: FINGERPRINT,
  processor: PROCESSOR,
  ...COUNTS,
  usage: USAGE,
  "run_usage?": USAGE,
  "output?": OUTPUT,
};

export const INTENT_SHAPE: Shape = {
  id: "text",
  out: ["text"],
  "target?": "text",
  "manifest?": "text",
  "stage?": "text",
  in: ["text"],
  "receipt?": "text",
};
