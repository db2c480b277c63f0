// Chinese: errors about the command line and the settings file.
import type { ErrorTextsOf } from "../error-text.ts";
import { shardProblem } from "../../sharding/zh.ts";
import { causes } from "../../causes/zh.ts";
import { didYouMean, partName } from "../../common/zh.ts";

export const usage: ErrorTextsOf<"usage"> = {
  "usage.unknownOption": (p) => ({
    message: `无法理解命令行：未知选项 ${p.option}${didYouMean(p.nearest)}`,
    hint: "有哪些选项，请看 ckpt COMMAND --help。属于您自己命令的参数，请写在 -- 之后。",
  }),
  "usage.unknownCommand": (p) => ({
    message: `无法理解命令行：未知命令“${p.command}”${didYouMean(p.nearest)}`,
    hint: "全部命令请看 ckpt --help；处理一个文件：ckpt run INPUT -- COMMAND",
  }),
  "usage.missingValue": (p) => ({
    message: `无法使用 ${p.option}：缺少它的值`,
    hint: `请写成 ${p.option} 值；可以取哪些值，请看 ckpt COMMAND --help。`,
  }),
  "usage.unexpectedValue": (p) => ({
    message: `无法使用 ${p.option}：它不带值，却给了一个值`,
    hint: `请只写 ${p.option}。`,
  }),
  "usage.badValue": (p) => ({
    message: `无法使用 ${p.option}：它的值是“${causes.text(p.value)}”`,
    hint: `应为：${causes.text(p.expected)}`,
  }),
  "usage.badPattern": (p) => ({
    message: `无法使用 ${p.option}：${p.pattern} 不是正则表达式：${
      p.at === null ? "结尾不完整" : `问题出在第 ${p.at} 个字符 ${Array.from(p.pattern)[p.at - 1] ?? ""}`
    }`,
    hint: "要匹配字符本身，请在前面加反斜杠：\\( \\[ \\* \\+ \\?",
  }),
  "usage.bunOptions": (p) => ({
    message: `无法启动：设置了 ${p.name}（“${p.value}”），它会改变 ckpt 内部的运行时`,
    hint: `请只为 ckpt 取消它：env -u ${p.name} ckpt …；若 -- 之后的 bun 需要它，请在那里设置：-- env ${p.name}=… bun …`,
  }),
  "usage.missingInput": () => ({
    message: "无法运行：没有指定输入",
    hint: "请写成 ckpt run INPUT -- COMMAND，INPUT 是一个文件；标准输入写作 -。",
  }),
  "usage.extraArgument": (p) => ({
    message: `无法理解命令行：多余的参数“${p.argument}”`,
    hint: "可以写什么，请看 ckpt COMMAND --help。您自己的命令请写在 -- 之后：ckpt run INPUT -- COMMAND",
  }),
  "usage.conflict": (p) => ({
    message: `${p.first} 与 ${p.second} 不能同时使用`,
    hint:
      p.file === undefined
        ? "请去掉其中一个。"
        : `请去掉其中一个。设置文件 ${p.file} 中有 ${p.fromFile?.join(" 和 ")}。`,
  }),
  "usage.needs": (p) => ({
    message: `无法使用 ${p.option}：它需要与 ${p.needed} 一起使用`,
    hint: `请加上 ${p.needed}，或去掉 ${p.option}。`,
  }),
  "usage.repeated": (p) => ({
    message: `无法使用 ${p.option}：给了不止一次`,
    hint: `${p.option} 只能写一次。`,
  }),
  "usage.settingsFile": (p) => ({
    message: `无法读取设置文件 ${p.path}：${causes.text(p.cause)}`,
    hint: "请指定 TOML 文件，每行一个选项，例如：jobs = 8",
  }),
  "usage.settingsKey": (p) => ({
    message: `无法使用设置文件 ${p.path}：没有名为 ${p.key} 的选项${didYouMean(p.nearest)}`,
    hint: "选项名不带前面的横线；ckpt run --help 列出全部选项。",
  }),
  "usage.settingsValue": (p) => ({
    message: `无法使用设置文件 ${p.path}：${p.key} 的值无效`,
    hint: `应为：${causes.text(p.expected)}。`,
  }),
  "usage.noProcessor": () => ({
    message: "无法运行：没有说明如何处理每个条目",
    hint: "请加上 -- COMMAND、--shell STRING、--worker -- COMMAND、--module FILE，或 --model NAME --prompt TEXT；OpenAI 的批处理文件只需 --base-url URL。",
  }),
  "usage.systemElsewhere": (p) => ({
    message: `--system 不能与 ${p.option} 一起使用：后者已包含全部消息`,
    hint: `请把系统消息写进 ${p.option}，作为第一条消息。`,
  }),
  "usage.noCommand": () => ({
    message: "无法运行：-- 之后没有命令",
    hint: "请写在那里：ckpt run INPUT -- COMMAND。参数中 {} 表示条目，{字段} 表示它的一个字段。",
  }),
  "usage.missingArgument": (p) => ({
    message: `无法理解命令行：缺少 ${p.argument}`,
    hint: `请写成 ckpt ${p.command} ${p.argument}；详见 ckpt ${p.command} --help。`,
  }),
  "usage.shard": ({ problem }) => {
    const { found, hint } = shardProblem(problem);
    return { message: `无法确定分片：${found}`, hint };
  },
  "usage.port": ({ port, cause }) => ({
    message: `无法监听 127.0.0.1 的端口 ${port}：${cause}`,
    hint: "用 --port 指定另一个端口，或省略该选项以使用任一空闲端口。",
  }),
  "usage.needsYes": (p) => ({
    message: `无法在不询问的情况下执行“${p.action}”：标准输入或标准错误不是终端`,
    hint: "加上 --yes 即可不经询问直接执行。",
  }),
  "usage.cannotSet": (p, call) => {
    const restart = `请先停止，再带上该选项继续：${call("set --stop")}，然后 ${call(`run ${p.option} N${p.reason === "no-prices" ? " --price-in N --price-out N" : ""}`)}。`;
    const why = {
      "not-paced": "它以固定的 -j 启动，且没有 --rpm 与 --tpm，因此不计速率",
      own: "每个接口都有自己的上限",
      connections: `本进程对每个接口最多同时发出 ${p.most ?? 0} 个请求`,
      "no-prices": "不知道 token 的价格（--price-in、--price-out）",
      stopping: "它即将结束",
    }[p.reason];
    const hint = p.reason === "stopping" ? "请把该选项写在下次运行的命令里。" : restart;
    return { message: `无法更改本次运行（${partName(p.kind)}）的 ${p.option}：${why}（${p.reason}）`, hint };
  },
};
