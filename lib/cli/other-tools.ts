// Options and commands of similar tools, and their names in ckpt.

export const OPTIONS_OF_OTHERS: ReadonlyMap<string, string> = new Map([
  ["--concurrency", "--jobs"],
  ["--max-concurrency", "--jobs"],
  ["--max-connections", "--jobs"],
  ["--max-procs", "--jobs"],
  ["--num-workers", "--jobs"],
  ["--parallel", "--jobs"],
  ["--threads", "--jobs"],
  ["--workers", "--jobs"],
  ["-P", "--jobs"],
  ["-n", "--limit"],
  ["--max-samples", "--limit"],
  ["--retry", "--retries"],
  ["--max-retries", "--retries"],
  ["--retry-failed", "--failed retry"],
  ["--joblog", "--dir"],
  ["--checkpoint-dir", "--dir"],
  ["--rate-limit", "--rpm"],
  ["--max-requests-per-minute", "--rpm"],
  ["--max-tokens-per-minute", "--tpm"],
  ["--api-key", "--api-key-file, or OPENAI_API_KEY"],
  ["--api-base", "--base-url"],
  ["--url", "--base-url"],
  ["--system-prompt", "--system"],
  ["--temperature", "--param temperature=…"],
  ["--top-p", "--param top_p=…"],
  ["--out", "--output"],
  ["--results", "--output"],
  ["--overwrite", "--force"],
  ["--restart", "--no-resume"],
  ["--fresh", "--no-resume"],
  ["--checkpoint-info", "ckpt info"],
  ["--checkpoint-clear", "ckpt clear"],
  ["--list-backups", "ckpt list"],
  ["--backup", "ckpt backup"],
  ["--restore", "ckpt restore"],
]);

export const COMMANDS_OF_OTHERS: ReadonlyMap<string, string> = new Map([
  ["status", "info"],
  ["progress", "info"],
  ["start", "run"],
  ["resume", "run"],
  ["continue", "run"],
  ["reset", "clear"],
  ["clean", "clear"],
  ["rm", "clear"],
  ["delete", "backup --delete"],
  ["ls", "list"],
  ["backups", "list"],
  ["check", "verify"],
  ["fsck", "verify"],
  ["repair", "verify --repair"],
  ["results", "export"],
  ["output", "export"],
]);

/** ckpt's name for an option of another tool; null when there is none. */
export function wordOfAnotherTool(option: string): string | null {
  return OPTIONS_OF_OTHERS.get(option) ?? null;
}

/** The same for a command. */
export function commandOfAnotherTool(name: string): string | null {
  return COMMANDS_OF_OTHERS.get(name) ?? null;
}
