// Chinese: everything on the screen that is not an error. The resume question and the block of `info` are to the letter of the
// user guide, half-width colons and question mark included.
import type { StopReason } from "../../run/progress.ts";
import { formatCost, formatNumber, formatTime } from "../format.ts";
import type {
  CommonTexts,
  ConfirmTexts,
  FailureTexts,
  InfoTexts,
  ListTexts,
  PlanTexts,
  ProgressTexts,
  PromptTexts,
  StateTexts,
  SummaryTexts,
  TroubleTexts,
  VerifyTexts,
} from "./catalogue.ts";
import { nameOf, RULE } from "./phrases.ts";
import { duration, few, inputName, items, keptIn, madeBy, partName } from "./zh-words.ts";

export const common: CommonTexts = { duration, items, time: formatTime };

export const info: InfoTexts = {
  block: (v) => [
    RULE,
    "📊 检查点信息",
    RULE,
    `🕒 保存时间: ${v.savedAt}`,
    `🔖 会话ID: ${v.sessionId}`,
    `📈 进度: ${formatNumber(v.completed)}/${formatNumber(v.total)} (${v.percent})`,
    `📦 批处理大小: ${formatNumber(v.batchSize)}`,
    `📝 已保存结果数: ${formatNumber(v.saved)}`,
  ],
  labels: {
    state: "状态",
    items: "条目",
    failed: "失败",
    input: "输入",
    processor: "处理器",
    runs: "运行",
    speed: "速度",
    spent: "用量",
    size: "占用空间",
    backups: "备份",
    heldBy: "使用者",
    going: "目前",
    output: "输出",
    keptIn: "保存在",
  },
  state: {
    damaged: "已损坏，见下文",
    held: "正在运行",
    interrupted: "已中断；再次运行同一条命令即可继续",
    stopped: "已停止，还有条目待处理；再次运行同一条命令即可继续",
    unwritten: "已全部处理，但结果文件没有写成；再次运行同一条命令即可写出",
    finished: "已处理完，有条目失败；再次运行同一条命令即可重试这些条目",
    done: "已全部完成；再次运行同一条命令即可写出结果文件",
    complete: "已全部完成",
    accepted: "已全部处理完，失败的条目已接受",
  },
  counts: (c) =>
    `已完成 ${formatNumber(c.completed)}，失败 ${formatNumber(c.failed)}，待处理 ${formatNumber(c.pending)}` +
    (c.gone > 0 ? `；另有 ${formatNumber(c.gone)} 个结果的条目已不在输入中` : ""),
  input: (format, bytes, now) => {
    const notes = {
      same: "未改变",
      size: "此后大小已改变",
      time: "大小未变，但此后被写过",
      missing: "已不存在",
      kept: "来自标准输入，已随检查点保留",
      unknown: "无法查看",
    };
    return `${format}，${bytes}；${notes[now]}`;
  },
  processor: (kind, shown) => `${partName(kind)}：${shown}`,
  keptIn: (backup, intact) =>
    backup === null
      ? "备份已不存在，以上信息来自上次运行的记录"
      : `备份 ${backup}${intact ? "" : `（已损坏，见 ckpt verify ${backup}）`}`,
  sourceUnknown: "修复后未知，下次运行时重新确认",
  run: (r) => {
    const ends = {
      complete: "全部完成",
      failed: "已处理完，有失败",
      limit: "达到数量上限",
      "max-failures": "失败过多",
      "max-time": "时间已到",
      budget: "预算用尽",
      outside: "因外部原因停止",
      "none-succeeded": "没有一个成功",
      "input-changed": "输入被修改",
      "disk-full": "磁盘已满",
      signal: "被信号停止",
      error: "因错误停止",
    };
    const end = r.ended === null ? (r.current ? "进行中" : "中断") : nameOf(ends, r.ended);
    return `${r.startedAt}  ${end}：处理 ${formatNumber(r.attempted)}，失败 ${formatNumber(r.failed)}，用时 ${r.active}`;
  },
  earlierRuns: (count) => `另有更早的 ${formatNumber(count)} 次`,
  speed: (perS, active) => `${perS} 个结果/秒，处理用时 ${active}`,
  spent: (tokens, cost) =>
    [tokens === null ? [] : `${tokens} 个 token`, cost === null ? [] : `费用 ${cost}`].flat().join("，"),
  spentLastRun: (spent) => `上次运行：${spent}`,
  size: (log, whole) => `结果日志 ${log}，合计 ${whole}`,
  backups: (count, bytes, newest) =>
    newest === null ? "无" : `${formatNumber(count)} 个（${bytes}）；最新：${newest.name}，${newest.at}`,
  going: (perS, eta, savedAt) => `${perS}/秒，还需 ${eta}（截至 ${savedAt}）`,
  noRate: "尚无速度",
  heldBy: (pid, host, since) =>
    [
      pid === null ? "另一个进程" : `进程 ${pid}`,
      host === null ? [] : `主机 ${host}`,
      since === null ? [] : `自 ${since} 起`,
    ]
      .flat()
      .join("，"),
  plotTitle: (bucket, highest) => `各时段的结果数（每列 ${bucket}；最高 ${highest}/秒）`,
};

