import { expect, spyOn, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { realFileSystem } from "../../lib/io/fs.ts";
import { COLLECT_FILES, filesByPattern } from "../../lib/io/glob.ts";
import { temporaryFolder } from "../helpers/result-log.ts";

test("filesByPattern() looks at its memory as it goes, however many files there are", () => {
  using folder = temporaryFolder();
  const count = COLLECT_FILES + 1;
  for (let at = 0; at < count; at++) writeFileSync(join(folder.path, `${at}.txt`), "");
  using looks = spyOn(process.memoryUsage, "rss");
  expect(filesByPattern(realFileSystem, folder.path, "*.txt")).toHaveLength(count);
  expect(looks).toHaveBeenCalledTimes(2);
});
