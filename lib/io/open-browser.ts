// Opens an address in a browser through the program that the system has for it. Everybody on the machine can read the words that a program was started with, so it is
// given a file of this user alone that leads to the address.
import * as path from "node:path";
import { systemCode } from "../core/errors.ts";
import { removeFile, writeAll } from "./file.ts";
import { type FileSystem, O } from "./fs.ts";
import { PLATFORM } from "./platform.ts";
import { runtimeFolder } from "./runtime-folder.ts";
import { programFile } from "./system-program.ts";

/** What was tried: `opened` until its file is removed, or why not. */
export type OpenedBrowser =
  | { readonly kind: "opened"; readonly forget: () => void }
  | { readonly kind: "no-program"; readonly program: string }
  | { readonly kind: "no-folder" }
  | { readonly kind: "failed"; readonly program: string; readonly status: number };

const OPENER = { posix: "xdg-open", apple: "open", windows: "rundll32" } as const;
/** A program that fails does so by then; one that goes on has opened something. */
const FAILS_BY_MS = 2000;

/** @param url an address that needs no escape in HTML but `&` */
export async function openBrowser(
  fs: FileSystem,
  url: string,
  env: { readonly [name: string]: string | undefined },
): Promise<OpenedBrowser> {
  const program = OPENER[PLATFORM.files];
  const found = programFile(program, env);
  if (found === null) return { kind: "no-program", program };
  const folder = runtimeFolder(fs, env);
  if (folder === null) return { kind: "no-folder" };
  forgetEnded(fs, folder);
  const file = path.join(folder, nameOf(process.pid));
  const forget = (): void => void removeFile(fs, file);
  writeLeading(fs, file, url);
  try {
    const words = PLATFORM.files === "windows" ? ["url.dll,FileProtocolHandler", file] : [file];
    const child = Bun.spawn([found, ...words], {
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
      env: { ...env },
    });
    child.unref();
    const status = await Promise.race([child.exited, Bun.sleep(FAILS_BY_MS).then(() => 0)]);
    if (status === 0) return { kind: "opened", forget };
    forget();
    return { kind: "failed", program, status };
  } catch {
    forget();
    return { kind: "no-program", program };
  }
}

const nameOf = (pid: number): string => `view-${pid}.html`;

/** Removes what killed processes have left. Their addresses lead nowhere any more. */
function forgetEnded(fs: FileSystem, folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    const pid = Number(/\d+/.exec(name)?.[0]);
    if (name === nameOf(pid) && !isRunning(pid)) removeFile(fs, path.join(folder, name));
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0); // sends nothing
    return true;
  } catch (error) {
    return systemCode(error) !== "ESRCH";
  }
}

function writeLeading(fs: FileSystem, file: string, url: string): void {
  const target = url.replaceAll("&", "&amp;");
  const html = `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${target}"><title>ckpt</title><a href="${target}">ckpt view</a>\n`;
  removeFile(fs, file);
  const fd = fs.openSync(file, O.O_WRONLY | O.O_CREAT | O.O_EXCL | O.O_NOFOLLOW, 0o600);
  try {
    writeAll(fs, fd, Buffer.from(html));
  } finally {
    fs.closeSync(fd);
  }
}
