// ckpt: hands the arguments to lib/commands and sets the exit code.
import { processHost } from "./lib/commands/host.ts";
import { main } from "./lib/commands/main.ts";

const host = processHost();
const ending = await main(process.argv.slice(2), host);
process.exitCode = ending.exitCode;
// Timers and connections that a user's module has left open do not keep the program: all is saved and said by now.
setTimeout(() => process.exit(), 500).unref();
if (ending.signal !== undefined) host.dieBy(ending.signal);
