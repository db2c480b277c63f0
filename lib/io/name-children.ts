// Puts the session's nonce into the environment of everything that code inside this process (a user's module) starts, so that leftover processes can
// be found.
import { NONCE_VARIABLE } from "./survivors.ts";

type Spawn = (...given: readonly (object | undefined)[]) => object;

/**
 * From now on, children get the nonce. node:child_process and Bun.$ pass on process.env; Bun.spawn passes on the environment that this process was
 * started with, unless told otherwise. Returns a function that undoes this.
 */
export function nameChildren(nonce: string): () => void {
  const spawn = Bun.spawn as Spawn;
  const named: Spawn = (first, second) =>
    Array.isArray(first)
      ? spawn(first, { env: process.env, ...second })
      : spawn({ env: process.env, ...first });
  process.env[NONCE_VARIABLE] = nonce;
  Object.assign(Bun, { spawn: named });
  return () => {
    delete process.env[NONCE_VARIABLE];
    Object.assign(Bun, { spawn });
  };
}
