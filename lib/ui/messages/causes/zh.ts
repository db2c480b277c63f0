// Chinese: sentences and kinds of errors that the rooms below make, the system's own among them. A test compares the English side with the
// code, both ways.
import { nameOf } from "../phrases.ts";
import type { causes as English } from "./en.ts";
import { PHRASES } from "./phrases-zh.ts";

/** What the codes of the system mean. */
const SYSTEM: { readonly [code: string]: string } = {
  EACCES: "没有权限",
  EAGAIN: "暂时没有可用的资源",
  EBADF: "文件描述符无效",
  EBUSY: "正被使用",
  EDQUOT: "磁盘配额已用完",
  EEXIST: "已经存在",
  EFBIG: "文件过大",
  EINVAL: "参数无效",
  EIO: "读写错误",
  EISDIR: "是一个目录",
  ELOOP: "符号链接层数过多",
  EMFILE: "打开的文件过多",
  ENAMETOOLONG: "文件名过长",
  ENFILE: "系统打开的文件过多",
  ENOENT: "文件或目录不存在",
  ENOMEM: "内存不足",
  ENOSPC: "磁盘空间不足",
  ENOTDIR: "不是目录",
  ENOTEMPTY: "目录非空",
  EPERM: "操作不被允许",
  EPIPE: "读取的一方已经关闭",
  EROFS: "文件系统是只读的",
  ESTALE: "网络文件句柄已失效",
  ETXTBSY: "程序文件正在被写入",
  EXDEV: "不在同一块磁盘上",
};

const KINDS: { readonly [kind: string]: string } = {
  answer_error: "接口返回错误",
  argument_nul: "参数含有 NUL 字符",
  argument_too_long: "参数过长",
  argument_unsafe: "参数无法安全地加引号",
  bad_answer: "应答格式不符",
  bad_output: "输出无效",
  command_not_executable: "命令无法执行",
  command_not_found: "找不到命令",
  content_filter: "内容被过滤",
  empty: "应答为空",
  endpoint_down: "接口不可用",
  cut_stream: "流式应答中断",
  exception: "模块抛出异常",
  exit: "命令失败",
  host_not_found: "找不到主机",
  input: "条目有误",
  invalid: "输出未通过检查",
  key_command: "密钥命令失败",
  key_refused: "密钥被拒绝",
  length: "应答被截断",
  model_not_found: "没有这个模型",
  network: "连接中断",
  network_login: "网络要求登录",
  no_resources: "系统资源不足",
  not_http: "不是 HTTP 服务",
  output_too_large: "输出过大",
  pause: "处理器要求暂停",
  proxy: "代理不可用",
  proxy_refused: "代理拒绝",
  quota: "额度用尽",
  rate_limit: "一直被限速",
  redirect: "无法跟随重定向",
  refusal: "模型拒绝回答",
  signal: "被信号终止",
  stray_exception: "模块中有未捕获的异常",
  stream_refused: "模型不支持流式应答",
  stream_required: "模型只支持流式应答",
  temp_unwritable: "临时目录不可写",
  timeout: "超时",
  tls: "证书不受信任",
  tls_certificate: "证书无效",
  tls_protocol: "TLS 连接失败",
  too_long: "请求过长",
  unknown_finish: "未知的结束原因",
  unreachable: "无法连接",
  worker_died: "worker 意外退出",
  worker_error: "worker 报告错误",
  worker_not_running: "worker 无法运行",
};

const CALLS: { readonly [call: string]: string } = {
  access: "访问",
  chmod: "修改权限：",
  close: "关闭",
  copyfile: "复制",
  fdatasync: "同步",
  fstat: "查看",
  fsync: "同步",
  ftruncate: "截断",
  futime: "修改时间：",
  link: "链接",
  lstat: "查看",
  mkdir: "创建目录",
  open: "打开",
  pwrite: "写入",
  read: "读取",
  readdir: "列出目录",
  readlink: "读取链接",
  rename: "移动",
  rm: "删除",
  rmdir: "删除目录",
  scandir: "列出目录",
  stat: "查看",
  statfs: "查看文件系统：",
  unlink: "删除",
  use: "使用",
  write: "写入",
};

type Phrase = { readonly pattern: RegExp; readonly chinese: string };

/** `{}` stands for anything; the last one takes what is left. */
function compile([english, chinese]: readonly [string, string]): Phrase {
  const parts = english.split("{}").map((part) => RegExp.escape(part));
  const last = parts.pop() ?? "";
  const begin = parts.join("([^]*?)");
  const pattern = parts.length === 0 ? `^${last}$` : `^${begin}([^]*)${last}$`;
  return { pattern: new RegExp(pattern), chinese };
}

let compiled: readonly Phrase[] | undefined;

/** Rounds of sentences within sentences. */
const DEPTH_MAX = 4;

function text(english: string, depth: number = DEPTH_MAX): string {
  if (depth === 0 || english === "") return english;
  const inner = (part: string): string => text(part, depth - 1);
  const system = /^(E[A-Z0-9]+): [^,]*(?:, ([^]*))?$/.exec(english);
  const meaning = SYSTEM[system?.[1] ?? ""];
  if (system !== null && meaning !== undefined)
    return `${meaning}（${system[1]}${system[2] === undefined ? "" : `：${system[2]}`}）`;
  compiled ??= PHRASES.map(compile);
  for (const { pattern, chinese } of compiled) {
    const found = pattern.exec(english);
    if (found === null) continue;
    let next = 0;
    return chinese.replaceAll(/\{(\d?)\}/g, (_, at: string) =>
      inner(found[at === "" ? ++next : Number(at)] ?? ""),
    );
  }
  // `python: …`, `TypeError: …`: what stands before the colon is a name.
  const [name = "", ...rest] = english.split(": ");
  const tail = rest.join(": ");
  const known = tail === "" ? tail : inner(tail);
  return known === tail ? english : `${name}：${known}`;
}

function kindName(kind: string): string | undefined {
  if (/^http_4\d\d$/.test(kind)) return kind === "http_429" ? "请求过于频繁" : "请求被拒绝";
  if (/^http_\d{3}$/.test(kind)) return "服务端错误";
  const name = nameOf(KINDS, kind);
  return name === kind ? undefined : name;
}

/** What the system was asked to do: the name of a call, or words. */
export function action(what: string): string {
  const name = nameOf(CALLS, what);
  return name === what ? text(what) : name;
}

export const causes: typeof English = {
  text: (english) => text(english),
  kind: (kind) => {
    const name = kindName(kind);
    return name === undefined ? kind : `${name}（${kind}）`;
  },
};
