// A macro, called by the bundler when the executable is compiled: the script and the style of a page, each as one minified text. Bun.build deadlocks inside a
// bundler, so that a bundler of its own is started.
import * as path from "node:path";

export type PageBundle = { readonly script: string; readonly style: string };

/** What the page is made of, from the root of the checkout: its script, and its style. */
export const PAGE_ENTRIES: readonly [script: string, style: string] = [
  "lib/view/page/main.tsx",
  "lib/view/page/page.css",
];
/** Libraries leave out what is for developers. */
export const PRODUCTION = 'process.env.NODE_ENV="production"';

/** The page of `ckpt view`, bundled. @throws Error with the words of the bundler */
export function bundlePage(): PageBundle {
  const [script, style] = PAGE_ENTRIES;
  return {
    script: withoutHtml(bundle(script, ["--target=browser", "--format=iife"])),
    style: bundle(style, []),
  };
}

function bundle(entry: string, options: readonly string[]): string {
  const argv = [process.execPath, "build", entry, "--minify", "--define", PRODUCTION, ...options];
  const built = Bun.spawnSync(argv, {
    cwd: path.resolve(import.meta.dir, "../.."),
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (!built.success) throw new Error(built.stderr.toString());
  return built.stdout.toString().trim();
}

/** A script inside HTML holds neither `</script` nor `<!--`; `\x3c` is the same in texts and in regular expressions. */
function withoutHtml(script: string): string {
  return script.replaceAll(/<(?=\/script|!--)/gi, String.raw`\x3c`);
}
