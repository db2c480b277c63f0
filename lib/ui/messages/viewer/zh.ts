// Chinese: what `ckpt view` says, on the terminal and to the page.
import { formatNumber } from "../../format.ts";
import type { viewer as English } from "./en.ts";

export const viewer: typeof English = {
  howToEnd: "请在本机的浏览器中打开上面的地址。按 Ctrl-C 结束。",
  notOpened: (cause) => `没有打开浏览器：${cause}。`,
  noOpener: (programs) => `找不到 ${programs}`,
  openerFailed: (program, status) => `${program} 以退出码 ${status} 结束`,
  noFolder: "没有可供存放跳转页面的个人目录",
  failed: (cause) => `未能应答页面的请求：${cause}`,
  unreadable: (lines) => `结果日志中有 ${formatNumber(lines)} 行无法读取，其余均已显示`,
  inputNotRead: "保存此页面时无法读取输入。",
  saved: (rows, of, path) =>
    rows === of
      ? `已保存，含全部 ${formatNumber(of)} 个结果：${path}`
      : `已保存，含 ${formatNumber(of)} 个结果中的 ${formatNumber(rows)} 个：${path}`,
  faults: {
    token: "令牌缺失或不正确。请打开 ckpt view 显示的地址。",
    otherOrigin: "只接受 ckpt view 自身页面的请求。",
    notFound: "没有这个页面。",
    noSource: "该内容已不存在。",
    gone: "该结果已不存在：原先显示的运行已被另一次运行取代。",
    badNumber: "起始行与行数必须是数字。",
    tooMany: "同时查看的窗口过多。",
    failed: "ckpt view 未能应答。",
  },
};
