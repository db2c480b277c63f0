// Chinese: one text for every error a user can cause. The message says what could not be done, a colon, what was found; the
// hint says what to do. `found` and `cause` come in English from below and are shown as they are.
import type { TextFault } from "../../core/utf8.ts";
import { formatBytes, formatNumber, formatTime } from "../format.ts";
import type { Maker } from "../../core/job.ts";
import type { ErrorTexts } from "./catalogue.ts";
import { nearest } from "./phrases.ts";
import { few, inputName, keptIn, lines, madeBy, partName } from "./zh-words.ts";
import { nameFault, problem } from "./zh-problems.ts";

const didYouMean = (name: string | null): string => nearest(name, (it) => `（是不是想写 ${it}？）`);

const input = (path: string): string => (path === "-" ? inputName(path) : `输入 ${path}`);

/** The same, where Chinese follows at once. */
const inputThen = (path: string): string => (path === "-" ? inputName(path) : `输入 ${path} `);

/** What fields the items have; where they have none, what to do then. */
const fields = (known: readonly string[], none: string): string =>
  known.length === 0 ? `条目没有字段：${none}。` : `条目的字段有：${few(known)}。`;

/** Whose results a file holds. */
const heldBy = (maker: Maker | null): string =>
  maker === null ? "ckpt 没有这个文件的任何记录" : `其中是${madeBy(maker)}`;

function textFault(p: TextFault): string {
  switch (p.fault) {
    case "mark":
      return `不是 UTF-8：字节序标记（偏移 0）表明它是 ${p.encoding}`;
    case "bytes":
      return `不是 UTF-8：偏移 ${formatNumber(p.offset)} 处的字节无效`;
    case "zero":
      return `不是文本：偏移 ${formatNumber(p.offset)} 处是零字节`;
  }
}

