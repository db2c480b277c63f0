// `bun run release`: makes dist/release/ of the commit that is checked out, and signs it where a key is given. How to make a release: docs/release.md.
import * as path from "node:path";
import { parseArgs } from "node:util";
import { readCheckout } from "./release/checkout.ts";
import { makeRelease, signRelease } from "./release/make-release.ts";
import { publicKeyText, readSecretKey, type SecretKey } from "./release/minisign.ts";
import { PUBLIC_KEY } from "./release/repository.ts";
import { ToolError } from "./release/run-tool.ts";
import { defaultCacheFolder, downloadRuntimes } from "./release/runtimes.ts";
import { targetNamed, TARGETS } from "./release/targets.ts";

const ROOT = path.resolve(import.meta.dir, "..");
const HELP = `usage: bun run release [-- OPTIONS]
  --target NAME   only this target; repeatable: ${TARGETS.map((target) => target.name).join(", ")}
  --out FOLDER    instead of dist/release
  --cache FOLDER  where runtimes are kept, instead of ${defaultCacheFolder()}
  --allow-dirty   also when files differ from the commit, to try something out
  --download      only fill the folder of runtimes: a release needs no network afterwards
  --sign FOLDER   only sign the release in FOLDER, which was made of this commit
A secret key of minisign (the text of its file) in MINISIGN_SECRET_KEY signs, with its password in MINISIGN_PASSWORD.
`;

async function main(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      target: { type: "string", multiple: true },
      out: { type: "string", default: path.join(ROOT, "dist", "release") },
      cache: { type: "string", default: defaultCacheFolder() },
      "allow-dirty": { type: "boolean", default: false },
      download: { type: "boolean", default: false },
      sign: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [out, cacheFolder] = [path.resolve(values.out), path.resolve(values.cache)];
  const targets = values.target?.map(targetNamed) ?? TARGETS;
  if (values.help) return console.log(HELP);
  if (values.download) return await downloadRuntimes(targets, cacheFolder);
  const key = signingKey(process.env["MINISIGN_SECRET_KEY"], process.env["MINISIGN_PASSWORD"]);
  if (values.sign !== undefined) {
    if (key === undefined) throw new Error("there is no key: set MINISIGN_SECRET_KEY");
    return console.log(signRelease(values.sign, await readCheckout(ROOT, true), key));
  }
  const checkout = await readCheckout(ROOT, values["allow-dirty"]);
  const report = (name: string, bytes: number): void => console.log(`${String(bytes).padStart(11)}  ${name}`);
  await makeRelease({ checkout, targets, out, cacheFolder, report });
  if (key !== undefined) console.log(signRelease(out, checkout, key));
  if (process.platform !== "linux" || process.arch !== "x64")
    console.log("note: not made on Linux x64: Bun notes that in the executables, and their bytes differ");
  console.log(`ckpt ${checkout.version} of ${checkout.commit} is in ${out}`);
}

/** @throws Error when installers would check the signature with another key. */
function signingKey(secret = "", password?: string): SecretKey | undefined {
  if (secret === "") return undefined;
  const key = readSecretKey(secret, password);
  const [, publicKey] = publicKeyText(key).split("\n");
  if (PUBLIC_KEY === "")
    console.log("note: repository.ts has no public key, so installers check no signature");
  else if (publicKey !== PUBLIC_KEY)
    throw new Error(`the signing key belongs to ${publicKey}, and repository.ts has ${PUBLIC_KEY}`);
  return key;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Error)) throw error;
  // What a person has to mend is said in its words; a fault of this script shows where it is.
  const isExpected = error instanceof ToolError || error.constructor === Error || "code" in error;
  console.error(`release: ${isExpected ? error.message : error.stack}`);
  process.exitCode = 1;
}
