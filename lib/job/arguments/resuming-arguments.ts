// Arguments of `ckpt run` about an existing checkpoint.
export const RESUMING_ARGUMENTS = {
  resume: {
    type: "boolean",
    group: "resuming",
    negativeDescription: "start over (after a backup)",
    negativeZh: "全部重新处理（先备份）",
    once: true,
    description: "resume without asking",
    zh: "直接继续，不再询问",
  },
  "on-change": {
    type: "enum",
    options: ["ask", "refuse", "keep"],
    group: "resuming",
    default: "ask",
    once: true,
    description: "command changed: ask, refuse, or keep the results",
    zh: "命令有变时：询问、拒绝或保留结果",
  },
  failed: {
    type: "enum",
    options: ["retry", "keep"],
    group: "resuming",
    once: true,
    description: "failed items: retry or accept",
    zh: "失败条目：重试或接受",
  },
  "dry-run": {
    type: "boolean",
    group: "resuming",
    once: true,
    description: "show what a run would do; change nothing",
    zh: "显示运行将做什么，不改动任何内容",
  },
  yes: {
    type: "boolean",
    group: "resuming",
    alias: "y",
    once: true,
    description: "answer yes to resuming and to confirmations",
    zh: "对继续与确认一律回答是",
  },
} as const;
