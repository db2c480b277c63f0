// Loaded before every test file (bunfig.toml). Tests start real programs, so each has a minute instead of five seconds.
import { setDefaultTimeout } from "bun:test";

setDefaultTimeout(60_000);
