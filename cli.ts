// ckpt: says at once what it can say of itself, or to a shell that completes a line; else starts the command that the words name.
import { printAbout } from "./lib/start/about.ts";

const words = process.argv.slice(2);
if (words[0] === "__complete")
  await (await import("./lib/start/complete.ts")).complete(words.slice(1), process.env);
else if (!(await printAbout(words, process.env))) await (await import("./lib/start/start.ts")).start(words);
