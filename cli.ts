// ckpt: says at once what it can say of itself, else starts the command that the words name.
import { printAbout } from "./lib/start/about.ts";

const words = process.argv.slice(2);
if (!(await printAbout(words, process.env))) await (await import("./lib/start/start.ts")).start(words);
