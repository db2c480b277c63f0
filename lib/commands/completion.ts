// `ckpt completion SHELL`: a script with which a shell completes command lines of ckpt. What it asks at each Tab is answered by lib/start/complete.ts.
import { COMMON_ARGUMENTS } from "../cli/common-arguments.ts";
import { COMPLETION_SCRIPTS } from "../cli/completion/scripts.ts";
import { SHELLS } from "../cli/completion/typed-line.ts";
import { type Command, declareCommand } from "../cli/declaration.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import { writeStdout } from "../io/stdout.ts";

export const completion: Command = declareCommand({
  meta: {
    name: "completion",
    description: "print the completion script of a shell",
    zh: "输出 shell 的命令行补全脚本",
  },
  args: {
    shell: {
      type: "positional",
      required: true,
      valueHint: "bash|zsh|fish",
      complete: { words: SHELLS },
      description: "the shell",
      zh: "shell 的名称",
    },
    ...COMMON_ARGUMENTS,
  },
  examples: [
    {
      line: `echo 'eval "$(ckpt completion bash)"' >> ~/.bashrc`,
      description: "install it in bash",
      zh: "在 bash 中启用",
    },
    {
      line: `echo 'eval "$(ckpt completion zsh)"' >> ~/.zshrc`,
      description: "in zsh",
      zh: "在 zsh 中启用",
    },
    {
      line: "echo 'ckpt completion fish | source' >> ~/.config/fish/config.fish",
      description: "in fish",
      zh: "在 fish 中启用",
    },
  ],
  run({ settings: { shell: given } }, { host }) {
    const shell = SHELLS.find((known) => known === given);
    if (shell === undefined)
      throw new CkptError("usage.badValue", { option: "SHELL", value: given, expected: SHELLS.join(", ") });
    writeStdout(host.fs, Buffer.from(COMPLETION_SCRIPTS[shell]));
    return { exitCode: EXIT.ok };
  },
});
