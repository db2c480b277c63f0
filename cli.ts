// ckpt: says at once what it can say of itself, else hands the arguments to lib/commands. Sets the exit code.
import { saidAbout } from "./lib/commands/about.ts";

const words = process.argv.slice(2);
if (!(await saidAbout(words, process.env))) await perform();

async function perform(): Promise<void> {
  const [{ processHost }, { main }] = await Promise.all([
    import("./lib/commands/host.ts"),
    import("./lib/commands/main.ts"),
  ]);
  const host = processHost();
  const ending = await main(words, host);
  process.exitCode = ending.exitCode;
  // Timers and connections that a user's module has left open do not keep the program: all is saved and said by now.
  setTimeout(() => process.exit(), 500).unref();
  if (ending.signal !== undefined) host.dieBy(ending.signal);
}
