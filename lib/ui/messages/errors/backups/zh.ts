// Chinese: errors about backups.
import type { BackupNameFault } from "../../../../core/backup-name.ts";
import type { ErrorTextsOf } from "../error-text.ts";
import { causes } from "../../causes/zh.ts";
import { few } from "../../common/zh.ts";
import { problem } from "../../verify/zh.ts";

const nameFault: { readonly [K in BackupNameFault]: string } = {
  empty: "名称为空",
  long: "超过 64 个字符",
  characters: "含有字母、数字和 . _ - 以外的字符",
  start: "不以字母或数字开头",
  end: "以点结尾",
  device: "是 Windows 的设备名",
  reserved: "它代表最新的备份",
};

export const backups: ErrorTextsOf<"backup"> = {
  "backup.badName": (p) => ({
    message: `无法用“${p.name}”作备份名称：${nameFault[p.fault]}`,
    hint: "请用字母和数字，中间可含 . _ -，最多 64 个字符。",
  }),
  "backup.exists": (p, call) => ({
    message: `无法创建备份：名为 ${p.name} 的备份已经存在`,
    hint: `请换一个名称，或删除旧的：${call(`backup --delete ${p.name}`)}`,
  }),
  "backup.none": (p, call) => ({
    message: `没有这个备份：${p.name}${p.nearest.length === 0 ? "" : `（是不是想写 ${few(p.nearest)}？）`}`,
    hint: `全部备份：${call("list")}`,
  }),
  "backup.damaged": (p, call) => ({
    message: `无法使用备份 ${p.name}：${few(
      p.problems.slice(0, 5).map((it) => problem(it)),
      p.problems.length,
    )}`,
    hint: `未作任何改动。详情：${call(`verify ${p.name}`)}。其他备份：${call("list")}`,
  }),
  "backup.failed": (p) => ({
    message: `无法创建备份 ${p.name}：${causes.text(p.cause)}`,
    hint: "没有留下任何残余，检查点保持原样。请检查空间和权限，然后重试。",
  }),
};
