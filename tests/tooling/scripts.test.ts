// The scripts of package.json work on a fresh clone, where nothing is installed yet.
import { expect, test } from "bun:test";
import manifest from "../../package.json" with { type: "json" };

const scripts: Readonly<Record<string, string>> = manifest.scripts;

/** Whether a script installs what it needs before anything else, by itself or by the script that it begins with. */
function installsFirst(script: string): boolean {
  const [first = ""] = script.split("&&");
  const other = /^bun run (\S+)\s*$/.exec(first)?.[1];
  return other === undefined
    ? first.trim() === "bun install --frozen-lockfile"
    : installsFirst(scripts[other] ?? "");
}

test.each(Object.entries(scripts))("bun run %s installs first", (_name, script) => {
  expect({ script, installsFirst: installsFirst(script) }).toEqual({ script, installsFirst: true });
});
