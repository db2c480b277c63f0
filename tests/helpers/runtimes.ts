// Where tests find Bun's runtimes for other platforms: in the cache of the user who runs the tests, which `bun scripts/release.ts --download` fills.
import { homedir } from "node:os";
import { defaultCacheFolder } from "../../scripts/release/runtimes.ts";

export const RUNTIMES: string = defaultCacheFolder(process.env["CKPT_TEST_HOME"] ?? homedir());
