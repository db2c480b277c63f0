// The commit that this program is of. Apart from who shows it: what is made at build time of all declarations cannot load what is made at build time, too.
import { commitAtBuild } from "./build-commit.ts" with { type: "macro" };

/** As commitAtBuild() says it. */
export const COMMIT: string | null = commitAtBuild();
