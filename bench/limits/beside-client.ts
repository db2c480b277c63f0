// Runs a command, with a reader of its live channel beside it, or with none: `beside-client.ts SOCKET|none COMMAND…`. The reader takes every event.

const [socket = "none", ...command] = process.argv.slice(2);
const child = Bun.spawn(command, { stdio: ["ignore", "inherit", "inherit"] });
let bytes = 0;

/** Reads until the run has ended. */
async function readEvents(unix: string): Promise<void> {
  while (child.exitCode === null) {
    try {
      const { body } = await fetch("http://ckpt/events", { unix });
      for await (const piece of body ?? []) bytes += piece.length;
    } catch {
      await Bun.sleep(5); // not there yet
    }
  }
}

if (socket !== "none") void readEvents(socket);
const code = await child.exited;
if (socket !== "none" && bytes === 0) {
  console.error("the live channel was never read");
  process.exit(1);
}
process.exit(code);
