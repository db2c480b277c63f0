// What code inside this process (a user's module) starts carries the session's nonce as well, so that it is found when it is left behind.
import { NONCE_VARIABLE } from "./survivors.ts";

type Spawn = (...given: readonly (object | undefined)[]) => object;

/**
 * From now on children are started with the nonce. node:child_process and Bun.$ hand on process.env; Bun.spawn hands on what this process was
 * started with, unless it is told otherwise. Returns what takes that back.
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
