// ckpt: hands the arguments to lib/commands and sets the exit code.
import { processHost } from "./lib/commands/host.ts";
import { main } from "./lib/commands/main.ts";

const host = processHost();
const ending = await main(process.argv.slice(2), host);
process.exitCode = ending.exitCode;
if (ending.signal !== undefined) host.dieBy(ending.signal);
