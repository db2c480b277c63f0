// The part that a file plays, by its path in the folder of a job: names that hold a time or chance are the same in each run then, and a shard is a
// checkpoint.

export function callRole(relative: string): string {
  if (relative === "") return "work";
  return relative
    .replace(/(?<=^\w+)\/shard-\d+-of-\d+(?=\/|$)/, "")
    .replace(/(?<=_)\d{8}_\d{6}(?:-\d+)?/g, "TIME")
    .replace(/(?<=\.(?:stage|trash)-)[0-9a-f]{16}/g, "ID")
    .replace(/(?<=\.)[0-9a-f]{8}(?=\.ckpt\.tmp$)/, "NONCE")
    .replace(/(?<=\.)[0-9a-f-]{36}(?=\.tmp$)/, "UUID")
    .replace(/(?<=quarantine\/\w+-).*/, "TAIL");
}
