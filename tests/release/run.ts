// `bun run test:release`: everything that is proven of a release and of its ways to people, in full; `-- NAME` chooses, `--record` puts the figures into
// docs/release.md (tests/helpers/run-methods.ts).
import * as path from "node:path";
import type { Method } from "../crash/figures.ts";
import { runMethods } from "../helpers/run-methods.ts";
import { darwinSignatures } from "./darwin-signatures.ts";
import { debian } from "./debian.ts";
import { installScript, npmWrapper } from "./in-full.ts";
import { installed } from "./installed.ts";
import { otherProcessors } from "./other-processors.ts";
import { reproducible } from "./reproducible.ts";
import { signing } from "./signing.ts";
import { testFiles } from "./test-files.ts";
import { targetRuns } from "./target-runs.ts";

const METHODS: Readonly<Record<string, Method>> = {
  reproducible,
  "darwin-signatures": darwinSignatures,
  debian,
  installed,
  "install-script": installScript,
  "npm-wrapper": npmWrapper,
  signing,
  "other-processors": otherProcessors,
  "test-files": testFiles,
  targets: targetRuns,
};

await runMethods(METHODS, path.resolve(import.meta.dir, "../../docs/release.md"), process.argv.slice(2));