export const errors: ErrorTexts = {
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
    message: `无法使用 ${p.option}：它的值是“${p.value}”`,
    hint: `应为：${p.expected}`,
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
    hint: "请去掉其中一个。",
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
    message: `无法读取设置文件 ${p.path}：${p.cause}`,
    hint: "请指定 TOML 文件，每行一个选项，例如：jobs = 8",
  }),
  "usage.settingsKey": (p) => ({
    message: `无法使用设置文件 ${p.path}：没有名为 ${p.key} 的选项${didYouMean(p.nearest)}`,
    hint: "选项名不带前面的横线；ckpt run --help 列出全部选项。",
  }),
  "usage.settingsValue": (p) => ({
    message: `无法使用设置文件 ${p.path}：${p.key} 的值无效`,
    hint: `应为：${p.expected}。`,
  }),
  "usage.noProcessor": () => ({
    message: "无法运行：没有说明如何处理每个条目",
    hint: "请加上 -- COMMAND、--shell STRING、--worker -- COMMAND、--module FILE，或 --model NAME --prompt TEXT。",
  }),
  "usage.noCommand": () => ({
    message: "无法运行：-- 之后没有命令",
    hint: "请写在那里：ckpt run INPUT -- COMMAND。参数中 {} 表示条目，{字段} 表示它的一个字段。",
  }),
  "usage.missingArgument": (p) => ({
    message: `无法执行 ${p.command}：缺少 ${p.argument}`,
    hint: `请写成 ckpt ${p.command} ${p.argument}；详见 ckpt ${p.command} --help。`,
  }),
  "usage.needsYes": (p) => ({
    message: `无法在不询问的情况下执行“${p.action}”：标准输入或标准错误不是终端`,
    hint: "加上 --yes 即可不经询问直接执行。",
  }),
  "input.missing": (p) => ({
    message: `无法打开输入：${p.path} 不存在`,
    hint: "请检查路径；相对路径从当前目录算起。",
  }),
  "input.folder": (p) => ({
    message: `无法打开输入：${p.path} 是一个目录`,
    hint: "请指定其中的一个文件。",
  }),
  "input.unreadable": (p) => ({
    message: `无法读取${input(p.path)}：${p.cause}`,
    hint: "请检查文件权限和磁盘，然后再次运行同一条命令。",
  }),
  "input.empty": (p) => ({
    message: `无法运行：${inputThen(p.path)}中没有条目`,
    hint: "请确认文件没有选错，并且生成它的程序已经写完。",
  }),
  "input.binary": (p) => ({
    message: `无法读取${input(p.path)}：它不是文本（偏移 ${formatNumber(p.offset)} 处有零字节）`,
    hint: "请指定文本文件、.gz 或 .zst；UTF-16 文件请加 --encoding utf-16le（或 utf-16be）。",
  }),
  "input.unknownFormat": (p) => ({
    message: `无法判断${inputThen(p.path)}的格式：${p.path === "-" ? "它没有名称" : "没有已知的扩展名"}`,
    hint: "请加上 --format jsonl、json、csv、tsv 或 txt。",
  }),
  "input.unknownEncoding": (p) => ({
    message: `无法读取输入：未知编码“${p.encoding}”`,
    hint: "可用的名称如 utf-8、gb18030、big5、shift_jis、utf-16le、windows-1252。",
  }),
  "input.undecodable": (p) => ({
    message: `无法按 ${p.encoding} 解码${input(p.path)}：偏移 ${formatNumber(p.offset)} 处的字节无效`,
    hint: "请用 --encoding 指定文件自己的编码（中文文件常为 gb18030），或修正文件。",
  }),
  "input.wrongEncoding": (p) => ({
    message: `无法按 ${p.encoding} 读取${input(p.path)}：文件的字节序标记（BOM）与之不符`,
    hint: "请去掉 --encoding，或改为字节序标记所示的编码。",
  }),
  "input.badFirst": (p) => ({
    message: `无法按 ${p.format} 读取${input(p.path)}：第 ${formatNumber(p.line)} 行：${p.found}`,
    hint: {
      array: "它像是一个 JSON 数组，其元素才是条目：请加上 --format json。",
      comment: "JSON Lines 中不能有注释：请把这样的行从文件中删去。",
      other: "请检查文件，或用 --format 指定真正的格式：jsonl、json、csv、tsv、txt。",
    }[p.looksLike ?? "other"],
  }),
  "input.malformed": (p) => ({
    message: `无法读完${input(p.path)}：第 ${formatNumber(p.line)} 行：${p.found}`,
    hint: "请从这一行起修正文件，然后再次运行同一条命令。",
  }),
  "input.corrupt": (p) => ({
    message: `无法解压${input(p.path)}：${p.cause}`,
    hint: "文件不完整或已损坏：请重新获取，或用 gzip -t、zstd -t 检查。",
  }),
  "input.lineTooLong": (p) => ({
    message: `无法读取${input(p.path)}：第 ${formatNumber(p.line)} 行超过 ${formatBytes(p.maxBytes)}`,
    hint: "请确认 --format 与文件相符；这样大的条目，最好只写文件名。",
  }),
  "input.tooManyItems": (p) => ({
    message: `无法运行：${inputThen(p.path)}的条目超过 ${formatNumber(p.max)} 个`,
    hint: "请把输入分成几份，每份用各自的 --dir。",
  }),
  "input.idMissing": (p) =>
    p.known === null
      ? {
          message: `无法使用 --id ${p.field}：${lines(p.lines, p.count)}在这个字段没有文本或数字`,
          hint: "请指定每个条目都有文本或数字的字段，或去掉 --id，改为按内容识别条目。",
        }
      : {
          message: `无法使用 --id ${p.field}：没有条目含有这个字段${didYouMean(p.nearest)}`,
          hint: `${fields(p.known, "请去掉 --id")}不用 --id 时，按内容识别条目。`,
        },
  "input.idDoubled": (p) => ({
    message: `无法使用 --id ${p.field}：有 ${formatNumber(p.count)} 个 id 重复：${few(
      p.examples.map((it) => `“${it.id}”在${lines(it.lines)}`),
      p.count,
    )}`,
    hint: "请指定值各不相同的字段，或去掉 --id：相同的条目会各处理一次。",
  }),
  "input.noKept": () => ({
    message: "无法运行：输入来自标准输入，而检查点中没有保留它的副本",
    hint: "请重新提供输入：ckpt run - -- COMMAND < INPUT",
  }),
  "input.changedDuringRun": (p) => ({
    message: `已停止：${inputThen(p.path)}在运行过程中被修改`,
    hint: "已完成的都已保存。再次运行同一条命令：仍然相符的会保留，其余的会处理。",
  }),
  "template.unknownField": (p) => ({
    message: `无法代入 {${p.field}}：没有条目含有这个字段${didYouMean(p.nearest)}`,
    hint: `${fields(p.known, "请用 {} 表示整个条目")}要写花括号本身，请用 {{ 和 }}。`,
  }),
  "template.fieldMissing": (p) => ({
    message: `无法代入 {${p.field}}：条目 ${p.item} 没有该字段`,
    hint: "尚未发送任何请求。请为每个条目补上该字段，或从模板中去掉它；要原样写花括号请用 {{ 与 }}。",
  }),
  "endpoint.noKey": () => ({
    message: "无法请求接口：没有密钥",
    hint: "请设置 OPENAI_API_KEY，或用 --api-key-file 指定文件；使用其他接口请加 --base-url。",
  }),
  "endpoint.badKey": (p) => ({
    message: `无法使用 ${p.source} 中的密钥：含有密钥不会有的字符（换行、空格、中文引号等）`,
    hint: "请重新复制密钥：只有一行，由普通字母、数字和符号组成。",
  }),
  "endpoint.secretInUrl": (p) => ({
    message: `无法使用 ${p.source} 中的地址：参数“${p.name}”是机密，而接口地址会被记录下来`,
    hint: "请从地址中去掉它，改用 --api-key-file、OPENAI_API_KEY 或 --header-env NAME=VARIABLE。",
  }),
  "endpoint.secretHeader": (p) => ({
    message: `无法使用 --header ${p.header}：其内容是机密，而命令行选项会被记录，也会被他人看到`,
    hint: `请把值放进环境变量，改写成 --header-env ${p.header}=VARIABLE。`,
  }),
  "endpoint.reservedHeader": (p) => ({
    message: `无法发送请求头 ${p.header}：它由请求本身决定，ckpt 会自行设置`,
    hint: "请从命令行中去掉它。",
  }),
  "endpoint.unsetHeader": (p) => ({
    message: `无法使用 --header-env ${p.header}=${p.variable}：没有设置环境变量 ${p.variable}`,
    hint: `请在启动 ckpt 的地方设置：export ${p.variable}=…`,
  }),
  "endpoint.badHeader": (p) => ({
    message: `无法使用 ${p.source}：其值含有请求头不允许的内容（换行、控制字符、Latin-1 以外的文字）`,
    hint: "请改用一行普通的字母、数字和符号。",
  }),
  "endpoint.badCertificates": (p) => ({
    message: `无法使用 ${p.variable}：${p.path} 不可用：${p.cause}`,
    hint: "请指定 PEM 格式的证书文件，或取消设置该变量。",
  }),
  "endpoint.unreadable": (p) => ({
    message: `无法使用 ${p.option}：读不到 ${p.path}：${p.cause}`,
    hint: "请检查路径与权限；以 @ 开头的值表示文件（@@ 表示 @ 本身）。",
  }),
  "endpoint.notText": (p) => ({
    message: `无法使用 ${p.option}：${p.path} ${textFault(p)}`,
    hint: `请把文件存为 UTF-8：iconv -f ${p.fault === "mark" ? "utf-16" : "gb18030"} -t utf-8 FILE（-f 后为文件实际的编码）。`,
  }),
  "endpoint.tooManyConnections": (p) => ({
    message: `无法同时进行 ${p.jobs} 个请求：本进程最多打开 256 个连接`,
    hint: `请在启动 ckpt 时放宽：BUN_CONFIG_MAX_HTTP_REQUESTS=${p.jobs} ckpt run …`,
  }),
  "module.missing": (p) => ({
    message: `无法加载模块：${p.path} 不存在`,
    hint: "请检查 --module 后的路径；相对路径从当前目录算起。",
  }),
  "module.otherLanguage": (p) => ({
    message: `无法加载模块 ${p.path}：模块须为 JavaScript 或 TypeScript`,
    hint: `可作为命令对每个条目运行：-- ${p.program} ${p.path}；或作为常驻的 worker：--worker -- ${p.program} ${p.path}`,
  }),
  "module.doesNotLoad": (p) => ({
    message: `无法加载模块 ${p.path}：${p.cause}`,
    hint: "请修正它，然后再次运行同一条命令；尚未处理任何条目。模块须为 JavaScript 或 TypeScript；其他程序请作为命令运行：-- COMMAND",
  }),
  "module.noProcess": (p) => ({
    message: `无法使用模块 ${p.path}：${p.exports.length === 0 ? "它没有导出任何内容" : `它导出了 ${few(p.exports)}，但没有函数 process`}`,
    hint: "请加上：export async function process(item, context) { … }（或作为默认导出）。",
  }),
  "module.setupFailed": (p) => ({
    message: `无法使用模块 ${p.path}：setup() 失败：${p.cause}`,
    hint: "请修正 setup()，然后再次运行同一条命令；尚未处理任何条目。",
  }),
  "module.teardownFailed": (p) => ({
    message: `模块 ${p.path} 未能正常收尾：teardown() 失败：${p.cause}`,
    hint: "全部结果都已保存。请修正 teardown()，然后再次运行同一条命令。",
  }),
  "depends.unreadable": (p) => ({
    message: `无法读取 --depends 指定的 ${p.path}：${p.cause}`,
    hint: "请检查路径和权限。",
  }),
  "checkpoint.none": (p) => ({
    message: `没有检查点：${p.dir} 中没有保存任何进度`,
    hint: "用 ckpt run INPUT -- COMMAND 开始处理，或用 --dir 指定别的目录。",
  }),
  "checkpoint.noWords": (p) => ({
    message: `无法在不给出命令的情况下继续：${p.dir} 中的检查点由旧版 ckpt 建立，未记录当时的命令行`,
    hint: "请输入最初的命令；它会继续处理，并记录下命令行。",
  }),
  "checkpoint.folderGone": (p) => ({
    message: `无法继续：最初输入命令的目录 ${p.path} 已不存在`,
    hint: "请在输入文件所在的目录中输入完整的命令。",
  }),
  "checkpoint.locked": (p) => ({
    message: `无法打开检查点 ${p.dir}：${p.pid === null ? "另一个进程" : `进程 ${p.pid}`}${p.host === null ? "" : `（主机 ${p.host}）`}${
      p.since === null ? "" : `自 ${formatTime(p.since)} 起`
    }正在使用它`,
    hint: "请等它结束，或用 --dir 为这次运行另设检查点。",
  }),
  "checkpoint.notWritable": (p) => ({
    message: `无法在 ${p.path} 保存检查点：${p.cause}`,
    hint: "请检查目录权限和磁盘，或用 --dir 指定别的目录。",
  }),
  "checkpoint.notOurs": (p) => ({
    message: `无法在 ${p.path} 保存检查点：${p.found}`,
    hint: "请用 --dir 指定一个空目录，或尚不存在的目录。",
  }),
  "checkpoint.newer": (p) => ({
    message: `无法打开 ${p.path}：它的格式版本是 ${p.version}，本程序只支持到 ${p.supported}`,
    hint: "请使用写入它的较新版本 ckpt。文件未作任何改动。",
  }),
  "checkpoint.damaged": (p) => ({
    message: `检查点 ${p.path} 不可信：${few(
      p.problems.slice(0, 5).map((it) => problem(it)),
      p.problems.length,
    )}`,
    hint: "运行 ckpt verify 查看哪些内容可以证实；然后用 ckpt verify --repair 修复，或用 ckpt restore 从备份恢复。",
  }),
  "checkpoint.logLost": (p) => ({
    message: `无法继续：已提交 ${formatNumber(p.records)} 条记录，但结果日志 ${p.path} 丢失或不完整`,
    hint:
      p.backups.length === 0
        ? "如果还有该文件，请放回原处；若要用可以证实的内容继续，请运行 ckpt verify --repair。"
        : `如果还有该文件，请放回原处；或从备份（${few(p.backups)}）恢复：ckpt restore ${p.backups[0]}`,
  }),
  "checkpoint.foreignWrite": (p) => ({
    message: `已停止：有别的程序写入了 ${p.path}：${p.found}`,
    hint: "请查明是哪个程序，然后运行 ckpt verify。",
  }),
  "checkpoint.syncFailed": (p) => ({
    message: `已停止：磁盘没有确认写入 ${p.path} 的内容：${p.cause}`,
    hint: "请检查磁盘，然后再次运行同一条命令：报告过已保存的都会保留，其余的会重新核对。",
  }),
  "checkpoint.writeFailed": (p) => ({
    message: `已停止：无法写入 ${p.path}：${p.cause}`,
    hint: "报告过已保存的都在。请检查磁盘，然后再次运行同一条命令。",
  }),
  "checkpoint.diskFull": (p) => ({
    message: `已停止：没有空间写入 ${p.path}：${p.cause}`,
    hint: "报告过已保存的都在。请腾出空间（旧备份见 ckpt list），然后再次运行同一条命令。",
  }),
  "checkpoint.changed": (p) => ({
    message: `拒绝继续：已有结果所依据的内容已经改变（${few(p.parts.map((part) => partName(part)))}）`,
    hint: "保留旧结果、用新内容继续：--on-change keep。从头开始（先自动备份）：--no-resume。",
  }),
  "checkpoint.anotherJob": (p) => ({
    message: `拒绝继续：${p.dir} 中的检查点属于另一项任务（${p.input === "-" ? inputName(p.input) : `输入 ${p.input}`}）`,
    hint: `请为这项任务另设检查点：${p.command}`,
  }),
  "backup.badName": (p) => ({
    message: `无法用“${p.name}”作备份名称：${nameFault[p.fault]}`,
    hint: "请用字母和数字，中间可含 . _ -，最多 64 个字符。",
  }),
  "backup.exists": (p) => ({
    message: `无法创建备份：名为 ${p.name} 的备份已经存在`,
    hint: `请换一个名称，或删除旧的：ckpt backup --delete ${p.name}`,
  }),
  "backup.none": (p) => ({
    message: `没有这个备份：${p.name}${p.nearest.length === 0 ? "" : `（是不是想写 ${few(p.nearest)}？）`}`,
    hint: "运行 ckpt list 查看全部备份。",
  }),
  "backup.damaged": (p) => ({
    message: `无法使用备份 ${p.name}：${few(
      p.problems.slice(0, 5).map((it) => problem(it)),
      p.problems.length,
    )}`,
    hint: `未作任何改动。详情请运行 ckpt verify ${p.name}；其他备份请看 ckpt list。`,
  }),
  "backup.failed": (p) => ({
    message: `无法创建备份 ${p.name}：${p.cause}`,
    hint: "没有留下任何残余，检查点保持原样。请检查空间和权限，然后重试。",
  }),
  "output.exists": (p) => ({
    message: `拒绝覆盖 ${p.path}：${heldBy(p.maker)}`,
    hint: `写到别的文件：-o ${p.other}。替换它：${p.byNoResume ? "--no-resume（全部重新处理）或 --force" : "--force"}${p.kept === null ? "" : `；其中的结果仍${keptIn(p.kept)}`}。`,
  }),
  "output.appeared": (p) => ({
    message: `拒绝覆盖 ${p.path}：它是在本次运行期间写入的，${heldBy(p.maker)}`,
    hint: "全部结果都已保存。请再次运行同一条命令：加 -o FILE 写到别的文件，或加 --force 替换它。",
  }),
  "output.notWritable": (p) => ({
    message: `无法写入输出 ${p.path}：${p.cause}`,
    hint: "请检查目录和权限，或用 -o 指定别的文件。",
  }),
  "output.unknownFormat": (p) => ({
    message: `无法判断输出 ${p.path} 的格式：没有已知的扩展名`,
    hint: "请让文件名以 .jsonl、.json、.csv 或 .tsv 结尾。",
  }),
  "output.isInput": (p) => ({
    message: `拒绝把输出写到 ${p.path}：它就是输入文件`,
    hint: "请用 -o 指定别的文件。",
  }),
  "output.isCheckpoint": (p) => ({
    message: `拒绝把输出写到 ${p.path}：它是 ${p.dir} 中检查点的文件`,
    hint: "请用 -o 指定别的文件。",
  }),
  "output.tooManyColumns": (p) => ({
    message: `无法把输出写成表格：条目中不同的字段超过 ${formatNumber(p.max)} 个`,
    hint: "全部结果都已保存。请改写 JSON，或去掉 --include-input：ckpt export -o FILE.jsonl",
  }),
  "output.writeFailed": (p) => ({
    message: `无法写完输出 ${p.path}：${p.cause}`,
    hint: "全部结果都已保存。请检查该文件夹及其磁盘，或写到别的文件：ckpt export -o FILE",
  }),
  "output.diskFull": (p) => ({
    message: `已停止：没有空间写入输出 ${p.path}：${p.cause}`,
    hint: "全部结果都已保存。请腾出空间后再次运行同一条命令，或写到别的文件：ckpt export -o FILE",
  }),
  "system.failed": (p) => ({
    message: `操作失败（${p.what} ${p.path}）：${p.cause}`,
    hint: "请检查路径、权限和磁盘，然后重试。",
  }),
};