const DELIMITERS: { readonly [character: string]: string } = {
  ",": "逗号",
  ";": "分号",
  "\t": "制表符",
  "|": "竖线",
  " ": "空格",
};

const delimiters = (character: string): string => DELIMITERS[character] ?? `“${character}”`;

export const plan: PlanTexts = {
  line: (c) =>
    `计划：共 ${items(c.total)}：${[
      `已完成 ${formatNumber(c.done)}`,
      c.failed > 0 ? `失败 ${formatNumber(c.failed)}（重试 ${formatNumber(c.retry)}）` : [],
      c.fresh > 0 ? `新增 ${formatNumber(c.fresh)}` : [],
      c.changed > 0 ? `内容有变 ${formatNumber(c.changed)}` : [],
      c.gone > 0 ? `已不在输入中 ${formatNumber(c.gone)}` : [],
      `待处理 ${formatNumber(c.pending)}`,
    ]
      .flat()
      .join("，")}`,
  nothingToDo: "没有待处理的条目。",
  dropped: (options) => `设置文件中未使用的选项：${options}`,
  estimate: (e) =>
    `预计：${items(e.requests)}，请求 ${formatNumber(e.requests)} 次，输入约 ${formatNumber(e.input_tokens)} 个 token${
      e.output_tokens === null
        ? "；回答长度没有上限（可加 --param max_tokens=N）"
        : `，输出至多 ${formatNumber(e.output_tokens)} 个`
    }`,
  firstCommand: "首个条目：",
  itemCommand: (item) => `条目 ${item}：`,
  limited: (pending, limit) =>
    `数量上限：待处理 ${formatNumber(pending)} 个，本次只处理前 ${formatNumber(limit)} 个。`,
  remark: (remark, path) => {
    const input = path === "-" ? inputName(path) : `${path} `;
    switch (remark.kind) {
      case "delimiter-found":
        return `${input}的单元格以${delimiters(remark.used)}分隔（由表头得知）。若不对，请加上 --delimiter comma。`;
      case "delimiter-doubted":
        return `${input}按${delimiters(remark.used)}分隔读取，但表头中有${delimiters(remark.shown)}。若应以它分隔，请加上 --delimiter auto。`;
      case "delimiter-changed":
        return `${input}现按${delimiters(remark.used)}分隔读取；检查点是按${delimiters(remark.before)}分隔建立的。`;
      case "first-is-array":
        return `${input}的第一行是一个 JSON 数组，按一个条目处理。若其元素才是条目，请加上 --format json。`;
    }
  },
};

