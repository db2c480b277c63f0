// The environment of this process.

/**
 * Calls `make` while all variables whose names start with `prefix` are unset, for libraries that read some by themselves. `make` is synchronous, so
 * nothing else runs meanwhile.
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

/** Takes a variable out of the environment: children do not get it. */
export function removeVariable(name: string): void {
  delete process.env[name];
}
