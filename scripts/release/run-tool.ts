// Runs another program to its end and gives what it printed; one that fails is an error that shows its words.

export class ToolError extends Error {
  override readonly name = "ToolError";
}

/** Standard output, as text. @throws ToolError when the program is not there, or ends with another exit code than 0. */
export async function runTool(
  argv: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string | undefined>> } = {},
): Promise<string> {
  const [tool = ""] = argv;
  if (Bun.which(tool) === null) throw new ToolError(`${tool} is not installed`);
  const child = Bun.spawn([...argv], { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0)
    throw new ToolError(`${argv.slice(0, 3).join(" ")} ended with ${code}:\n${(err + out).trim()}`);
  return out;
}
