// `ckpt version --json`: what this program is, and what of ckpt's promises does not hold here. Without `--json` lib/start/about.ts answers.
import { COMMON_ARGUMENTS, commonOptions } from "../cli/common-arguments.ts";
import { type Command, declareCommand } from "../cli/declaration.ts";
import { EXIT } from "../core/errors.ts";
import { jsonLine } from "../core/json-line.ts";
import { VERSION } from "../core/version.ts";
import { folderFacts } from "../io/folder-facts.ts";
import { libcName } from "../io/libc.ts";
import { PLATFORM } from "../io/platform.ts";
import { writeStdout } from "../io/stdout.ts";

export const version: Command = declareCommand({
  meta: {
    name: "version",
    description: "the version; with --json, of this build and platform",
    zh: "显示版本；加 --json 显示程序与平台的全部信息",
  },
  args: COMMON_ARGUMENTS,
  examples: [
    {
      line: "ckpt version --json",
      description: "commit, runtime, platform, and what is not promised here",
      zh: "提交、运行时、平台，以及此处不保证的内容",
    },
  ],
  async run({ settings }, { host, catalogue }) {
    const { COMMIT } = await import("../io/commit.ts");
    const { dir, json } = commonOptions(settings, host);
    const facts = folderFacts(host.fs, dir);
    const gaps = [...new Set([...PLATFORM.gaps, ...facts.gaps])];
    const text = json
      ? jsonLine({
          version: VERSION,
          commit: COMMIT,
          runtime: { name: "bun", version: Bun.version },
          platform: { ...host.platform, libc: libcName() },
          folder: dir,
          network: facts.network,
          not_promised: gaps.map((code) => ({ code, message: catalogue.run.gap(code) })),
        })
      : `ckpt ${VERSION}\n`;
    writeStdout(host.fs, Buffer.from(text));
    return { exitCode: EXIT.ok };
  },
});
