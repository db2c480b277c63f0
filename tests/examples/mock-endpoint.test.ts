// The demo of endpoints, as `bun run demo:model` starts it.
import { expect, test } from "bun:test";
import * as path from "node:path";
import { newFolder, read } from "../helpers/ckpt.ts";

test("examples/mock-endpoint.ts answers a whole question set without a key", async () => {
  const folder = newFolder();
  const demo = Bun.spawn([process.execPath, path.join(import.meta.dir, "../../examples/mock-endpoint.ts")], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      LANG: "C.UTF-8",
      MOCK_PORT: "0",
      MOCK_PER_S: "1000",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [, err] = await Promise.all([demo.stdout.text(), demo.stderr.text()]);
  expect({ code: await demo.exited, err }).toMatchObject({
    code: 0,
    err: expect.stringContaining("All 200 items done"),
  });
  const lines = read(folder, "demo-model.results.jsonl").trim().split("\n");
  expect(lines.length).toBe(200);
  expect(lines[0]).toContain('"output":"You asked: ');
});