export const prompts: PromptTexts = {
  found: "🔄 检测到上次处理的断点",
  goOn: "是否继续上次的处理?",
  yesByDefault: "(y/n，默认y)",
  noByDefault: "(y/n，默认n)",
  yes: "是",
  no: "否",
  counts: (done, failed, left) =>
    `已完成 ${formatNumber(done)}，失败 ${formatNumber(failed)}，剩余 ${formatNumber(left)}`,
  savedAt: (time) => `保存于 ${time}`,
  resume: "继续",
  restart: "从头开始",
  restartNote: "从头开始之前，会先自动备份当前检查点。",
  keys: "↑/↓ 选择 · 回车 确认 · Esc 保持原样",
  changed: "结果所依据的内容，此后已经改变：",
  part: partName,
  before: "旧：",
  after: "新：",
  absent: "（无）",
  morePart: (count) => `另有 ${formatNumber(count)} 项`,
  askChanged: "如何处理?",
  keep: "保留已有结果，用新的继续",
  keepNote: "已有结果保持原样",
  cancel: "取消",
  cancelNote: "一切保持原样",
  inputChanged: "输入此后已经改变：",
  inputCounts: (c) =>
    `保留 ${formatNumber(c.kept)}，新增或尚未处理 ${formatNumber(c.fresh)}，内容有变 ${formatNumber(c.changed)}，已不在输入中 ${formatNumber(c.gone)}`,
  failuresFound: (failed) => `所有条目都已处理过，其中 ${formatNumber(failed)} 个失败`,
  askFailures: "如何处理?",
  retry: "重试这些条目",
  finish: "不再重试，就此完成",
  finishNote: "它们在输出中标记为失败",
  otherJob: "这里的检查点属于另一项任务",
  otherJobHolds: (input, results, total, savedAt) =>
    `它的输入是 ${inputName(input)}：${formatNumber(results)}/${formatNumber(total)} 个结果，保存于 ${savedAt}。`,
  otherJobNote: "若两者都要保留，请取消，并用 --dir 为这项任务另设目录。",
  askOtherJob: "是否将它移入备份，开始这项任务?",
  outputExists: (path) => `输出文件 ${path} 已经存在`,
  outputHolds: (maker) => (maker === null ? "ckpt 没有这个文件的任何记录。" : `其中是${madeBy(maker)}。`),
  askOutput: "结果写到哪里?",
  writeOther: (path) => `写到 ${path}`,
  replace: (kept) => `替换它，${kept === null ? "其中的内容会丢失" : `其中的结果仍${keptIn(kept)}`}`,
  cancelled: "已取消，一切保持原样。",
  chooseNumber: (highest, byDefault) => `(1-${highest}，默认${byDefault})`,
};

export const progress: ProgressTexts = {
  rate: (perS) => `${perS}/秒`,
  eta: (time) => `还需 ${time}`,
  failed: (count) => `失败 ${formatNumber(count)}`,
  saved: (count) => `已保存 ${formatNumber(count)}`,
  jobs: (inFlight, allowed) => `并发 ${formatNumber(inFlight)}/${formatNumber(allowed)}`,
  waiting: {
    "rate limit": "限速中",
    "cool-down": "冷却中",
    budget: "预算将尽",
    outage: "接口不可用",
    "disk full": "磁盘已满",
  },
  outage: (since, max, why) => `接口自 ${since} 起不可用，最多等待 ${max}：${why}`,
  outageShort: (since, max, why) => `${since} 起不可用（至多 ${max}）：${why}`,
  tokens: (perS) => `${perS} token/秒`,
  cost: (cost) => `费用 ${cost}`,
  elapsed: (time) => `用时 ${time}`,
};

export const trouble: TroubleTexts = {
  refused: "连接被拒绝",
  noHost: "找不到主机",
  noRoute: "主机不可达",
  timeout: "未在限时内答复",
  cut: "连接中断",
};

function reason(stop: StopReason): string {
  switch (stop.kind) {
    case "limit":
      return "达到本次运行的数量上限";
    case "max-failures":
      return `本次运行有 ${items(stop.failures)}失败（--max-failures ${stop.allowed}）`;
    case "max-time":
      return `本次运行的时间已到（--max-time ${duration(stop.ms)}）`;
    case "budget":
      return stop.budget === "cost"
        ? `预算用尽：费用 ${formatCost(stop.spent)}，上限 ${formatCost(stop.allowed)}`
        : `预算用尽：${formatNumber(stop.spent)} 个 token，上限 ${formatNumber(stop.allowed)}`;
    case "outside":
      return stop.item === null
        ? `条目之外出现错误（${stop.errorKind}）：${stop.error}`
        : `原因不在条目本身（${stop.errorKind}，条目 ${stop.item}）：${stop.error}`;
    case "none-succeeded":
      return `最初的 ${items(stop.attempted)}没有一个成功；条目 ${stop.item}：${stop.error}`;
    case "input-changed":
      return "输入在运行过程中被修改";
    case "disk-full":
      return `磁盘已满：${stop.cause}`;
    case "signal":
      return `收到信号 ${stop.signal}`;
  }
}

