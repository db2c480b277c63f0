// `bun run build`: compiles dist/ckpt for this machine. A release is compiled in the same way, for every target (`bun run release`).
import * as path from "node:path";
import { compile } from "./release/compile.ts";

const root = path.resolve(import.meta.dir, "..");
console.log(await compile({ root, folder: path.join(root, "dist") }));
