// The checks of outputs that the options ask for: reads and compiles them before anything runs.
import { regexOf } from "../core/condition.ts";
import { CkptError } from "../core/errors.ts";
import type { Host } from "../cli/host.ts";
import type { Checks } from "../processors/check/with-checks.ts";
import { readText } from "./endpoint/make-endpoint.ts";
import type { RunSettings } from "./run-settings.ts";

/** Null without any. @throws check.*, endpoint.unreadable, endpoint.notText, usage.badValue */
export async function makeChecks(
  { validate, match }: Pick<RunSettings, "validate" | "match">,
  host: Host,
): Promise<Checks | null> {
  if (validate === null && match === null) return null;
  return {
    schema: validate === null ? null : await schemaOf(validate, host),
    match: match === null ? null : { source: match, regex: matchRegex(match) },
  };
}

async function schemaOf(path: string, host: Host): Promise<Checks["schema"]> {
  const { text, bytes } = readText("--validate", path, host);
  const { readSchema } = await import("../processors/check/schema.ts");
  return { ...readSchema(text, path), path, sha256: Bun.SHA256.hash(bytes, "hex") };
}

function matchRegex(source: string): RegExp {
  const regex = regexOf(source);
  if (regex === null)
    throw new CkptError("usage.badValue", { option: "--match", value: source, expected: "REGEX" });
  return regex;
}