/** What to put right, where the kind of the cause tells. */
function outsideAdvice(kind: string): string {
  switch (kind) {
    case "key_refused":
      return "请检查 OPENAI_API_KEY（或 --api-key-file、--header-env）和 --base-url，然后继续；条目都还在。";
    case "proxy_refused":
      return "请检查代理的用户名和密码（HTTPS_PROXY、HTTP_PROXY），然后继续；条目都还在。";
    case "quota":
      return "请充值或换用其他密钥，然后继续；条目都还在。";
    case "model_not_found":
      return "请检查 --model 和 --base-url；条目都还在。";
    case "tls":
      return "若证书可信，请在 NODE_EXTRA_CA_CERTS 中指定其签发机构的证书文件（PEM），再继续；否则请检查 --base-url。条目不会丢失。";
    case "tls_certificate":
      return "请检查本机时钟、--base-url 中的主机名和服务器证书，再继续。条目不会丢失。";
    case "tls_protocol":
      return "请检查 --base-url 是 http:// 还是 https://，以及端口，再继续。条目不会丢失。";
    case "redirect":
      return "请把 --base-url 改为重定向的目标地址，再继续。条目不会丢失。";
    case "proxy":
      return "请检查 HTTPS_PROXY、HTTP_PROXY 和 ALL_PROXY，或在 NO_PROXY 中列出无需代理的主机，再继续。条目不会丢失。";
    case "not_http":
      return "请检查 --base-url 中的端口，再继续。条目不会丢失。";
    case "host_not_found":
      return "请检查 --base-url 中的主机名；若需要代理，请在 HTTPS_PROXY（或 HTTP_PROXY）中指定。然后再继续，条目不会丢失。";
    case "endpoint_down":
      return "请在接口恢复后继续；--max-outage 设定最多等多久。条目都还在。";
    case "rate_limit":
      return "请稍后继续，或等得更久（--max-outage），或放慢速度（--rpm、--tpm）。条目都还在。";
    default:
      return "请先排除原因再继续；条目都还在。";
  }
}

function advice(stop: StopReason): string | null {
  switch (stop.kind) {
    case "limit":
    case "max-time":
    case "signal":
    case "input-changed":
      return null;
    case "max-failures":
      return "继续之前，请先看看上面的失败。";
    case "budget":
      return `要继续，请提高 ${stop.budget === "cost" ? "--max-cost" : "--max-tokens"}。`;
    case "outside":
      return outsideAdvice(stop.errorKind);
    case "none-succeeded":
      return "请检查命令和第一个错误，然后再次运行。";
    case "disk-full":
      return "请先腾出空间（旧备份见 ckpt list），再继续。";
  }
}

export const failures: FailureTexts = {
  group: (kind, count, example) =>
    `${kind} × ${formatNumber(count)}${example === null ? "" : `，例如条目 ${example.item}：${example.message}`}`,
  others: (count) => `其他原因 × ${formatNumber(count)}`,
};

