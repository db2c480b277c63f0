// Manifests held against the schemas that Kubernetes publishes, as the package kubernetes-models has compiled them. Strict: a key that no schema knows is an error, which the
// schemas alone let pass and a cluster only warns of.
import { validate as validateJob } from "kubernetes-models/_schemas/IoK8sApiBatchV1Job";
import { validate as validateClaim } from "kubernetes-models/_schemas/IoK8sApiCoreV1PersistentVolumeClaim";

/** A compiled schema, which leaves what is wrong at itself. */
type Schema = ((data: unknown) => boolean) & {
  readonly errors?: readonly { readonly instancePath: string; readonly keyword: string }[] | null;
};

const SCHEMAS: Readonly<Record<string, Schema>> = {
  "batch/v1 Job": validateJob,
  "v1 PersistentVolumeClaim": validateClaim,
};

/** What is wrong with a manifest: `/spec/completions: type`, `/spec/complections: unknown`. */
export function faultsOf(manifest: unknown): readonly string[] {
  const { apiVersion, kind } = manifest as Readonly<Record<string, unknown>>;
  const schema = SCHEMAS[`${String(apiVersion)} ${String(kind)}`];
  if (schema === undefined) return [`/kind: unknown`];
  // A compiled schema looks at the keys that it knows, and at no other.
  const seen = new Set<string>();
  schema(watched(manifest, "", seen));
  const faults = (schema.errors ?? []).map(({ instancePath, keyword }) => `${instancePath}: ${keyword}`);
  const unknown = pathsOf(manifest, "").filter((path) => !seen.has(path));
  return [...faults, ...unknown.map((path) => `${path}: unknown`)];
}

/** The same value, which notes the path of each key that is read. */
function watched(value: unknown, path: string, seen: Set<string>): unknown {
  if (typeof value !== "object" || value === null) return value;
  return new Proxy(value, {
    get: (target, key) => {
      const at = `${path}/${String(key)}`;
      seen.add(at);
      return watched(Reflect.get(target, key), at, seen);
    },
  });
}

function pathsOf(value: unknown, path: string): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = `${path}/${key}`;
    return [at].concat(pathsOf(inner, at));
  });
}
