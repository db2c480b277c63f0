// The environment of this process.

/**
 * Calls `make` while no variable is set whose name begins with `prefix`: for libraries that read some by themselves. Nothing else of this process runs
 * meanwhile.
 */
export function withoutVariables<T>(prefix: string, make: () => T): T {
  const names = Object.keys(process.env).filter((name) => name.startsWith(prefix));
  const hidden = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) delete process.env[name];
  try {
    return make();
  } finally {
    for (const [name, value] of hidden) process.env[name] = value;
  }
}