export const summary: SummaryTexts = {
  complete: (total) => `全部 ${items(total)}已完成。`,
  alreadyComplete: (total) => `此前已全部完成：共 ${items(total)}，无需再做。`,
  alreadyFailed: (total, failed) =>
    `此前已全部处理完：共 ${items(total)}，其中 ${formatNumber(failed)} 个已按失败接受，无需再做。`,
  completedAt: (time) => `完成时间：${time}`,
  attemptAgain: "全部重新处理：同一条命令加上 --no-resume",
  failed: (completed, total, failed) =>
    `处理完毕：共 ${items(total)}，已完成 ${formatNumber(completed)}，失败 ${formatNumber(failed)}。`,
  stopped: (why) => `已停止：${why}。`,
  reason,
  advice,
  thisRun: (attempted, failed, elapsed, perS) =>
    `本次运行：处理 ${formatNumber(attempted)}，失败 ${formatNumber(failed)}，用时 ${elapsed}${perS === null ? "" : `（${perS}/秒）`}`,
  saved: (c) =>
    `已保存：${formatNumber(c.completed)}/${formatNumber(c.total)} (${c.percent})；` +
    `${c.failed > 0 ? `失败 ${formatNumber(c.failed)}，` : ""}待处理 ${formatNumber(c.pending)}`,
  spent: (run, session) => `用量：${run}${session === null ? "" : `（各次合计：${session}）`}`,
  output: (path) => `输出：${path}`,
  backup: (name) => `检查点已移入备份 ${name}`,
  backupEarlier: (name) => `检查点在备份 ${name} 中`,
  exportSoFar: (command) => `导出已有结果：${command}`,
  goOn: (command) => `继续处理：${command}`,
  tryAgain: (command) => `重试失败的条目：${command}`,
  acceptFailures: "不再重试，就此完成：同一条命令加上 --failed keep",
};

export const states: StateTexts = {
  noCheckpoint: (dir) => `${dir} 中没有检查点。`,
  lastRun: (v) =>
    `上次运行于 ${v.at} 结束（会话 ${v.session}）：共 ${items(v.total)}，已完成 ${formatNumber(v.completed)}，失败 ${formatNumber(v.failed)}。`,
  lastOutput: (path) => `输出：${path}`,
  lastBackup: (name) => `检查点：备份 ${name}`,
  stopping: (signal, inFlight, grace) =>
    `收到 ${signal}：不再开始新的条目；进行中的 ${formatNumber(inFlight)} 个还有 ${grace} 完成。再按一次立即停止，已保存的不会丢失。`,
  wholeUrl: (baseUrl) => `接口地址为 ${baseUrl}：末尾的 /chat/completions 已去掉，ckpt 会自行加上。`,
  certificatesUnchecked: (variable) => `${variable}=0：不校验证书，通往接口途中的任何人都能读到密钥。`,
  networkFolder: (fileSystem, folder) =>
    `${folder} 位于网络文件系统（${fileSystem}）上：它的锁和同步并不可靠。请用 --dir 指定本地磁盘上的文件夹。`,
  survivorsEnded: (count) => `已结束中断的运行遗留下来的 ${formatNumber(count)} 个进程。`,
  onRecord: (command) => `记录中的命令：${command}`,
  tornTail: (bytes) => `日志末尾不完整（${bytes}），已移入隔离区，对应的条目会重新处理。`,
  recovered: (records) => `已恢复最后一次提交之后保存的 ${formatNumber(records)} 条记录。`,
  moveFinished: "已完成一次被中断的移动。",
  nobodyAnswers: (url, why, max) =>
    `${url} 无人应答：${why}。请检查服务是否已启动，--base-url 是否正确。最多等待 ${max}（--max-outage）；条目都还在。`,
  budgetWarning: (budget, spent, allowed) =>
    `预算已用 80 %：${budget === "cost" ? `费用 ${spent}，上限 ${allowed}` : `${spent} 个 token，上限 ${allowed}`}。`,
  exported: (rows, path) => `已写入 ${formatNumber(rows)} 行：${path}`,
  backedUp: (name, results, bytes) =>
    `备份 ${name} 已创建并通过校验：${formatNumber(results)} 个结果，${bytes}。`,
  backupsNotDeleted: (cause) => `较旧的自动备份未能删除：${cause}。下次产生自动备份时会再试。`,
  nothingToProtect: (parts) =>
    `此前没有一个条目成功，没有需要保护的结果：按改变后的内容（${few(parts.map((part) => partName(part)))}）继续，失败的条目全部重试。`,
  nothingOfAnother: "这里的检查点属于另一项任务，但其中没有一个条目成功，没有需要保护的结果：开始这项任务。",
  movedToBackup: (name) => `原来的检查点已移入备份 ${name}。`,
  cleared: (name) =>
    name === null ? "检查点已删除。" : `检查点已清除，并移入备份 ${name}；如需取回：ckpt restore ${name}`,
  clearedCompleted: (name) =>
    `已完成的会话已清除：这项任务下次运行将从头开始。${name === null ? "" : `它的结果仍保留在备份 ${name} 中。`}`,
  goesOnFrom: (name) => `从已完成的会话继续（备份 ${name}）。`,
  restored: (name, results, total) =>
    `已从备份 ${name} 恢复：${formatNumber(results)}/${formatNumber(total)} 个结果。再次运行同一条命令即可继续。`,
  restoredDone: (name, total) =>
    `已从备份 ${name} 恢复：全部 ${items(total)}已完成。再次运行同一条命令即可写出结果文件。`,
  backupDeleted: (name) => `备份 ${name} 已删除。`,
  noBackups: "还没有备份。",
};

