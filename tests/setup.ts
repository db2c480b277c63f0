// Loaded before every test file (bunfig.toml). Tests start real programs, so each has a minute instead of five seconds. Property tests draw from the
// one seed of all tests.
import { setDefaultTimeout } from "bun:test";
import fc from "fast-check";
import { fixEnvironment } from "./helpers/environment.ts";
import { SEED } from "./helpers/seed.ts";

setDefaultTimeout(60_000);
fixEnvironment();
fc.configureGlobal({ seed: SEED });
