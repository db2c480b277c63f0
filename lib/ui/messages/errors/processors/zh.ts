// Chinese: errors about templates, endpoints, modules and files named by --depends.
import type { TextFault } from "../../../../core/utf8.ts";
import { formatNumber } from "../../../format.ts";
import type { ErrorTextsOf } from "../error-text.ts";
import { causes } from "../../causes/zh.ts";
import { didYouMean, few, fields, partName } from "../../common/zh.ts";

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

export const processors: ErrorTextsOf<"template" | "endpoint" | "module" | "check" | "depends"> = {
  "template.unknownField": (p) => ({
    message: `无法代入 {${p.field}}：没有条目含有这个字段${didYouMean(p.nearest)}`,
    hint: `${fields(p.known, "请用 {} 表示整个条目")}要写花括号本身，请用 {{ 和 }}。`,
  }),
  "template.fieldMissing": (p) => ({
    message: `无法代入 {${p.field}}：条目 ${p.item} 没有该字段`,
    hint: "尚未发送任何请求。请为每个条目补上该字段，或从模板中去掉它；要原样写花括号请用 {{ 与 }}。",
  }),
  "endpoint.noKey": (p) => ({
    message: "无法请求接口：没有密钥",
    hint: `请设置 ${p.variable}，或用 --api-key-file 指定文件；使用其他接口请加 --base-url。`,
  }),
  "endpoint.unsetKey": (p) => ({
    message: `无法请求 ${p.url}：没有设置环境变量 ${p.variable}（key-env）`,
    hint: `请把该接口的密钥放入 ${p.variable}，或去掉 key-env。`,
  }),
  "endpoint.keyInPart": (p) => ({
    message: `无法开始：${partName(p.part)}中含有密钥，会被记录和显示`,
    hint: "请去掉其中的密钥。密钥以请求头发送：请用 --api-key-file、OPENAI_API_KEY 或 --header-env NAME=VARIABLE 指定其来源。",
  }),
  "endpoint.badKey": (p) => ({
    message: `无法使用 ${p.source} 中的密钥：含有密钥不会有的字符（换行、空格、中文引号等）`,
    hint: "请重新复制密钥：只有一行，由普通字母、数字和符号组成。",
  }),
  "endpoint.keyCommand": (p) => ({
    message: `无法取得密钥：--api-key-command 的命令失败：${causes.text(p.cause)}`,
    hint: "尚未运行任何条目。命令输出的第一行应为密钥；请先在终端中运行它，排除问题后再次运行同一条命令。",
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
    message: `无法使用 ${p.variable}：${p.path} 不可用：${causes.text(p.cause)}`,
    hint: "请指定 PEM 格式的证书文件，或取消设置该变量。",
  }),
  "endpoint.unreadable": (p) => ({
    message: `无法使用 ${p.option}：读不到 ${p.path}：${causes.text(p.cause)}`,
    hint: "请检查路径与权限；以 @ 开头的值表示文件（@@ 表示 @ 本身）。",
  }),
  "endpoint.noQuestion": (p) => ({
    message: `不知道要向接口请求什么：${p.path} ${p.isResult ? "是批处理的结果，而不是请求" : "不是 OpenAI 的批处理文件（每行应为一个请求）"}`,
    hint: "请说明要请求什么：--model NAME --prompt TEXT、--model NAME --messages JSON，或 --body JSON。",
  }),
  "endpoint.notTemplate": (p) => ({
    message: `无法使用 ${p.option}：它既不是 JSON，也不是单个占位符：${causes.text(p.cause)}`,
    hint: `请写成 JSON（其中的字符串可代入字段），或指明存放它的字段：${p.option} '{字段}'。`,
  }),
  "endpoint.emptyFile": (p) => ({
    message: `无法使用 ${p.option}：${p.path} 是空文件`,
    hint: "请在文件中写入提问的文本，条目的字段写作 {question}。",
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
    message: `无法加载模块：没有文件 ${p.path}`,
    hint: "请检查 --module 后的路径；相对路径从当前目录算起。",
  }),
  "module.otherLanguage": (p) => ({
    message: `无法加载模块 ${p.path}：模块须为 JavaScript 或 TypeScript`,
    hint: `可作为命令对每个条目运行：-- ${p.program} ${p.path}；或作为常驻的 worker：--worker -- ${p.program} ${p.path}`,
  }),
  "module.doesNotLoad": (p) => ({
    message: `无法加载模块 ${p.path}：${causes.text(p.cause)}`,
    hint: "请修正它，然后再次运行同一条命令；尚未处理任何条目。模块须为 JavaScript 或 TypeScript；其他程序请作为命令运行：-- COMMAND",
  }),
  "module.noProcess": (p) => ({
    message: `无法使用模块 ${p.path}：${p.exports.length === 0 ? "它没有导出任何内容" : `它导出了 ${few(p.exports)}，但没有函数 process`}`,
    hint: "请加上：export async function process(item, context) { … }（或作为默认导出）。",
  }),
  "module.setupFailed": (p) => ({
    message: `无法使用模块 ${p.path}：setup() 失败：${causes.text(p.cause)}`,
    hint: "请修正 setup()，然后再次运行同一条命令；尚未处理任何条目。",
  }),
  "module.teardownFailed": (p) => ({
    message: `模块 ${p.path} 未能正常收尾：teardown() 失败：${causes.text(p.cause)}`,
    hint: "全部结果都已保存。请修正 teardown()，然后再次运行同一条命令。",
  }),
  "check.badSchema": (p) => ({
    message: `无法使用 JSON Schema ${p.path}：${p.place === "" ? "" : `${p.place}：`}${causes.text(p.cause)}`,
    hint: "请修正它；尚未运行任何条目。JSON Schema 是一个 JSON 文件。",
  }),
  "check.reference": (p) => ({
    message: `无法使用 JSON Schema ${p.path}：它引用了 ${p.reference}，而该文件中没有`,
    hint: "ckpt 只解析文件内的引用（#/$defs/NAME），不会下载任何内容。请把被引用的部分复制到该文件中。",
  }),
  "check.dialect": (p) => ({
    message: `无法使用 JSON Schema ${p.path}：其 $schema 为 ${p.dialect}`,
    hint: "支持 2020-12 和 draft-07。",
  }),
  "depends.unreadable": (p) => ({
    message: `无法读取 --depends 指定的 ${p.path}：${causes.text(p.cause)}`,
    hint: "请检查路径和权限。",
  }),
};