export const confirm: ConfirmTexts = {
  clear: (results, bytes) => ({
    note: `${formatNumber(results)} 个结果，${bytes}。检查点会移入备份。`,
    question: "是否清除检查点?",
  }),
  clearCompleted: (results, backup) => ({
    note: `已完成的会话，${formatNumber(results)} 个结果。这项任务下次运行将从头开始${backup === null ? "" : `；结果仍保留在备份 ${backup} 中`}。`,
    question: "是否清除已完成的会话?",
  }),
  clearForGood: (results, bytes) => ({
    note: `${formatNumber(results)} 个结果，${bytes}。不留备份，无法取回。`,
    question: "是否彻底删除检查点?",
  }),
  restore: (name) => ({
    note: "现有的检查点会先移入备份。",
    question: `是否恢复备份 ${name}?`,
  }),
  restoreNow: "现有",
  restoreThen: "恢复后",
  restoreSide: (session, saved, results, total) =>
    `${formatNumber(results)}/${formatNumber(total)} 个结果，${saved}，会话 ${session}`,
  restoreNothing: "无",
  restoreBroken: "已损坏的检查点",
  repair: (records, lost) => ({
    note: `保留 ${formatNumber(records)} 条记录，${items(lost)}重新处理；损坏的检查点会移入备份。`,
    question: "是否修复检查点?",
  }),
  deleteBackup: (name, results, bytes) => ({
    note: `${formatNumber(results)} 个结果，${bytes}。删除后无法取回。`,
    question: `是否彻底删除备份 ${name}?`,
  }),
};

export const list: ListTexts = {
  headers: {
    name: "名称",
    created: "创建时间",
    progress: "进度",
    results: "结果",
    size: "大小",
    kind: "类型",
    state: "状态",
  },
  manual: "手动",
  automatic: "自动",
  intact: "完好",
  damaged: "损坏",
};

const named = (what: string | null): string => (what === null ? "检查点" : `备份 ${what}`);

export const verify: VerifyTexts = {
  intact: (what, records, itemCount) =>
    `${named(what)}校验通过：${formatNumber(records)} 条记录（${items(itemCount)}）全部完好。`,
  uncommitted: (records) => `有 ${formatNumber(records)} 条记录保存于最后一次提交之后，下次运行会接纳它们。`,
  torn: (bytes) => `其后有中断留下的 ${bytes}，下次运行会移入隔离区。`,
  found: (what, count) => `${named(what)}已损坏：发现 ${formatNumber(count)} 处问题`,
  moreProblems: (count) => `另有 ${formatNumber(count)} 处`,
  provable: (records, itemCount) => `可以证实：${formatNumber(records)} 条记录（${items(itemCount)}）。`,
  lost: (count, known) =>
    `已丢失：${items(count)}的结果${known.length === 0 ? "" : `${known.length < count ? "，其中有" : "："} ${few(known)}`}。`,
  repairHint: "用可以证实的内容继续：ckpt verify --repair（损坏的检查点会移入备份）",
  restoreHint: (backup) => `回到最新的完好备份：ckpt restore ${backup}`,
  repaired: (records, pending) =>
    `修复完成：保留 ${formatNumber(records)} 条记录${pending === null ? "" : `，${items(pending)}待处理`}。再次运行同一条命令即可继续。`,
  nothingToRepair: "无需修复。",
};
