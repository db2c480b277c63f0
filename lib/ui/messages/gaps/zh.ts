// Chinese: what of ckpt's promises does not hold on a platform, or in a folder's file system.
import type { Gaps } from "./en.ts";

export const GAPS: Gaps = {
  folder_sync: "此处无法同步目录：断电可能丢失最后保存的内容。",
  fuse: "该文件系统由一个程序（FUSE）提供：断电后能保留什么、锁在多台机器之间是否有效，都取决于该程序。",
  link_guard: "若在打开文件的瞬间有人用符号链接替换了它，链接会被跟随。",
  memory: "该文件系统位于内存中：重启后其中的内容全部消失。",
  mount_options: "该文件系统的挂载选项关闭了同步或写屏障（volatile、nobarrier）：断电可能丢失已保存的内容。",
  network: "这是网络文件系统：它的锁和同步并不可靠。请把检查点放在本地磁盘上。",
  network_unknown: "此处可能无法识别网络文件系统。请把检查点放在本地磁盘上。",
  no_term_signal: "命令被停止时不会先收到信号，无法做清理。",
  survivors: "此处找不到被强制终止的运行遗留下来的进程：请手动结束它们。",
  untested: "尚未在该系统上做过断电测试。",
};
